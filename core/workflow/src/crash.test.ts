import {
  DEFAULT_RETRY,
  type DependencyType,
  type OnFailure,
  type OperationDefinition,
  type OperationId,
  type RunDefinition,
} from "@provisioning/model";
import { openMemoryStorage } from "@provisioning/storage";
import fc from "fast-check";
import { expect, test } from "vitest";
import { createEngine, isEnded, type RunState } from "./index.js";
import {
  type Behaviour,
  brokenInvariants,
  type Call,
  crashAt,
  createFakeClock,
  createScript,
  SimulatedCrash,
  sampleOperation,
  sampleRun,
} from "./testing/index.js";

/** What an operation does, however often it is called: independent of attempts, since a crash may cost some. */
type Nature = "fine" | "flaky" | "broken" | "hopeless";

interface Scenario {
  readonly definition: RunDefinition;
  readonly natures: ReadonlyMap<OperationId, Nature>;
}

interface Result {
  readonly state: RunState;
  readonly crashes: number;
  /** Fault points passed by the worker that brought it to its end. */
  readonly hits: number;
}

function behave(scenario: Scenario) {
  return ({ kind, operation }: Call, count: number): Behaviour => {
    const delayMs = 1 + ((operation.length * 7 + operation.charCodeAt(operation.length - 1)) % 13);
    const nature = kind === "execute" ? scenario.natures.get(operation) : "fine";
    const output = `made ${operation}`;
    if (nature === "broken") return { delayMs, fail: "never" };
    if (nature === "hopeless" || (nature === "flaky" && count === 0)) return { delayMs, fail: "now" };
    return { delayMs, output };
  };
}

/** Carries the run out with a worker that dies at the given fault points, one after the other, and checks all that must hold. */
async function runThroughCrashes(scenario: Scenario, crashes: readonly number[]): Promise<Result> {
  const clock = createFakeClock();
  const storage = openMemoryStorage({ clock });
  const script = createScript(clock, behave(scenario));
  const recorded = new Set<string>();
  const callsAfterRecord: string[] = [];
  storage.runs.watch(({ events }) => {
    for (const event of events) {
      if (event.type === "operationCompleted") recorded.add(event.operation);
      if (event.type === "operationStarted" && recorded.has(event.operation)) callsAfterRecord.push(event.operation);
    }
  });
  await storage.runs.submit(scenario.definition);
  let died = 0;
  for (const hit of [...crashes, Number.POSITIVE_INFINITY]) {
    const plan = crashAt(hit);
    const engine = createEngine({
      storage,
      clock,
      random: () => 0.5,
      holder: `worker-${died}`,
      checkpointInterval: 2,
      faultPoint: plan.faultPoint,
    });
    try {
      const state = await clock.runUntil(engine.execute(scenario.definition.id, script));
      expect(brokenInvariants((await storage.runs.load(scenario.definition.id)).events)).toEqual([]);
      expect(callsAfterRecord).toEqual([]);
      expect(clock.sleepers).toBe(0);
      return { state, crashes: died, hits: plan.hits };
    } catch (error) {
      if (!(error instanceof SimulatedCrash)) throw error;
      died += 1;
      await clock.advance(30_000);
    }
  }
  throw new Error("it never ended");
}

/** What must be the same whether or not a worker died: not times, tokens, attempts, or the order of what ran side by side. */
function outcomeOf(state: RunState): unknown {
  expect(isEnded(state)).toBe(true);
  const operations = Array.from(state.operations, ([id, operation]) => [
    id,
    operation.status,
    "output" in operation ? operation.output : null,
  ]);
  return { status: state.status, operations };
}

const name = (index: number) => `op-${index}` as OperationId;
const retry = { ...DEFAULT_RETRY, initialDelayMs: 3 };

function scenarioOf(specs: readonly (Partial<OperationDefinition> & { nature?: Nature })[], parallelLimit: number): Scenario {
  const operations = specs.map((spec, index) => sampleOperation(name(index), { retry, ...spec }));
  return {
    definition: sampleRun({ operations, parallelLimit }),
    natures: new Map(specs.map(({ nature = "fine" }, index) => [name(index), nature])),
  };
}

