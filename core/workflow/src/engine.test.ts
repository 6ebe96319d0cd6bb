import type { DependencyType, OperationDefinition, OperationId, RunDefinition, RunEvent, RunId } from "@provisioning/model";
import { type Lease, openMemoryStorage, runScope, type Storage, StoreFailedError } from "@provisioning/storage";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  createEngine,
  type Engine,
  type EngineOptions,
  type ExecuteOptions,
  type LiveEvent,
  rollbackReport,
  type RunState,
} from "./index.js";
import {
  type Behaviour,
  brokenInvariants,
  type Call,
  createFakeClock,
  createScript,
  type FakeClock,
  sampleOperation,
  sampleRun,
  type Script,
} from "./testing/index.js";

let clock: FakeClock;
let storage: Storage;
beforeEach(() => {
  clock = createFakeClock();
  storage = openMemoryStorage({ clock });
});
afterEach(async () => {
  expect(clock.sleepers, "sleepers left behind").toBe(0);
  await storage.close();
});

const id = (name: string) => name as OperationId;
const needs = (...names: string[]) => names.map((name) => ({ on: id(name), type: "hard" as DependencyType }));
const operation = (name: string, changes: Partial<OperationDefinition> = {}) => sampleOperation(name, changes);

function engineWith(options: Partial<EngineOptions> = {}): Engine {
  return createEngine({ storage, clock, random: () => 0, holder: "worker-1", ...options });
}

type Behaviours = Readonly<Record<string, Behaviour | readonly Behaviour[]>>;

/** By operation or `compensate:operation`; a list gives each call its own, the last one repeated. */
function scripted(behaviours: Behaviours = {}): Script {
  return createScript(clock, ({ kind, operation: name }: Call, count) => {
    const found = behaviours[kind === "execute" ? name : `${kind}:${name}`] ?? {};
    return Array.isArray(found)
      ? ((found[Math.min(count, found.length - 1)] as Behaviour | undefined) ?? {})
      : (found as Behaviour);
  });
}

interface Ran {
  readonly state: RunState;
  readonly script: Script;
  readonly events: readonly RunEvent[];
  /** `name:status` of every operation. */
  readonly statuses: readonly string[];
}

async function run(operations: readonly OperationDefinition[], behaviours: Behaviours = {}, more: RunMore = {}): Promise<Ran> {
  const script = scripted(behaviours);
  const engine = engineWith(more.engine);
  const runId = await engine.submit(sampleRun({ operations, ...more.definition }));
  const state = await clock.runUntil(engine.execute(runId, { handlers: script.handlers, ...more.execute }));
  return report(runId, state, script);
}

interface RunMore {
  readonly definition?: Partial<RunDefinition>;
  readonly engine?: Partial<EngineOptions>;
  readonly execute?: Partial<ExecuteOptions>;
}

async function report(runId: RunId, state: RunState, script: Script): Promise<Ran> {
  const { events } = await storage.runs.load(runId);
  expect(brokenInvariants(events)).toEqual([]);
  return { state, script, events, statuses: Array.from(state.operations, ([name, { status }]) => `${name}:${status}`) };
}

const typesOf = (events: readonly RunEvent[]) => events.map(({ type }) => type);

