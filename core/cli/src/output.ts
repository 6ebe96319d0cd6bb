/** Results on stdout in the form that was asked for. Talk goes to stderr, so a result can always be piped. */

import type { CliContext } from "./cli-context.js";
import { inWords } from "./views/marks.js";
import { printable } from "./views/printable.js";

export const OUTPUT_FORMATS = ["table", "json", "yaml", "plain"] as const;
export type OutputFormat = (typeof OUTPUT_FORMATS)[number];

export function isOutputFormat(word: string): word is OutputFormat {
  return (OUTPUT_FORMATS as readonly string[]).includes(word);
}

/** `render` makes the text for people. An object as data names the version of its schema; a list is the list alone. */
export async function writeResult(
  cli: CliContext,
  format: OutputFormat,
  value: unknown,
  render: () => string | Promise<string>,
): Promise<void> {
  const { stdout } = cli.process;
  switch (format) {
    case "json":
      stdout.write(`${JSON.stringify(versioned(cli, value), null, 2)}\n`);
      return;
    case "yaml": {
      const { stringify } = await import("yaml");
      stdout.write(stringify(versioned(cli, value), { lineWidth: 0, aliasDuplicateObjects: false }));
      return;
    }
    case "table":
    case "plain": {
      const shown = printable(await render(), true);
      const text = cli.view.plain ? inWords(shown) : shown;
      stdout.write(text.endsWith("\n") || text === "" ? text : `${text}\n`);
    }
  }
}

/** One object of a stream: a line of JSON (NDJSON), in every form of data. */
export function writeItem(cli: CliContext, value: object): void {
  cli.process.stdout.write(`${JSON.stringify(versioned(cli, value))}\n`);
}

function versioned({ schemaVersion }: CliContext, value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return { schema_version: schemaVersion, ...value };
}
