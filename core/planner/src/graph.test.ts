import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { reachable, topologicalOrder } from "./index.js";

/** A random graph without cycles: nodes only need nodes of a smaller number. */
const acyclic = fc
  .array(fc.array(fc.nat(), { maxLength: 4 }), { minLength: 1, maxLength: 60 })
  .map((rows) => new Map(rows.map((needs, index) => [`n${index}`, index === 0 ? [] : needs.map((need) => `n${need % index}`)])));

describe("topologicalOrder", () => {
  it("puts every dependency first and loses nothing", () => {
    fc.assert(
      fc.property(acyclic, (graph) => {
        const ordering = topologicalOrder({ nodes: [...graph.keys()], dependenciesOf: (node) => graph.get(node) ?? [] });
        if (!ordering.ok) throw new Error("a graph without cycles has an order");
        const place = new Map(ordering.order.map((node, index) => [node, index]));
        expect(place.size).toBe(graph.size);
        for (const [node, needs] of graph)
          for (const need of needs) expect(place.get(need)).toBeLessThan(place.get(node) as number);
      }),
    );
  });

  it("names the nodes of a cycle, each needing the next", () => {
    fc.assert(
      fc.property(acyclic, fc.nat(), fc.integer({ min: 2, max: 6 }), (graph, at, length) => {
        const ring = Array.from({ length }, (_, index) => `ring${index}`);
        const edges = new Map(graph);
        ring.forEach((node, index) => edges.set(node, [ring[(index + 1) % length] as string]));
        const outside = `n${at % graph.size}`;
        edges.set(outside, [...(graph.get(outside) ?? []), ring[0] as string]);
        const ordering = topologicalOrder({ nodes: [...edges.keys()], dependenciesOf: (node) => edges.get(node) ?? [] });
        if (ordering.ok) throw new Error("the ring was not found");
        expect([...ordering.cycle].sort()).toEqual([...ring].sort());
        ordering.cycle.forEach((node, index) => expect(edges.get(node)).toContain(ordering.cycle[(index + 1) % length]));
      }),
    );
  });

  it("orders a chain of 100,000 without recursion", () => {
    const nodes = Array.from({ length: 100_000 }, (_, index) => `n${index}`);
    const ordering = topologicalOrder({
      nodes,
      dependenciesOf: (node) => (node === "n0" ? [] : [`n${Number(node.slice(1)) - 1}`]),
    });
    expect(ordering.ok && ordering.order.at(-1)).toBe("n99999");
  });
});

describe("reachable", () => {
  it("holds the start and all that it needs", () => {
    const needs: Record<string, string[]> = { a: ["b"], b: ["c"], c: [], d: ["c"] };
    expect([...reachable<string>(["a"], (node) => needs[node] ?? [])]).toEqual(["a", "b", "c"]);
  });
});