describe("going forward", () => {
  test("starts what is ready, in the order of the dependencies", async () => {
    const { state, script, events } = await run([
      operation("c", { dependsOn: needs("b") }),
      operation("a"),
      operation("b", { dependsOn: needs("a") }),
    ]);
    expect(state.status).toBe("completed");
    expect(script.done).toEqual(["execute:a", "execute:b", "execute:c"]);
    expect(typesOf(events)).toEqual([
      "runSubmitted",
      "runClaimed",
      ...["a", "b", "c"].flatMap(() => ["operationStarted", "operationCompleted"]),
      "runEnded",
    ]);
  });

  test("a run without operations completes", async () => {
    expect((await run([])).state.status).toBe("completed");
  });

  test("the intent is stored before the handler is called", async () => {
    const engine = engineWith();
    const runId = await engine.submit(sampleRun());
    let stored: readonly RunEvent[] = [];
    const execute = async () => {
      stored = (await storage.runs.load(runId)).events;
      return "done";
    };
    await engine.execute(runId, { handlers: new Map([["sample", { execute }]]) });
    expect(typesOf(stored)).toEqual(["runSubmitted", "runClaimed", "operationStarted"]);
  });

  test("handlers get what they need and read what others reported", async () => {
    const engine = engineWith();
    const runId = await engine.submit(sampleRun({ operations: [operation("a"), operation("b", { dependsOn: needs("a") })] }));
    const seen: unknown[] = [];
    await engine.execute(runId, {
      handlers: new Map([
        [
          "sample",
          {
            execute: async ({ operation: { id: name }, attempt, token, idempotencyKey, outputOf, run: definition }) => {
              seen.push([name, attempt, token, idempotencyKey, outputOf(id("a")), outputOf(id("nobody")), definition.id]);
              return { made: name };
            },
          },
        ],
      ]),
    });
    expect(seen).toEqual([
      ["a", 1, 1, `${runId}/a`, undefined, undefined, runId],
      ["b", 1, 1, `${runId}/b`, { made: "a" }, undefined, runId],
    ]);
  });

  test("never more at a time than the limit, never two in a lane, the longest chain first", async () => {
    const chain = [operation("z1", { lane: "x" }), operation("z2", { dependsOn: needs("z1") })];
    const others = ["a", "b", "c", "d"].map((name) => operation(name, { lane: name < "c" ? "x" : "y" }));
    const behaviours = Object.fromEntries(["z1", "z2", "a", "b", "c", "d"].map((name) => [name, { delayMs: 10 }]));
    const { script, state } = await run([...others, ...chain], behaviours, { definition: { parallelLimit: 2 } });
    expect(state.status).toBe("completed");
    expect(script.calls[0]?.operation).toBe("z1");
  });

  test("observers hear of events once they are stored, and a broken one breaks nothing", async () => {
    const heard: (RunEvent | LiveEvent)["type"][] = [];
    const { events } = await run([operation("a")], {}, { execute: { observe: (event) => heard.push(event.type) } });
    expect(heard).toEqual(typesOf(events).slice(1));
    const broken = () => {
      throw new Error("broken observer");
    };
    expect((await run([operation("a")], {}, { execute: { observe: broken } })).state.status).toBe("completed");
  });

  test("progress and logs reach observers and are not stored", async () => {
    const engine = engineWith();
    const runId = await engine.submit(sampleRun());
    const heard: LiveEvent[] = [];
    await engine.execute(runId, {
      handlers: new Map([
        [
          "sample",
          {
            execute: async ({ report: tell, log }) => {
              tell({ message: "half", step: 1 });
              log("said", { word: "hello" });
              return null;
            },
          },
        ],
      ]),
      observe: (event) => {
        if (event.type === "operationProgress" || event.type === "operationLog") heard.push(event);
      },
    });
    expect(heard).toMatchObject([
      { type: "operationProgress", operation: "one", progress: { message: "half", step: 1 } },
      { type: "operationLog", operation: "one", message: "said", fields: { word: "hello" } },
    ]);
    expect((await storage.runs.load(runId)).events).toHaveLength(5);
  });

  test("checkpoints come after every so many completed operations", async () => {
    const { events, state } = await run(Array.from({ length: 12 }, (_, index) => operation(`op-${index}`)));
    const checkpoints = events.filter((event) => event.type === "checkpointReached");
    expect(checkpoints.map(({ number, completed }) => [number, completed.length])).toEqual([
      [1, 5],
      [2, 5],
    ]);
    expect(Array.from(state.checkpoints, ({ completions }) => completions)).toEqual([5, 10]);
  });

  test("checkpoints count operations of one action where the definition says so, also those of an earlier worker", async () => {
    const operations = Array.from({ length: 12 }, (_, index) => [
      operation(`work-${index}`, { dependsOn: index === 0 ? [] : needs(`done-${index - 1}`) }),
      operation(`look-${index}`, { dependsOn: needs(`work-${index}`) }),
      operation(`done-${index}`, { action: "final", dependsOn: needs(`look-${index}`) }),
    ]).flat();
    const release = new AbortController();
    const definition = sampleRun({ operations, checkpointAction: "final" });
    const { handlers } = createScript(clock, ({ operation: name }) => {
      if (name === "done-3") release.abort();
      return {};
    });
    const engine = engineWith();
    await engine.submit(definition);
    const left = await clock.runUntil(engine.execute(definition.id, { handlers, release: release.signal }));
    expect([left.status, left.checkpoints.size]).toEqual(["pending", 0]);
    const state = await clock.runUntil(engineWith({ holder: "worker-2" }).execute(definition.id, { handlers }));
    expect(Array.from(state.checkpoints, ({ completions }) => completions)).toEqual([15, 30]);
  });

  test("refuses a definition that cannot be run and actions that nobody handles, before anything starts", async () => {
    await expect(
      engineWith().submit(sampleRun({ operations: [operation("a", { dependsOn: needs("a") })] })),
    ).rejects.toMatchObject({
      code: "WORKFLOW_INVALID",
    });
    await expect(run([operation("a", { action: "unheard-of" })])).rejects.toMatchObject({ code: "HANDLER_MISSING" });
    expect((await engineWith().unfinished()).map(({ status }) => status)).toEqual(["pending"]);
  });
});

