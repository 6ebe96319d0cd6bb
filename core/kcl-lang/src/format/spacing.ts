/** What stands between two words of a line: nothing or one space. */
import { isOp } from "./separators.js";
import type { Structure } from "./structure.js";
import type { Word } from "./words.js";

/** Whether there is a space before the word at `index`. */
export function hasSpaceBefore(words: readonly Word[], structure: Structure, index: number): boolean {
  const left = words[index - 1];
  const right = words[index]!;
  if (left === undefined) return false;
  const opened = structure.opened.get(index - 1);
  const closed = structure.closed.get(index);
  if (opened !== undefined || closed !== undefined) return (opened ?? closed)!.kind === "code" && opened !== closed;
  if (isOp(right, ",", ";") || isOp(left, "@")) return false;
  if (isOp(left, ",")) return true;
  if (isOp(right, ".", "...")) return spaceBeforeDot(words, index);
  if (isOp(left, ".", "...") || isOp(left, "?") || isOp(right, "?")) return false;
  if (structure.prefixes.has(index - 1)) return left.token.kind === "keyword";
  if (structure.keywordSigns.has(index - 1) || structure.keywordSigns.has(index)) return false;
  if (isOp(right, ":")) return false;
  if (isOp(left, ":")) return !isTight(structure, index - 1);
  if (isOp(right, "(", "[")) return !endsValue(words, structure, index - 1);
  return true;
}

/** `import .a`, `[...str]`, `[k: ...str]`; a dot behind `1.` would join it. */
function spaceBeforeDot(words: readonly Word[], index: number): boolean {
  const left = words[index - 1]!;
  if (left.token.kind === "keyword" && left.text === "import") return !isOp(words[index - 2], ".");
  if (isOp(words[index], "...") && isOp(left, ":")) return true;
  return left.token.kind === "float" && left.text.endsWith(".");
}

/** The colon of a slice or a dict type. */
function isTight(structure: Structure, index: number): boolean {
  return structure.inType.has(index) || structure.around[index]?.kind === "subscript";
}

const valueKeywords: ReadonlySet<string> = new Set(["True", "False", "None", "Undefined"]);

function endsValue(words: readonly Word[], structure: Structure, index: number): boolean {
  const word = words[index]!;
  if (structure.closed.has(index)) return true;
  if (word.token.kind === "keyword") return valueKeywords.has(word.text) || isOp(words[index - 1], ".");
  return word.token.kind !== "op";
}
