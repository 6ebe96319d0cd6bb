/**
 * Bugs by name, to see that the simulation finds them. Each is a small wrapper around the store, what the engine reads, the handlers or
 * the limits: the engine itself is the real one.
 */

import type { Instant, Json, OperationDefinition, RunDefinition, RunEvent, RunId } from "@provisioning/model";
import { type Lease, runScope, StaleTokenError, type Storage, type StoredRun } from "@provisioning/storage";
import type { CompensationContext, Handlers, OperationContext, OperationHandler } from "../../handler.js";
import { SlotPool } from "../../slots.js";
import { CloudError } from "../simulated-cloud.js";
import type { PlantedBug } from "./planted-bug.js";

const FOR_EVER_MS = 1e12;

type Runs = Storage["runs"];
type Leases = Storage["leases"];

const withRuns = (storage: Storage, changes: (runs: Runs) => Partial<Runs>): Storage => ({
  ...storage,
  runs: { ...storage.runs, ...changes(storage.runs) },
});
const withLeases = (storage: Storage, changes: (leases: Leases) => Partial<Leases>): Storage => ({
  ...storage,
  leases: { ...storage.leases, ...changes(storage.leases) },
});
const withClaim = (storage: Storage, claim: Storage["queue"]["claim"]): Storage => ({
  ...storage,
  queue: { ...storage.queue, claim },
});

/** The engine reads other events than there are. */
const readingEvents = (change: (events: readonly RunEvent[], storage: Storage) => readonly RunEvent[]) => (storage: Storage) => {
  const changed = ({ version, events }: StoredRun): StoredRun => ({ version, events: change(events, storage) });
  const loading = withRuns(storage, (runs) => ({ load: async (runId) => changed(await runs.load(runId)) }));
  return withClaim(loading, async (holder, ttlMs) => {
    const claimed = await storage.queue.claim(holder, ttlMs);
    return claimed?.stored === undefined ? claimed : { ...claimed, stored: changed(claimed.stored) };
  });
};

/** The engine reads another definition than was submitted. */
const readingOperations = (change: (operation: OperationDefinition) => OperationDefinition, also?: Partial<RunDefinition>) =>
  readingEvents(([first, ...rest]) => {
    if (first?.type !== "runSubmitted") return rest;
    const { definition } = first;
    return [{ ...first, definition: { ...definition, ...also, operations: definition.operations.map(change) } }, ...rest];
  });

/** A handler as functions. */
interface Deeds {
  readonly execute: (context: OperationContext) => Promise<Json>;
  readonly compensate?: (context: CompensationContext) => Promise<void>;
  readonly inspect?: (context: OperationContext) => Promise<Json>;
  readonly undoesHalves?: boolean;
}

function deedsOf(handler: OperationHandler): Deeds {
  const { undoesHalves = false } = handler;
  return {
    execute: (context: OperationContext) => handler.execute(context),
    undoesHalves,
    ...(handler.compensate === undefined ? {} : { compensate: async (context) => handler.compensate?.(context) }),
    ...(handler.inspect === undefined ? {} : { inspect: async (context) => (await handler.inspect?.(context)) ?? null }),
  };
}

const wrapping =
  (change: (deeds: Deeds) => Partial<Deeds>) =>
  (handlers: Handlers): Handlers =>
    new Map(
      [...handlers].map(([action, handler]) => {
        const deeds = deedsOf(handler);
        return [action, { ...deeds, ...change(deeds) }];
      }),
    );

/** Runs that are due and that nobody has brought to an end, in the order of the list. */
async function openRuns(storage: Storage, now: Instant): Promise<readonly RunId[]> {
  const { runs } = await storage.runs.list({ status: ["pending", "running", "rollingBack"] });
  return runs.filter(({ notBefore = 0 }) => notBefore <= now).map(({ id }) => id);
}

/** Takes it whoever holds it. */
async function seize({ leases }: Storage, runId: RunId, holder: string, ttlMs: number): Promise<Lease> {
  const scope = runScope(runId);
  const held = await leases.current(scope);
  if (held !== undefined) await leases.release(held);
  return leases.acquire(scope, holder, ttlMs);
}