describe("failing", () => {
  const retry = { maxAttempts: 3, backoff: "exponential", initialDelayMs: 100, maxDelayMs: 1000 } as const;

  test("tries again what says that this helps, later and later, and not more often than it may", async () => {
    const began = clock.now();
    const { state, events, script } = await run([operation("a", { retry })], { a: { fail: "now" } });
    expect(state.status).toBe("failed");
    expect(script.calls).toHaveLength(3);
    const failures = events.filter((event) => event.type === "operationFailed");
    expect(failures.map(({ retryAt }) => (retryAt === undefined ? undefined : retryAt - began))).toEqual([50, 150, undefined]);
    expect(state.operations.get(id("a"))).toMatchObject({ status: "failed", attempt: 3, error: { code: "SCRIPTED" } });
  });

  test("succeeds at a later attempt", async () => {
    const { state } = await run([operation("a", { retry })], { a: [{ fail: "now" }, { output: 7 }] });
    expect(state.operations.get(id("a"))).toMatchObject({ status: "completed", attempt: 2, output: 7 });
  });

  test.each(["later", "never"] as const)("does not try again what says %s", async (fail) => {
    expect((await run([operation("a", { retry })], { a: { fail } })).script.calls).toHaveLength(1);
  });

  test("a lane is free while its operation waits to be tried again", async () => {
    const { script } = await run([operation("a", { lane: "x", retry }), operation("b", { lane: "x" })], {
      a: [{ fail: "now" }, {}],
    });
    expect(script.done).toEqual(["execute:b", "execute:a"]);
  });

  test("fail: nothing more starts, what runs may finish", async () => {
    const operations = [
      operation("a"),
      operation("b"),
      operation("c", { dependsOn: needs("b") }),
      operation("d", { dependsOn: needs("a") }),
    ];
    const { state, statuses } = await run(operations, { a: { delayMs: 5, fail: "never" }, b: { delayMs: 10 } });
    expect(state.status).toBe("failed");
    expect(statuses).toEqual(["a:failed", "b:completed", "c:skipped", "d:skipped"]);
    expect(state.operations.get(id("c"))).toEqual({ status: "skipped", because: "a" });
  });

  test("fail: what waits to be tried again is not", async () => {
    const operations = [operation("a"), operation("b", { retry })];
    const { statuses } = await run(operations, { a: { delayMs: 5, fail: "never" }, b: { fail: "now" } });
    expect(statuses).toEqual(["a:failed", "b:failed"]);
  });

  test("continue: skips what needs it over any number of steps, names the reason, does the rest", async () => {
    const operations = [
      operation("a", { onFailure: "continue" }),
      operation("b", { dependsOn: needs("a") }),
      operation("c", { dependsOn: needs("b") }),
      operation("d"),
      operation("e", { dependsOn: needs("d") }),
    ];
    const { state, statuses } = await run(operations, { a: { fail: "never" } });
    expect(state.status).toBe("failed");
    expect(statuses).toEqual(["a:failed", "b:skipped", "c:skipped", "d:completed", "e:completed"]);
    expect(state.operations.get(id("c"))).toEqual({ status: "skipped", because: "a" });
  });

  test.each(["soft", "optional"] as const)("a %s dependency is waited for and may fail", async (type) => {
    const operations = [
      operation("a", { onFailure: "continue" }),
      operation("b", { dependsOn: [{ on: id("a"), type }] }),
      operation("c", { dependsOn: [{ on: id("absent"), type: "optional" }] }),
    ];
    const { statuses, script } = await run(operations, { a: { delayMs: 10, fail: "never" } });
    expect(statuses).toEqual(["a:failed", "b:completed", "c:completed"]);
    expect(script.done).toEqual(["execute:c", "execute:b"]);
  });

  test("an attempt that takes too long is stopped, recorded and tried again", async () => {
    const operations = [operation("a", { timeoutMs: 100, retry })];
    const { state, events } = await run(operations, { a: [{ delayMs: 1000 }, { delayMs: 50 }] });
    expect(state.status).toBe("completed");
    expect(events.find((event) => event.type === "operationFailed")).toMatchObject({ error: { code: "TIMEOUT", retry: "now" } });
  });

  test("a handler that does not stop when told is given up", async () => {
    const { state, events } = await run(
      [operation("a", { timeoutMs: 100 })],
      { a: [{ hang: true }, {}] },
      { engine: { graceMs: 20 } },
    );
    expect(state.status).toBe("completed");
    const [started] = events.filter((event) => event.type === "operationStarted");
    const [failed] = events.filter((event) => event.type === "operationFailed");
    expect((failed?.at ?? 0) - (started?.at ?? 0)).toBe(120);
  });

  test("what a handler throws or returns is made storable", async () => {
    const circular: Record<string, unknown> = {};
    circular["self"] = circular;
    const engine = engineWith();
    const runId = await engine.submit(sampleRun());
    const state = await engine.execute(runId, { handlers: new Map([["sample", { execute: async () => circular as never }]]) });
    expect(state.operations.get(id("one"))).toMatchObject({ status: "failed", error: { code: "INTERNAL" } });
  });
});

