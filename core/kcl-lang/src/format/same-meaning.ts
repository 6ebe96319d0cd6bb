/** Whether two texts have the same tree and the same comments. */
import type { Module } from "../syntax/ast.js";
import type { Words } from "./words.js";

const places: ReadonlySet<string> = new Set(["at", "nameAt", "file", "source"]);

/** Long chains of operators are deep trees, so this does not call itself. */
export function sameTree(left: Module, right: Module): boolean {
  const pending: (readonly [unknown, unknown])[] = [[left, right]];
  for (let pair = pending.pop(); pair !== undefined; pair = pending.pop()) {
    const [one, other] = pair;
    if (!isNode(one) || !isNode(other)) {
      if (!Object.is(one, other)) return false;
      continue;
    }
    const keys = Object.keys(one).filter((key) => !places.has(key));
    if (keys.length !== Object.keys(other).filter((key) => !places.has(key)).length) return false;
    for (const key of keys) pending.push([one[key], other[key]]);
  }
  return true;
}

function isNode(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

/** All comments, in order. */
export function commentsOf({ words, tail }: Words): string[] {
  return [...words.map((word) => word.gap), tail].flatMap(({ trailing, remarks }) => [
    ...(trailing === undefined ? [] : [trailing]),
    ...remarks.map((remark) => remark.text),
  ]);
}
