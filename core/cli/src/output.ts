/** Results on stdout in the form that was asked for. Talk goes to stderr, so a result can always be piped. */

import type { OutputStream } from "./cli-context.js";
import { printable } from "./views/printable.js";

export const OUTPUT_FORMATS = ["table", "json", "yaml"] as const;
export type OutputFormat = (typeof OUTPUT_FORMATS)[number];

/** `render` is used for `table` only. */
export async function writeResult(
  stream: OutputStream,
  format: OutputFormat,
  value: unknown,
  render: () => string | Promise<string>,
): Promise<void> {
  switch (format) {
    case "json":
      stream.write(`${JSON.stringify(value, null, 2)}\n`);
      return;
    case "yaml": {
      const { stringify } = await import("yaml");
      stream.write(stringify(value, { lineWidth: 0, aliasDuplicateObjects: false }));
      return;
    }
    case "table": {
      const text = printable(await render(), true);
      stream.write(text.endsWith("\n") || text === "" ? text : `${text}\n`);
    }
  }
}