describe("rolling back", () => {
  const chain = [
    operation("a"),
    operation("b", { dependsOn: needs("a") }),
    operation("c", { dependsOn: needs("b"), onFailure: "rollback" }),
    operation("d", { dependsOn: needs("c") }),
  ];

  const undone = (state: RunState) => rollbackReport(state)?.operations.map((item) => `${item.operation} ${item.type}`);

  test("undoes what was done, the last first", async () => {
    const { state, script, statuses } = await run(chain, { a: { output: "made a" }, c: { fail: "never" } });
    expect(state).toMatchObject({ status: "rolledBack", rollback: { because: "c" } });
    expect(script.done.slice(2)).toEqual(["compensate:b", "compensate:a"]);
    expect(statuses).toEqual(["a:compensated", "b:compensated", "c:failed", "d:skipped"]);
    expect(undone(state)).toEqual(["a unverified", "b unverified", "c half"]);
  });

  test("says what it could not undo and goes on", async () => {
    const operations = [operation("x", { action: "final" }), ...chain];
    const behaviours = { c: { delayMs: 5, fail: "never" }, "compensate:b": { fail: "never" } } as const;
    const { state, statuses } = await run(operations, behaviours);
    expect(state.status).toBe("rolledBack");
    expect(statuses.slice(0, 3)).toEqual(["x:compensationFailed", "a:compensated", "b:compensationFailed"]);
    expect(rollbackReport(state)).toMatchObject({
      isProven: false,
      operations: [
        { type: "notUndone", operation: "x", error: { code: "NOT_COMPENSABLE" } },
        { type: "unverified", operation: "a" },
        { type: "notUndone", operation: "b", error: { code: "SCRIPTED" } },
        { type: "half", operation: "c" },
      ],
    });
  });

  test("tries a compensation again as often as the operation", async () => {
    const { state, script } = await run(chain, { c: { fail: "never" }, "compensate:b": [{ fail: "now" }, { fail: "now" }, {}] });
    expect(undone(state)).toEqual(["a unverified", "b unverified", "c half"]);
    expect(script.calls.filter(({ kind, operation: name }) => kind === "compensate" && name === "b")).toHaveLength(3);
  });

  test("can be asked for afterwards, to a checkpoint, and once more for what failed", async () => {
    const script = scripted({ "compensate:op-6": [{ fail: "never" }, {}] });
    const operations = Array.from({ length: 7 }, (_, index) =>
      operation(`op-${index}`, { dependsOn: index > 0 ? needs(`op-${index - 1}`) : [] }),
    );
    const engine = engineWith();
    const runId = await engine.submit(sampleRun({ operations }));
    await engine.execute(runId, script);
    const toCheckpoint = await engine.rollback(runId, { ...script, by: "ada", toCheckpoint: 1 });
    expect(toCheckpoint).toMatchObject({ status: "rolledBack", rollback: { by: "ada", keep: 5 } });
    expect(script.done.slice(7)).toEqual(["compensate:op-5"]);
    expect(undone(toCheckpoint)).toEqual(["op-5 unverified", "op-6 notUndone"]);
    const whole = await engine.rollback(runId, { ...script, by: "ada" });
    expect(script.done.slice(8)).toEqual(["op-6", "op-4", "op-3", "op-2", "op-1", "op-0"].map((name) => `compensate:${name}`));
    expect(undone(whole)).toEqual(operations.map(({ id }) => `${id} unverified`));
    await expect(engine.rollback(runId, { ...script, by: "ada", toCheckpoint: 9 })).rejects.toMatchObject({
      code: "TRANSITION_ILLEGAL",
    });
    await report(runId, whole, script);
  });

  test("refuses a run that still works", async () => {
    const engine = engineWith();
    const runId = await engine.submit(sampleRun());
    await expect(engine.rollback(runId, { ...scripted(), by: "ada" })).rejects.toMatchObject({ code: "RUN_NOT_ENDED" });
  });

  test("can be cancelled; what is left is told", async () => {
    const stop = new AbortController();
    const script = scripted({ c: { fail: "never" }, "compensate:b": { delayMs: 1000 } });
    const engine = engineWith();
    const runId = await engine.submit(sampleRun({ operations: chain }));
    const running = engine.execute(runId, { ...script, signal: stop.signal });
    await clock.advance(10);
    stop.abort("enough");
    const state = await clock.runUntil(running);
    expect(state.status).toBe("cancelled");
    expect(undone(state)).toEqual(["a notUndone", "b notUndone", "c half"]);
  });
});

