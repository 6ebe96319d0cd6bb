/** Random graphs against a simple model of what must have happened, given which operations fail. */

import type { DependencyType, OnFailure, OperationDefinition, OperationId } from "@provisioning/model";
import { openMemoryStorage } from "@provisioning/storage";
import { seededRandom, testSeed } from "@provisioning/storage/testing";
import { expect, test } from "vitest";
import { createEngine, findProblems, type OperationStatus, type RunState } from "./index.js";
import { brokenInvariants, createFakeClock, ScriptedFailure, sampleOperation, sampleRun } from "./testing/index.js";

const id = (index: number) => `op-${index}` as OperationId;

class Drawing {
  readonly #random: () => number;
  constructor(seed: number) {
    this.#random = seededRandom(seed);
  }
  int(from: number, to: number): number {
    return from + Math.floor(this.#random() * (to - from + 1));
  }
  chance(probability: number): boolean {
    return this.#random() < probability;
  }
  pick<T>(items: readonly T[]): T {
    return items[this.int(0, items.length - 1)] as T;
  }
}

interface Graph {
  readonly operations: readonly OperationDefinition[];
  readonly failing: ReadonlySet<OperationId>;
  readonly parallelLimit: number;
}

/** Edges lead back to any earlier operation; `reach` near 1 makes chains, a large one makes it wide. */
function draw(seed: number, size: number, policies: readonly OnFailure[]): Graph {
  const random = new Drawing(seed);
  const reach = random.pick([1, 3, 20, size]);
  const failureRate = random.pick([0, 0.01, 0.1, 0.5]);
  const operations = Array.from({ length: size }, (_, index) => {
    const needed = new Set(
      Array.from({ length: random.int(0, Math.min(3, index)) }, () => random.int(Math.max(0, index - reach), index - 1)),
    );
    const dependsOn = [...needed].map((on) => ({
      on: id(on),
      type: random.pick<DependencyType>(["hard", "hard", "soft", "optional"]),
    }));
    if (random.chance(0.05)) dependsOn.push({ on: "absent" as OperationId, type: "optional" });
    return sampleOperation(id(index), { dependsOn, onFailure: random.pick(policies) });
  });
  const failing = new Set(operations.flatMap((operation) => (random.chance(failureRate) ? [operation.id] : [])));
  return { operations, failing, parallelLimit: random.pick([1, 2, 7, 50, size]) };
}

/** When every failure lets the rest go on, each status follows from the graph alone. */
function expected({ operations, failing }: Graph): ReadonlyMap<OperationId, OperationStatus> {
  const statuses = new Map<OperationId, OperationStatus>();
  for (const { id: name, dependsOn } of operations) {
    const isCutOff = dependsOn.some(({ on, type }) => type === "hard" && statuses.get(on) !== "completed");
    statuses.set(name, isCutOff ? "skipped" : failing.has(name) ? "failed" : "completed");
  }
  return statuses;
}

interface Ran {
  readonly state: RunState;
  readonly problems: readonly string[];
  readonly most: number;
  readonly order: readonly string[];
}

async function run({ operations, failing, parallelLimit }: Graph): Promise<Ran> {
  const clock = createFakeClock();
  const storage = openMemoryStorage({ clock });
  const engine = createEngine({ storage, clock, random: () => 0.5, holder: "worker-1" });
  const order: string[] = [];
  let running = 0;
  let most = 0;
  const call = async (name: OperationId, isFailing: boolean) => {
    most = Math.max(most, ++running);
    order.push(`begin ${name}`);
    await Promise.resolve();
    running -= 1;
    order.push(`end ${name}`);
    if (isFailing) throw new ScriptedFailure("never");
    return null;
  };
  const sample = {
    execute: ({ operation }: { operation: OperationDefinition }) => call(operation.id, failing.has(operation.id)),
    compensate: async ({ operation }: { operation: OperationDefinition }) => void (await call(operation.id, false)),
  };
  const runId = await engine.submit(sampleRun({ operations, parallelLimit }));
  const state = await engine.execute(runId, { handlers: new Map([["sample", sample]]) });
  return { state, problems: brokenInvariants((await storage.runs.load(runId)).events), most, order };
}

function expectOrder({ operations }: Graph, order: readonly string[]): void {
  const begins = new Map(order.map((line, place) => [line, place]));
  for (const { id: to, dependsOn } of operations) {
    for (const { on } of dependsOn) {
      const ended = begins.get(`end ${on}`);
      const began = begins.get(`begin ${to}`);
      if (ended !== undefined && began !== undefined) expect(began, `${to} needs ${on}`).toBeGreaterThan(ended);
    }
  }
}

const seed = testSeed();
const sizes = [...Array.from({ length: 400 }, (_, index) => 1 + (index % 40)), 300, 1_000, 3_000, 10_000, 10_000];

test("any graph that goes on after failures: each operation ends as the model says, in order, within the limit", async () => {
  for (const [index, size] of sizes.entries()) {
    const graph = draw(seed + index, size, ["continue"]);
    const { state, problems, most, order } = await run(graph);
    const name = `SEED=${seed + index}, ${size} operations`;
    const statuses = new Map(Array.from(state.operations, ([operation, { status }]) => [operation, status]));
    expect(statuses, name).toEqual(expected(graph));
    expect(problems, name).toEqual([]);
    expect(most, name).toBeLessThanOrEqual(graph.parallelLimit);
    expect(state.status, name).toBe(graph.failing.size === 0 ? "completed" : "failed");
    expectOrder(graph, order);
  }
}, 120_000);

test("any graph that stops or rolls back: nothing is left half done, and a rollback leaves nothing", async () => {
  for (const [index, size] of sizes.entries()) {
    const graph = draw(seed + index, size, ["continue", "fail", "rollback"]);
    const { state, problems, most } = await run(graph);
    const name = `SEED=${seed + index}, ${size} operations`;
    expect(problems, name).toEqual([]);
    expect(most, name).toBeLessThanOrEqual(graph.parallelLimit);
    if (state.status === "rolledBack") expect(state.counts.completed, name).toBe(0);
    expect(state.counts.pending + state.counts.running + state.counts.retrying, name).toBe(0);
  }
}, 120_000);

test("any cycle is told by its path", () => {
  for (let index = 0; index < 1_000; index += 1) {
    const random = new Drawing(seed + index);
    const size = random.int(1, 30);
    const { operations } = draw(seed + index, size, ["fail"]);
    const from = random.int(0, size - 1);
    const to = random.int(from, size - 1);
    // An edge forward from an operation to one that needs it, or to itself.
    const path = Array.from({ length: to - from }, (_, place) => ({ on: id(from + place), at: from + place + 1 }));
    const closed = operations.map((operation, place) => {
      const edges = path.filter(({ at }) => at === place).map(({ on }) => ({ on, type: "hard" as const }));
      const back = place === from ? [{ on: id(to), type: "soft" as const }] : [];
      return { ...operation, dependsOn: [...operation.dependsOn, ...edges, ...back] };
    });
    const [problem = ""] = findProblems(sampleRun({ operations: closed }));
    const told = problem.replace("the dependencies form a cycle: ", "").split(" → ") as OperationId[];
    expect(told.length, `SEED=${seed + index}: ${problem}`).toBeGreaterThan(1);
    expect(told.at(-1)).toBe(told[0]);
    const byId = new Map(closed.map((operation) => [operation.id, operation]));
    told.slice(1).forEach((next, place) => {
      const current = byId.get(told[place] as OperationId);
      expect(
        current?.dependsOn.map(({ on }) => on),
        problem,
      ).toContain(next);
    });
  }
});
