/** How one list became another: what was added, removed and moved. Pure. */

import { canonicalJson, type Json } from "@provisioning/model";

export type ListChange =
  | { readonly kind: "added" | "removed"; readonly item: Json }
  /** Places from 1. */
  | { readonly kind: "moved"; readonly item: Json; readonly from: number; readonly to: number };

/** Longer lists are compared without looking for what moved. */
const LONGEST = 500;

/** Items that are equal count as often as they are there. Quadratic in the length up to `LONGEST`, linear above. */
export function listChanges(before: readonly Json[], after: readonly Json[]): readonly ListChange[] {
  const left = before.map(canonicalJson);
  const right = after.map(canonicalJson);
  const removed = missingIn(left, right).map((at) => ({ kind: "removed", item: before[at] as Json }) as const);
  const added = missingIn(right, left).map((at) => ({ kind: "added", item: after[at] as Json }) as const);
  if (Math.max(left.length, right.length) > LONGEST) return [...removed, ...added];
  return [...removed, ...added, ...moves(left, right, after)];
}

/** Places in `these` whose items are there more often than in `those`. */
function missingIn(these: readonly string[], those: readonly string[]): number[] {
  const counts = new Map<string, number>();
  for (const item of those) counts.set(item, (counts.get(item) ?? 0) + 1);
  return these.flatMap((item, at) => {
    const left = counts.get(item) ?? 0;
    counts.set(item, left - 1);
    return left > 0 ? [] : [at];
  });
}

/** Of what is in both lists, whatever is not part of the longest sequence that kept its order. */
function moves(left: readonly string[], right: readonly string[], after: readonly Json[]): ListChange[] {
  const goneLeft = new Set(missingIn(left, right));
  const goneRight = new Set(missingIn(right, left));
  const these = left.flatMap((item, at) => (goneLeft.has(at) ? [] : [{ item, at }]));
  const those = right.flatMap((item, at) => (goneRight.has(at) ? [] : [{ item, at }]));
  const kept = longestCommon(
    these.map(({ item }) => item),
    those.map(({ item }) => item),
  );
  const from = these.filter((_, at) => !kept.left.has(at));
  return those
    .filter((_, at) => !kept.right.has(at))
    .map(({ item, at }) => {
      const origin = from.findIndex((other) => other.item === item);
      const [found] = from.splice(origin, 1);
      return { kind: "moved", item: after[at] as Json, from: (found?.at ?? 0) + 1, to: at + 1 };
    });
}

function longestCommon(left: readonly string[], right: readonly string[]) {
  const lengths = Array.from({ length: left.length + 1 }, () => new Uint16Array(right.length + 1));
  const at = (row: number, column: number) => lengths[row]?.[column] ?? 0;
  for (let row = left.length - 1; row >= 0; row -= 1) {
    for (let column = right.length - 1; column >= 0; column -= 1) {
      const same = left[row] === right[column];
      (lengths[row] as Uint16Array)[column] = same
        ? at(row + 1, column + 1) + 1
        : Math.max(at(row + 1, column), at(row, column + 1));
    }
  }
  const kept = { left: new Set<number>(), right: new Set<number>() };
  for (let row = 0, column = 0; row < left.length && column < right.length; ) {
    if (left[row] === right[column]) {
      kept.left.add(row++);
      kept.right.add(column++);
    } else if (at(row + 1, column) >= at(row, column + 1)) row += 1;
    else column += 1;
  }
  return kept;
}