describe("cancelling", () => {
  const operations = [operation("a"), operation("b"), operation("c", { dependsOn: needs("a") })];
  const behaviours = { a: { delayMs: 100 }, b: { delayMs: 200 } };

  test("abort: running handlers are told at once, nothing more starts", async () => {
    const stop = new AbortController();
    const running = run(operations, behaviours, { execute: { signal: stop.signal } });
    await clock.advance(50);
    stop.abort("ada pressed Ctrl-C");
    const { state, statuses, script } = await clock.runUntil(running);
    expect(state).toMatchObject({
      status: "cancelled",
      cancellation: { mode: "abort", reason: "ada pressed Ctrl-C", by: "worker-1" },
    });
    expect(statuses).toEqual(["a:cancelled", "b:cancelled", "c:cancelled"]);
    expect(script.calls.map(({ result }) => result)).toEqual(["aborted", "aborted"]);
  });

  test("drain: what runs may finish, then aborting still works", async () => {
    const drain = new AbortController();
    const signal = new AbortController();
    const running = run(operations, behaviours, { execute: { drain: drain.signal, signal: signal.signal } });
    await clock.advance(50);
    drain.abort();
    await clock.advance(100);
    signal.abort();
    const { state, statuses } = await clock.runUntil(running);
    expect(state).toMatchObject({ status: "cancelled", cancellation: { mode: "abort", reason: "asked to stop" } });
    expect(statuses).toEqual(["a:completed", "b:cancelled", "c:cancelled"]);
  });

  test("from elsewhere, while it runs", async () => {
    const script = scripted(behaviours);
    const engine = engineWith();
    const runId = await engine.submit(sampleRun({ operations }));
    const running = engine.execute(runId, script);
    await clock.advance(50);
    const asked = await engineWith({ holder: "desk" }).cancel(runId, "ada", "wrong infra");
    expect(asked.status).toBe("running");
    const state = await clock.runUntil(running);
    expect(state).toMatchObject({ status: "cancelled", cancellation: { by: "ada", reason: "wrong infra" } });
    await report(runId, state, script);
  });

  test("in just the moment in which something is about to start: it is not started", async () => {
    const script = scripted(behaviours);
    const runId = await engineWith().submit(sampleRun({ operations }));
    const { runs } = storage;
    const append: typeof runs.append = async (id, expected, events, token) => {
      const isStart = events.some((event) => event.type === "operationStarted" && event.operation === "c");
      const { version } = await runs.load(id);
      if (isStart && version === expected) {
        await runs.append(id, version, [{ type: "cancelRequested", at: 1, by: "ada", reason: "now", mode: "drain" }]);
      }
      return runs.append(id, expected, events, token);
    };
    const engine = engineWith({ storage: { ...storage, runs: { ...runs, append } } });
    const state = await clock.runUntil(engine.execute(runId, script));
    const { statuses } = await report(runId, state, script);
    expect(state.status).toBe("cancelled");
    expect(statuses).toEqual(["a:completed", "b:completed", "c:cancelled"]);
    expect(script.calls.map(({ operation: name }) => name)).toEqual(["a", "b"]);
  });

  test("one that nobody works on ends at once; one that ended stays as it is", async () => {
    const engine = engineWith();
    const runId = await engine.submit(sampleRun({ operations }));
    expect((await engine.cancel(runId, "ada", "changed her mind")).status).toBe("cancelled");
    expect((await engine.cancel(runId, "bob", "too")).status).toBe("cancelled");
    expect((await engine.execute(runId, scripted())).status).toBe("cancelled");
    expect(await engine.unfinished()).toEqual([]);
  });

  test("a signal that had aborted before starts nothing", async () => {
    const { statuses, script } = await run(operations, behaviours, { execute: { signal: AbortSignal.abort() } });
    expect(statuses).toEqual(["a:cancelled", "b:cancelled", "c:cancelled"]);
    expect(script.calls).toEqual([]);
  });

  test("a handler that does not stop is given up", async () => {
    const stop = new AbortController();
    const running = run([operation("a")], { a: { hang: true } }, { execute: { signal: stop.signal } });
    await clock.advance(50);
    stop.abort();
    expect((await clock.runUntil(running)).state.status).toBe("cancelled");
  });
});