class LeakySlots extends SlotPool {
  override giveBack(...[needs, user]: Parameters<SlotPool["giveBack"]>): void {
    if (user.operation !== "op-1") super.giveBack(needs, user);
  }
  override giveBackAll(): void {}
}

class GenerousSlots extends SlotPool {
  override giveBack(...[needs, user]: Parameters<SlotPool["giveBack"]>): void {
    super.giveBack(needs, user);
    for (const { name } of needs) {
      const other = this.views().find((view) => view.name === name)?.holders[0];
      if (other !== undefined) super.giveBackAll(other.runId, user.token);
    }
  }
}

const store: readonly PlantedBug[] = [
  {
    name: "append-ignores-token",
    what: "the store takes events of a worker that lost its lease",
    store: (storage) =>
      withRuns(storage, (runs) => ({ append: (runId, expected, events) => runs.append(runId, expected, events) })),
  },
  {
    name: "append-ignores-version",
    what: "the store takes events that were decided on an older state",
    store: (storage) =>
      withRuns(storage, (runs) => ({
        async append(runId, _, events, token, then) {
          const { version } = await runs.load(runId);
          return runs.append(runId, version, events, token, then);
        },
      })),
  },
  {
    name: "acknowledged-and-lost",
    what: "one write in a hundred is acknowledged and not stored",
    store: (storage, { world }) =>
      withRuns(storage, (runs) => ({
        append: async (runId, expected, events, token, then) =>
          world.random.chance(0.01) ? expected + events.length : runs.append(runId, expected, events, token, then),
      })),
  },
  {
    name: "submission-lost",
    what: "one submission in ten is acknowledged and not stored",
    store: (storage, { world }) =>
      withRuns(storage, (runs) => ({
        submit: async (definition) => (world.random.chance(0.1) ? 1 : runs.submit(definition)),
      })),
  },
  {
    name: "claim-grants-held-run",
    what: "a claim that finds nothing takes a run from its holder",
    store: (storage, { world }) =>
      withClaim(storage, async (holder, ttlMs) => {
        const found = await storage.queue.claim(holder, ttlMs);
        const [open] = await openRuns(storage, world.now);
        if (found !== undefined || open === undefined) return found;
        return { runId: open, lease: await seize(storage, open, holder, ttlMs) };
      }),
  },
  {
    name: "priority-inverted",
    what: "the queue gives the last one first",
    store: (storage, { world }) =>
      withClaim(storage, async (holder, ttlMs) => {
        for (const runId of await openRuns(storage, world.now)) {
          const isFree = (await storage.leases.current(runScope(runId))) === undefined;
          if (isFree) return { runId, lease: await storage.leases.acquire(runScope(runId), holder, ttlMs) };
        }
        return undefined;
      }),
  },
  {
    name: "not-before-ignored",
    what: "the queue gives a run before its time",
    store: (storage, { world }) =>
      withClaim(storage, async (holder, ttlMs) => {
        const found = await storage.queue.claim(holder, ttlMs);
        if (found !== undefined) return found;
        const { runs } = await storage.runs.list({ status: ["pending"] });
        const early = runs.find(({ notBefore = 0 }) => notBefore > world.now);
        if (early === undefined) return undefined;
        return { runId: early.id, lease: await seize(storage, early.id, holder, ttlMs) };
      }),
  },
  {
    name: "release-loses-run",
    what: "a run that was let go of stays held for ever",
    store: (storage) =>
      withRuns(storage, (runs) => ({
        async append(runId, expected, events, token, then) {
          const version = await runs.append(runId, expected, events, token, then);
          if (events.at(-1)?.type === "runReleased") await storage.leases.acquire(runScope(runId), "nobody", FOR_EVER_MS);
          return version;
        },
      })),
  },
  {
    name: "release-by-anybody",
    what: "a worker that lost its lease releases that of its successor",
    store: (storage) =>
      withRuns(storage, (runs) => ({
        append: (runId, expected, events, token, then) =>
          runs.append(runId, expected, events, token, then).catch(async (error: unknown) => {
            const held = await storage.leases.current(runScope(runId));
            if (then === "release" && held !== undefined) await storage.leases.release(held);
            throw error;
          }),
      })),
  },
  {
    name: "heartbeat-of-anybody",
    what: "the heartbeat of a worker that lost its lease is answered as if it had not",
    store: (storage) =>
      withLeases(storage, (leases) => ({
        heartbeat: (lease) => leases.heartbeat(lease).catch((error) => ignoreStale(error, lease)),
      })),
  },
  {
    name: "lost-heartbeat-taken-for-kept",
    what: "heartbeats never arrive and the worker believes they did",
    reading: (storage) => withLeases(storage, () => ({ heartbeat: async (lease) => lease })),
  },
  {
    name: "lease-never-runs-out",
    what: "a worker that died keeps its runs for ever",
    store: (storage) => withClaim(storage, (holder) => storage.queue.claim(holder, FOR_EVER_MS)),
  },
  {
    name: "cancel-acknowledged-and-lost",
    what: "a request to cancel is acknowledged and not stored",
    store: (storage) =>
      withRuns(storage, (runs) => ({
        append: async (runId, expected, events, token, then) =>
          events[0]?.type === "cancelRequested" && token === undefined
            ? expected + 1
            : runs.append(runId, expected, events, token, then),
      })),
  },
];

