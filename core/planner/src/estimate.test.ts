import { type OperationDefinition, type OperationId } from "@provisioning/model";
import { describe, expect, it } from "vitest";
import { estimateRun } from "./estimate.js";

const operation = (id: string, ...on: string[]) =>
  ({
    id: id as OperationId,
    dependsOn: on.map((other) => ({ on: other as OperationId, type: "hard" })),
  }) as unknown as OperationDefinition;
const usual = (known: Record<string, [number, number]>) => (of: OperationDefinition) => {
  const found = known[of.id];
  return found === undefined ? undefined : { lowMs: found[0], highMs: found[1] };
};

describe("the estimate of a run", () => {
  it("is the longest way through its graph", () => {
    const graph = [operation("c", "a", "b"), operation("a"), operation("b")];
    expect(estimateRun(graph, usual({ a: [10, 20], b: [5, 40], c: [1, 2] }))).toEqual({ lowMs: 11, highMs: 42 });
  });

  it("counts what one lane has to do one after the other", () => {
    const lane = (id: string) => ({ ...operation(id), lane: "web-01" }) as OperationDefinition;
    expect(estimateRun([lane("a"), lane("b")], () => ({ lowMs: 1, highMs: 2 }))).toEqual({ lowMs: 2, highMs: 4 });
  });

  it("is absent while something was never done before", () => {
    expect(estimateRun([operation("a"), operation("b")], usual({ a: [1, 1] }))).toBeUndefined();
  });

  it("does not grow with the square of a long chain", () => {
    const chain = Array.from({ length: 20_000 }, (_, at) => operation(`${at}`, ...(at === 0 ? [] : [`${at - 1}`])));
    expect(estimateRun(chain, () => ({ lowMs: 1, highMs: 2 }))).toEqual({ lowMs: 20_000, highMs: 40_000 });
  });
});
