#!/usr/bin/env node
/** The process: builds the context of the command line and runs the application. */

import { statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { run } from "@stricli/core";
import { createApp } from "../app.js";
import { ownWords } from "../commands/kcl/words.js";
import type { CliContext } from "../cli-context.js";
import { normalizeExitCode } from "../exit-codes.js";
import { VERSION } from "../version.js";

/** The bundle is in core/cli/bundle. */
const platformRoot = fileURLToPath(new URL("../../../", import.meta.url));

const context: CliContext = {
  process,
  stdin: process.stdin,
  currentDir: process.cwd(),
  platformRoot: platformRoot.replace(/\/$/, ""),
  version: VERSION,
  words: process.argv.slice(2),
};
await run(createApp(VERSION), ownWords(context.words, isFolder), context as never);
process.exitCode = normalizeExitCode(process.exitCode);

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
