/** A log and those that were put aside because of their size: `x.log`, `x.log.1`, `x.log.2`, …, the oldest with the largest number. */

import { readdir, readFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

/** The oldest first; empty when there is none. */
export async function logFiles(file: string): Promise<readonly string[]> {
  const name = basename(file);
  const names: readonly string[] = await readdir(dirname(file)).catch(() => []);
  const numbered = names.flatMap((one) => {
    const [, number] = one.startsWith(`${name}.`) ? (/^\.([1-9]\d*)$/.exec(one.slice(name.length)) ?? []) : [];
    return number === undefined ? [] : [Number(number)];
  });
  const aside = numbered.sort((a, b) => b - a).map((number) => join(dirname(file), `${name}.${number}`));
  return names.includes(name) ? [...aside, file] : aside;
}

/** Of the log, whose text is `newest`, and as far as that does not reach of those that were put aside before it. */
export async function lastLines(file: string, newest: string, count: number): Promise<string> {
  const older = (await logFiles(file)).filter((one) => one !== file);
  // What follows the last line end is a line that is not finished yet, or nothing.
  let lines = newest.split("\n");
  while (lines.length <= count) {
    const next = older.pop();
    if (next === undefined) break;
    const text = await readFile(next, "utf8").catch(() => "");
    lines = [...text.split("\n").slice(0, -1), ...lines];
  }
  return lines.slice(-count - 1).join("\n");
}
