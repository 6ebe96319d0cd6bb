/** Lines of help: two columns that fit the width, words wrapped below the second one. Pure. */

import { displayWidth } from "../views/table.js";

export interface Row {
  readonly left: string;
  readonly right: string;
}

const INDENT = 2;
/** So much of the text at least stands beside the first column. */
const SHORTEST_RIGHT = 30;
const GAP = 2;
/** A first column that takes a larger part of the width has its text on the next line. */
const LARGEST_PART = 0.5;

/** `largestPart`: of the width, for the first column. */
export function columns(rows: readonly Row[], width: number, largestPart = LARGEST_PART): string[] {
  const widest = Math.floor(width * largestPart) - INDENT - GAP;
  const fits = ({ left, right }: Row) => {
    const size = displayWidth(left);
    return size <= widest && INDENT + size + GAP + Math.min(displayWidth(right), SHORTEST_RIGHT) <= width;
  };
  const widths = rows.filter(fits).map(({ left }) => displayWidth(left));
  const column = INDENT + Math.max(0, ...widths) + GAP;
  return rows.flatMap(({ left, right }) => {
    const [first = "", ...more] = wrap(right, Math.max(20, width - column));
    const start = " ".repeat(INDENT) + left;
    const below = more.map((line) => " ".repeat(column) + line);
    return displayWidth(start) + GAP > column
      ? [start, " ".repeat(column) + first, ...below]
      : [(start + " ".repeat(column - displayWidth(start)) + first).trimEnd(), ...below];
  });
}

export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && displayWidth(line) + 1 + displayWidth(word) > width) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
