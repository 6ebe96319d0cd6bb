/**
 * How deeply data may be nested. Decoders recurse, and a JavaScript engine may end the whole process when a regular expression is compiled
 * on an exhausted stack; so depth is looked at before, or counted meanwhile.
 */

/** JSON and YAML alike. */
export const deepestData = 500;

/** An upper bound of the depth of a YAML text: brackets that are open, and indentations inside each other. */
export function isYamlTooDeep(text: string): boolean {
  const columns: number[] = [];
  let open = 0;
  for (const line of text.split("\n")) {
    const inner = indentations(line);
    const [first] = inner;
    if (first !== undefined) {
      while (columns.length > 0 && columns.at(-1)! >= first) columns.pop();
      columns.push(...inner);
    }
    for (const character of line) {
      if (character === "[" || character === "{") open++;
      else if (character === "]" || character === "}") open = Math.max(0, open - 1);
      if (open + columns.length > deepestData) return true;
    }
  }
  return false;
}

/** Columns at which collections may begin in a line: behind the indentation, and behind each `- ` and `? `. */
function indentations(line: string): number[] {
  const found: number[] = [];
  for (let at = 0; at < line.length && found.length <= deepestData; at++) {
    const character = line[at];
    if (character === " " || character === "\r") continue;
    found.push(at);
    if ((character !== "-" && character !== "?") || line[at + 1] !== " ") break;
  }
  return found;
}
