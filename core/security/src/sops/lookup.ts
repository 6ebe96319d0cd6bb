/** One value of an opened file by its dotted path. */

import { plainText } from "./scalar.js";
import { formatOf } from "./format.js";
import type { OpenFile } from "./sops-file.js";

/** Without a key: all of a binary file. Absent: there is no such value. */
export function valueAt({ file, document }: OpenFile, key: string | undefined): string | undefined {
  if (key === undefined) return formatOf(file) === "binary" ? document.plain().toString("utf8") : undefined;
  const leaf = document.leaves().find(({ kind, path }) => kind === "value" && path.join(".") === key);
  return leaf === undefined ? undefined : plainText(leaf.read());
}