describe("working under a lease", () => {
  test("a second worker is refused while the first one lives, however long it takes", async () => {
    const script = scripted({ one: { delayMs: 1_000_000 } });
    const engine = engineWith();
    const runId = await engine.submit(sampleRun({ operations: [operation("one", { timeoutMs: 2_000_000 })] }));
    const first = engine.execute(runId, script);
    await clock.advance(500_000);
    await expect(engineWith({ holder: "worker-2" }).execute(runId, script)).rejects.toMatchObject({ code: "LEASE_HELD" });
    expect((await clock.runUntil(first)).status).toBe("completed");
    expect(await storage.leases.current(runScope(runId))).toBeUndefined();
  });

  test("a worker that lost its lease records nothing more and stops its handlers", async () => {
    // As after SIGSTOP: it believes in its lease while time goes on without it.
    const heartbeat = async (lease: Lease) => ({ ...lease, expiresAt: Number.POSITIVE_INFINITY });
    const deaf: Storage = { ...storage, leases: { ...storage.leases, heartbeat } };
    const script = scripted({ one: { delayMs: 40_000 } });
    const runId = await engineWith().submit(sampleRun());
    const lost = createEngine({ storage: deaf, clock, random: () => 0, holder: "paused" }).execute(runId, script);
    lost.catch(() => {});
    await clock.advance(31_000);
    const second = engineWith({ holder: "worker-2" }).execute(runId, script);
    await clock.advance(10_000);
    await expect(lost).rejects.toMatchObject({ code: "LEASE_LOST" });
    const state = await clock.runUntil(second);
    const { events } = await report(runId, state, script);
    expect(state.operations.get(id("one"))).toMatchObject({ status: "completed", attempt: 2 });
    expect(events.filter(({ type }) => type === "operationCompleted")).toHaveLength(1);
  });

  test.each([
    ["fails for good", () => Promise.reject(new Error("no network"))],
    ["is not answered", () => new Promise<never>(() => {})],
  ])("a heartbeat that %s stops the worker", async (_, heartbeat) => {
    const broken: Storage = { ...storage, leases: { ...storage.leases, heartbeat } };
    const script = scripted({ one: { delayMs: 55_000 } });
    const runId = await engineWith().submit(sampleRun());
    const lost = createEngine({ storage: broken, clock, random: () => 0, holder: "cut off" }).execute(runId, script);
    await expect(clock.runUntil(lost)).rejects.toMatchObject({ code: "LEASE_LOST" });
    expect(script.calls[0]?.result).toBe("aborted");
  });
});