const hard = (...indices: number[]) => indices.map((index) => ({ on: name(index), type: "hard" as const }));

/** Failures stop a run while others are still running; a chain leaves no doubt which ones. */
const scenarios: Record<string, Scenario> = {
  "that succeeds": scenarioOf(
    [{}, { nature: "flaky" }, { dependsOn: hard(0) }, { dependsOn: hard(1), lane: "x" }, { dependsOn: hard(1), lane: "x" }],
    2,
  ),
  "that fails": scenarioOf([{}, { dependsOn: hard(0), nature: "hopeless" }, { dependsOn: hard(1) }], 2),
  "that goes on after a failure": scenarioOf(
    [{ nature: "broken", onFailure: "continue" }, { dependsOn: hard(0) }, {}, { dependsOn: hard(2) }],
    2,
  ),
  "that is rolled back": scenarioOf(
    [
      {},
      { dependsOn: hard(0), action: "final" },
      { dependsOn: hard(1) },
      { dependsOn: hard(2), nature: "broken", onFailure: "rollback" },
    ],
    2,
  ),
};

test.each(Object.keys(scenarios))(
  "a run %s ends the same wherever its worker dies",
  async (key) => {
    const scenario = scenarios[key] as Scenario;
    const undisturbed = await runThroughCrashes(scenario, []);
    for (let hit = 1; hit <= undisturbed.hits; hit += 1) {
      const { state, crashes } = await runThroughCrashes(scenario, [hit]);
      expect(crashes).toBe(1);
      expect(outcomeOf(state), `died at fault point ${hit}`).toEqual(outcomeOf(undisturbed.state));
    }
  },
  60_000,
);

const anyNature = fc.constantFrom<Nature>("fine", "fine", "fine", "flaky", "broken", "hopeless");
const anyType = fc.constantFrom<DependencyType>("hard", "hard", "soft", "optional");
const anySpec = (index: number, policies: readonly OnFailure[]) =>
  fc.record({
    nature: anyNature,
    onFailure: fc.constantFrom(...policies),
    lane: fc.option(fc.constantFrom("x", "y"), { nil: undefined }),
    dependsOn: fc.uniqueArray(fc.record({ on: fc.nat({ max: Math.max(0, index - 1) }).map(name), type: anyType }), {
      selector: ({ on }) => on,
      maxLength: index === 0 ? 0 : 3,
    }),
  });
const anyScenario = (policies: readonly OnFailure[]) =>
  fc.tuple(fc.integer({ min: 1, max: 10 }), fc.integer({ min: 1, max: 4 })).chain(([size, limit]) =>
    fc.tuple(...Array.from({ length: size }, (_, index) => anySpec(index, policies))).map((specs) =>
      scenarioOf(
        specs.map(({ lane, ...spec }) => ({ ...spec, ...(lane === undefined ? {} : { lane }) })),
        limit,
      ),
    ),
  );
const anyCrashes = fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 4 });

test("any graph that goes on after failures ends the same through any crashes", async () => {
  await fc.assert(
    fc.asyncProperty(anyScenario(["continue"]), anyCrashes, async (scenario, crashes) => {
      const undisturbed = await runThroughCrashes(scenario, []);
      const disturbed = await runThroughCrashes(scenario, crashes);
      expect(outcomeOf(disturbed.state)).toEqual(outcomeOf(undisturbed.state));
    }),
    { numRuns: 150 },
  );
}, 120_000);

test("any graph keeps what must hold through any crashes and failures", async () => {
  await fc.assert(
    fc.asyncProperty(anyScenario(["fail", "continue", "rollback"]), anyCrashes, async (scenario, crashes) => {
      const { state } = await runThroughCrashes(scenario, crashes);
      const isBad = [...state.operations].some(([, { status }]) => status === "failed");
      const mayRollBack = scenario.definition.operations.some(({ onFailure }) => onFailure === "rollback");
      expect(mayRollBack && isBad ? ["failed", "rolledBack"] : [isBad ? "failed" : "completed"]).toContain(state.status);
    }),
    { numRuns: 150 },
  );
}, 120_000);