function ignoreStale(error: unknown, lease: Lease): Lease {
  if (error instanceof StaleTokenError) return lease;
  throw error;
}

function without<T extends object, Key extends keyof T>(whole: T, key: Key): Omit<T, Key> {
  const { [key]: _, ...rest } = whole;
  return rest;
}

const hardAs = (type: "soft" | "optional") => (operation: OperationDefinition) => ({
  ...operation,
  dependsOn: operation.dependsOn.map((edge) => (edge.type === "hard" ? { ...edge, type } : edge)),
});

const reading: readonly PlantedBug[] = [
  {
    name: "hard-edge-taken-for-soft",
    what: "what needs a failed operation starts all the same",
    reading: readingOperations(hardAs("soft")),
  },
  {
    name: "soft-edge-taken-for-hard",
    what: "what could go on without a failed operation is skipped",
    reading: readingOperations((operation) => ({
      ...operation,
      dependsOn: operation.dependsOn.map((edge) => ({ ...edge, type: "hard" })),
    })),
  },
  {
    name: "edges-ignored",
    what: "operations start in any order",
    reading: readingOperations((operation) => ({ ...operation, dependsOn: [] })),
  },
  {
    name: "one-try-too-many",
    what: "an operation is tried once more than its policy allows",
    reading: readingOperations((operation) => ({
      ...operation,
      retry: { ...operation.retry, maxAttempts: operation.retry.maxAttempts + 1 },
    })),
  },
  {
    name: "one-try-too-few",
    what: "an operation is given up one try too early",
    reading: readingOperations((operation) => ({
      ...operation,
      retry: { ...operation.retry, maxAttempts: Math.max(1, operation.retry.maxAttempts - 1) },
    })),
  },
  {
    name: "one-place-too-many",
    what: "a run starts one operation more than its limit",
    reading: readingEvents(([first, ...rest]) =>
      first?.type === "runSubmitted"
        ? [{ ...first, definition: { ...first.definition, parallelLimit: first.definition.parallelLimit + 1 } }, ...rest]
        : rest,
    ),
  },
  {
    name: "lanes-ignored",
    what: "several operations of one server run at a time",
    reading: readingOperations((operation) => without(operation, "lane")),
  },
  {
    name: "capacity-one-too-many",
    what: "one operation more than a slot has places",
    reading: readingOperations((operation) => ({
      ...operation,
      slots: (operation.slots ?? []).map((slot) =>
        slot.capacity === undefined ? slot : { ...slot, capacity: slot.capacity + 1 },
      ),
    })),
  },
  {
    name: "rate-ignored",
    what: "operations start faster than a slot's rate",
    reading: readingOperations((operation) => ({
      ...operation,
      slots: (operation.slots ?? []).map((slot) => without(slot, "perSecond")),
    })),
  },
  {
    name: "goes-on-after-failure",
    what: "a failure that stops the run does not",
    reading: readingOperations((operation) => ({ ...operation, onFailure: "continue" })),
  },
  {
    name: "pause-ignored",
    what: "a worker goes on starting operations after somebody paused the run",
    reading: readingEvents((events) =>
      events.map((event, index) =>
        event.type === "pauseRequested" && index > 0 && events.slice(0, index).some(({ type }) => type === "runClaimed")
          ? { type: "runResumed", at: event.at, by: event.by }
          : event,
      ),
    ),
  },
  {
    name: "rollback-in-wrong-order",
    what: "a rollback undoes what was done first before what was done last",
    reading: readingEvents((events) => {
      if (!events.some(({ type }) => type === "rollbackStarted")) return events;
      if (events.some(({ type }) => type === "runRetried")) return events;
      const last = events.findLastIndex(({ type }) => type === "operationCompleted");
      const before = events.slice(0, last + 1);
      const only = (wanted: RunEvent["type"]) => before.filter(({ type }) => type === wanted);
      const others = before.filter(({ type }) => type !== "operationCompleted" && type !== "checkpointReached");
      return [...others, ...only("operationCompleted").reverse(), ...only("checkpointReached"), ...events.slice(last + 1)];
    }),
  },
  {
    name: "conditions-open-on-error",
    what: "a condition that cannot be evaluated counts as true",
    conditions: (conditions) => ({
      ...conditions,
      holds: (expression, scope) => conditions.holds(expression, scope).catch(() => true),
    }),
  },
  {
    name: "conditions-ignored",
    what: "operations do not wait for their conditions",
    reading: readingOperations((operation) => without(operation, "waitCondition")),
  },
];

