/** Values in a text of TOML. */

import { ConfigSyntaxError, syntaxFinding } from "../formats/syntax-error.js";
import { parseToml } from "../formats/toml.js";
import type { PlacedEdit } from "./edit-file.js";

type Table = Record<string, unknown>;

/** @throws ConfigSyntaxError */
export async function editToml(file: string, text: string, edits: readonly PlacedEdit[]): Promise<string> {
  const lines = text.split("\n");
  parseToml(file, text, (line) => lines[line - 1]);
  const { parse, patch } = await import("@decimalturn/toml-patch");
  const content = parse(text) as Table;
  for (const { path, value } of edits) {
    if (value === undefined) takeAway(content, path);
    else if (!put(content, path, value)) {
      throw new ConfigSyntaxError([syntaxFinding({ file, line: 1, column: 1 }, `${path.join(".")} cannot be set in it`)]);
    }
  }
  const patched = edits.reduce(
    (done, { path }) => withoutEmptyHeaders(done, text, path),
    patch(text, content, { inlineTableStart: 8 }),
  );
  return patched === "" || patched.endsWith("\n") ? patched : `${patched}\n`;
}

/** Whether every part but the last is a table. */
function put(content: Table, path: readonly string[], value: unknown): boolean {
  let table = content;
  for (const part of path.slice(0, -1)) {
    const inner = Object.hasOwn(table, part) ? table[part] : (table[part] = {});
    if (typeof inner !== "object" || inner === null || Array.isArray(inner)) return false;
    table = inner as Table;
  }
  table[path.at(-1) as string] = value;
  return true;
}

/** Tables that are left with nothing go too. */
function takeAway(content: Table, path: readonly string[]): void {
  const [first, ...rest] = path;
  if (first === undefined || !Object.hasOwn(content, first)) return;
  const inner = content[first];
  if (rest.length > 0 && typeof inner === "object" && inner !== null) takeAway(inner as Table, rest);
  if (rest.length === 0 || Object.keys(inner as Table).length === 0) delete content[first];
}

/** `[a]` in front of `[a.b]` says nothing, unless somebody wrote it. */
function withoutEmptyHeaders(patched: string, before: string, path: readonly string[]): string {
  let text = patched;
  for (let depth = 1; depth < path.length - 1; depth += 1) {
    const name = path.slice(0, depth).join(".");
    if (!before.split("\n").some((line) => line.startsWith(`[${name}]`)))
      text = text.replace(`[${name}]\n\n[${name}.`, `[${name}.`);
  }
  return text;
}