test("a store that fails stops the worker and its handlers; another one can go on", async () => {
  const script = scripted({ a: { delayMs: 10 }, b: { delayMs: 100 } });
  const runId = await engineWith().submit(sampleRun({ operations: [operation("a"), operation("b")] }));
  const append: typeof storage.runs.append = async (...args) => {
    if (args[2].some(({ type }) => type === "operationCompleted"))
      throw new StoreFailedError("disk", { cause: new Error("full") });
    return storage.runs.append(...args);
  };
  const failing = engineWith({ storage: { ...storage, runs: { ...storage.runs, append } } });
  await expect(clock.runUntil(failing.execute(runId, script))).rejects.toMatchObject({ code: "STORE_FAILED" });
  expect(script.calls.map(({ result }) => result)).toEqual(["done", "aborted"]);
  await clock.advance(30_000);
  const state = await clock.runUntil(engineWith().execute(runId, script));
  const { statuses } = await report(runId, state, script);
  expect(statuses).toEqual(["a:completed", "b:completed"]);
});

describe("size", () => {
  test("a chain of 10,000 and a wide graph of 20,000", async () => {
    const chain = Array.from({ length: 10_000 }, (_, index) =>
      operation(`op-${index}`, { dependsOn: index > 0 ? needs(`op-${index - 1}`) : [] }),
    );
    const wide = Array.from({ length: 20_000 }, (_, index) =>
      operation(`op-${index}`, { dependsOn: index > 0 ? needs("op-0") : [] }),
    );
    for (const operations of [chain, wide]) {
      const engine = engineWith();
      const runId = await engine.submit(sampleRun({ operations, parallelLimit: 50 }));
      const state = await engine.execute(runId, { handlers: new Map([["sample", { execute: async () => null }]]) });
      expect(state.counts.completed).toBe(operations.length);
    }
  }, 60_000);
});

