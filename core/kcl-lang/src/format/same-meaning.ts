/** Whether two texts have the same tree and the same comments. */
import type { Module } from "../syntax/ast.js";
import type { Words } from "./words.js";

const places: ReadonlySet<string> = new Set(["at", "nameAt", "file", "source"]);

export function sameTree(left: Module, right: Module): boolean {
  return sameNode(left, right);
}

function sameNode(left: unknown, right: unknown): boolean {
  if (typeof left !== "object" || left === null || typeof right !== "object" || right === null) return Object.is(left, right);
  const keys = Object.keys(left).filter((key) => !places.has(key));
  if (keys.length !== Object.keys(right).filter((key) => !places.has(key)).length) return false;
  return keys.every((key) => sameNode((left as Record<string, unknown>)[key], (right as Record<string, unknown>)[key]));
}

/** All comments, in order. */
export function commentsOf({ words, tail }: Words): string[] {
  return [...words.map((word) => word.gap), tail].flatMap(({ trailing, remarks }) => [
    ...(trailing === undefined ? [] : [trailing]),
    ...remarks.map((remark) => remark.text),
  ]);
}