const key = (change: (context: OperationContext) => string) =>
  wrapping(({ execute }) => ({ execute: (context) => execute({ ...context, idempotencyKey: change(context) }) }));

const handlers: readonly PlantedBug[] = [
  {
    name: "idempotency-key-by-attempt",
    what: "each attempt has an idempotency key of its own",
    handlers: key(({ idempotencyKey, attempt, token }) => `${idempotencyKey}/${token}/${attempt}`),
  },
  {
    name: "effects-not-fenced",
    what: "a worker that lost its run goes on changing the cloud",
    handlers: wrapping(({ execute, compensate }) => ({
      execute: (context) => execute({ ...context, token: Number.MAX_SAFE_INTEGER }),
      ...(compensate === undefined
        ? {}
        : { compensate: (context: CompensationContext) => compensate({ ...context, token: Number.MAX_SAFE_INTEGER }) }),
    })),
  },
  {
    name: "completed-before-done",
    what: "an operation is recorded as completed before its effect is there",
    handlers: wrapping(({ execute }) => ({
      async execute(context) {
        execute(context).catch(() => {});
        return { id: "soon" };
      },
    })),
  },
  {
    name: "time-out-taken-for-success",
    what: "an operation that heard of a failure of the cloud says that it is done",
    handlers: wrapping(({ execute }) => ({
      async execute(context) {
        try {
          return await execute(context);
        } catch (error) {
          if (!(error instanceof Error && error.cause instanceof CloudError)) throw error;
          return { id: "perhaps" };
        }
      },
    })),
  },
  {
    name: "compensation-does-nothing",
    what: "what was made is still there although it was recorded as undone",
    handlers: wrapping(({ compensate }) => (compensate === undefined ? {} : { compensate: async () => {} })),
  },
  {
    name: "halves-stay",
    what: "what a failed operation left half made is not undone",
    handlers: wrapping(() => ({ undoesHalves: false })),
  },
  {
    name: "slots-given-back-twice",
    what: "who gives a place back frees that of another one too",
    slots: () => new GenerousSlots(),
  },
  {
    name: "slots-leak",
    what: "a place that was taken is never given back",
    slots: () => new LeakySlots(),
  },
];

export const PLANTED_BUGS: readonly PlantedBug[] = [...store, ...reading, ...handlers];

export function plantedBug(name: string): PlantedBug {
  const bug = PLANTED_BUGS.find((each) => each.name === name);
  if (bug === undefined)
    throw new Error(`There is no planted bug ${name}. There are: ${PLANTED_BUGS.map((each) => each.name).join(", ")}`);
  return bug;
}