describe("a worker that stood still past its lease", () => {
  /** Its clock is that much ahead once it has stored something. `meanwhile`: what others do in that time. */
  function standingStill(meanwhile: (runId: RunId) => Promise<void>, store: Storage = storage) {
    let standstillMs = 0;
    let runId: RunId | undefined;
    const engine = createEngine({
      storage: store,
      clock: { ...clock, now: () => clock.now() + standstillMs },
      random: () => 0,
      holder: "worker-1",
      faultPoint: async (point) => {
        if (point !== "record.after" || standstillMs > 0 || runId === undefined) return;
        standstillMs = 61_000;
        await meanwhile(runId);
      },
    });
    return async (script: Script, options: Pick<ExecuteOptions, "signal"> = {}) => {
      runId = await engine.submit(sampleRun());
      return engine.execute(runId, { ...script, ...options });
    };
  }

  /** A store that takes its time with heartbeats. */
  const slowly = (onBeat: () => void): Storage => {
    const heartbeat = async (lease: Lease) => {
      await clock.sleep(5_000);
      onBeat();
      return storage.leases.heartbeat(lease);
    };
    return { ...storage, leases: { ...storage.leases, heartbeat } };
  };

  test("does not begin what it stored as begun when another one has taken the run", async () => {
    const script = scripted();
    const execute = standingStill(async (runId) => {
      const scope = runScope(runId);
      const lease = await storage.leases.current(scope);
      if (lease !== undefined) await storage.leases.release(lease);
      await storage.leases.acquire(scope, "worker-2", 60_000);
    });
    await expect(clock.runUntil(execute(script))).rejects.toMatchObject({ code: "LEASE_LOST" });
    expect(script.calls).toEqual([]);
  });

  test("begins it when a heartbeat has told that nobody has, however long that takes", async () => {
    const script = scripted();
    const store = slowly(() => expect(script.calls).toEqual([]));
    const execute = standingStill(async () => {}, store);
    expect((await clock.runUntil(execute(script))).status).toBe("completed");
    expect(script.calls).toHaveLength(1);
  });

  test("does not begin it at all when it is cancelled meanwhile", async () => {
    const script = scripted();
    const controller = new AbortController();
    const execute = standingStill(
      async () => void clock.after(2_000, () => controller.abort()),
      slowly(() => {}),
    );
    expect((await clock.runUntil(execute(script, { signal: controller.signal }))).status).toBe("cancelled");
    expect(script.calls).toEqual([]);
  });
});

test("a store of this process alone may be silent for long: nobody else can have the run", async () => {
  const script = scripted({ one: { delayMs: 200_000 } });
  const silentUntil = clock.now() + 150_000;
  let asked = 0;
  const heartbeat = async (lease: Lease) => {
    asked += 1;
    await clock.sleep(Math.max(0, silentUntil - clock.now()));
    return storage.leases.heartbeat(lease);
  };
  const leases = { ...storage.leases, heartbeat, isExclusive: () => true };
  const one = operation("one", { timeoutMs: 300_000 });
  const engine = engineWith({ storage: { ...storage, leases } });
  const runId = await engine.submit(sampleRun({ operations: [one] }));
  expect((await clock.runUntil(engine.execute(runId, script))).status).toBe("completed");
  // Each one keeps the lease from others in this process as soon as it is asked for.
  expect(asked).toBeGreaterThan(5);
});
