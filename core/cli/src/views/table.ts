/**
 * Tables without borders: columns are as wide as their widest cell, colour codes do not count. Where that is wider than the terminal, cells go
 * on in the line below, at spaces; where even that does not fit, every row becomes a block of its own.
 */

import type { OutputStream } from "../cli-context.js";

export interface Column<Row> {
  readonly title: string;
  readonly cell: (row: Row) => string;
  /** Left out when every cell of it is empty or a dash. */
  readonly optional?: boolean;
}

const GAP = "  ";
const EMPTY: ReadonlySet<string> = new Set(["", "-"]);

/** Absent where there is no terminal: whoever reads a file or a pipe wants whole lines. */
export function widthOf({ isTTY, columns }: OutputStream): number | undefined {
  return isTTY === true ? columns : undefined;
}

/** `width`: columns of the terminal; absent: any. */
export function renderTable<Row>(rows: readonly Row[], all: readonly Column<Row>[], width?: number): string {
  const columns = all.filter(({ optional, cell }) => optional !== true || rows.some((row) => !EMPTY.has(cell(row))));
  const cells = [columns.map((column) => column.title), ...rows.map((row) => columns.map((column) => column.cell(row)))];
  const widths = columns.map((_, index) => Math.max(...cells.map((line) => displayWidth(line[index] as string))));
  if (width === undefined || total(widths) <= width) return cells.map((line) => joined(line, widths)).join("\n");
  const fitted = fit(cells, widths, width);
  return fitted === undefined ? blocks(cells) : cells.flatMap((line) => wrappedLines(line, fitted)).join("\n");
}

function total(widths: readonly number[]): number {
  return widths.reduce((sum, size) => sum + size, GAP.length * (widths.length - 1));
}

/** Takes from the widest column until all fit, but never breaks a word. Absent: they cannot fit. */
function fit(cells: readonly (readonly string[])[], widths: readonly number[], width: number): number[] | undefined {
  const least = widths.map((_, index) =>
    Math.max(...cells.flatMap((line) => (line[index] as string).split(" ").map(displayWidth))),
  );
  const fitted = [...widths];
  while (total(fitted) > width) {
    const shrinkable = fitted.flatMap((size, index) => (size > (least[index] as number) ? [index] : []));
    if (shrinkable.length === 0) return undefined;
    const widest = shrinkable.reduce((left, right) => ((fitted[right] as number) > (fitted[left] as number) ? right : left));
    fitted[widest] = (fitted[widest] as number) - 1;
  }
  return fitted;
}

function wrappedLines(line: readonly string[], widths: readonly number[]): string[] {
  const columns = line.map((cell, index) => wrapCell(cell, widths[index] as number));
  const height = Math.max(...columns.map((parts) => parts.length));
  return Array.from({ length: height }, (_, row) =>
    joined(
      columns.map((parts) => parts[row] ?? ""),
      widths,
    ),
  );
}

function wrapCell(cell: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of cell.split(" ")) {
    const last = lines.at(-1);
    if (last === undefined || displayWidth(last) + 1 + displayWidth(word) > width) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}

/** `NAME  value`, a line for each cell that says something. */
function blocks([titles = [], ...rows]: readonly (readonly string[])[]): string {
  const column = Math.max(...titles.map(displayWidth));
  return rows
    .map((row) =>
      row
        .flatMap((cell, index) => (cell === "" ? [] : [`${pad(titles[index] as string, column)}${GAP}${cell}`.trimEnd()]))
        .join("\n"),
    )
    .join("\n\n");
}

function joined(line: readonly string[], widths: readonly number[]): string {
  return line
    .map((cell, index) => pad(cell, widths[index] as number))
    .join(GAP)
    .trimEnd();
}

function pad(text: string, width: number): string {
  return text + " ".repeat(Math.max(0, width - displayWidth(text)));
}

const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;
const INVISIBLE = /\p{Mark}|\p{Format}/u;
const ESCAPES = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, "g");

/** Columns of a terminal that `text` takes. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const character of text.replace(ESCAPES, "")) width += INVISIBLE.test(character) ? 0 : WIDE.test(character) ? 2 : 1;
  return width;
}
