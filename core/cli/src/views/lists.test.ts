import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { listChanges } from "./lists.js";

describe("changes of a list", () => {
  it.each([
    [["a", "b"], ["a", "b"], []],
    [["a", "b"], ["a"], [{ kind: "removed", item: "b" }]],
    [["a"], ["a", "b"], [{ kind: "added", item: "b" }]],
    [["a", "b", "c"], ["c", "a", "b"], [{ kind: "moved", item: "c", from: 3, to: 1 }]],
    [["a", "a"], ["a"], [{ kind: "removed", item: "a" }]],
    [[{ x: 1, y: 2 }], [{ y: 2, x: 1 }], []],
  ])("from %j to %j", (before, after, changes) => {
    expect(listChanges(before, after)).toEqual(changes);
  });

  it("lead from the old to the new list", () => {
    const letters = fc.array(fc.constantFrom("a", "b", "c", "d"), { maxLength: 12 });
    fc.assert(
      fc.property(letters, letters, (before, after) => {
        const changes = listChanges(before, after);
        const rest = [...before];
        for (const change of changes) if (change.kind === "removed") rest.splice(rest.indexOf(change.item as "a"), 1);
        const added = changes.flatMap((change) => (change.kind === "added" ? [change.item as string] : []));
        expect([...rest, ...added].sort()).toEqual([...after].sort());
        // What was not moved and not added keeps its order.
        const moved = changes.flatMap((change) => (change.kind === "moved" ? [change.item as string] : []));
        const without = (list: readonly string[], gone: readonly string[]) => {
          const left = [...gone];
          return list.filter((item) => !left.includes(item) || left.splice(left.indexOf(item), 1).length === 0);
        };
        if (new Set(before).size === before.length && new Set(after).size === after.length)
          expect(without(rest, moved)).toEqual(without(without(after, added), moved));
      }),
    );
  });

  it("of very long lists are found too", () => {
    const long = Array.from({ length: 5_000 }, (_, at) => at);
    expect(listChanges(long, [...long.slice(1), -1])).toEqual([
      { kind: "removed", item: 0 },
      { kind: "added", item: -1 },
    ]);
  });
});
