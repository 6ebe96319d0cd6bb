/** Errors on stderr, in the form of the result that was asked for: text for people, or one line of JSON for programs. */

import { toErrorRecord } from "@provisioning/model";
import type { CliContext } from "../cli-context.js";
import { styleFor } from "../style.js";
import { renderError } from "./error.js";
import { inWords } from "./marks.js";

export function writeError(cli: CliContext, error: unknown, debug = false): void {
  cli.process.stderr.write(`${errorText(cli, error, debug)}\n`);
}

export function errorText(cli: CliContext, error: unknown, debug = false): string {
  if (cli.format === "json" || cli.format === "yaml") return JSON.stringify({ schema_version: 1, error: toErrorRecord(error) });
  const text = renderError(error, styleFor(cli.process.stderr, cli.process.env), debug);
  return cli.view.plain ? inWords(text) : text;
}
