/**
 * The engine: stores runs, carries them out under a lease, takes up what a dead process left. Thin: what may follow what is in
 * transition.ts, what happens next in forward.ts and rollback.ts, how it is carried out in execute.ts.
 */

import { type Clock, type InfraName, type RunDefinition, type RunEvent, type RunId } from "@provisioning/model";
import { type Lease, LeaseHeldError, type RunSummary, runScope, type Storage, VersionConflictError } from "@provisioning/storage";
import { keepAlive } from "./claim.js";
import { HandlerMissingError, LeaseLostError, RunNotEndedError } from "./errors.js";
import { Execution } from "./execute.js";
import { type FaultPoint, noFaults } from "./fault-point.js";
import { buildGraph } from "./graph.js";
import type { Handlers, LiveEvent } from "./handler.js";
import { Recorder } from "./record.js";
import { isEnded, type OperationStatus, type RunState } from "./state.js";
import { assertRunnable } from "./submit.js";
import { next, replay } from "./transition.js";

export interface EngineOptions {
  readonly storage: Storage;
  readonly clock: Clock;
  /** From 0 to below 1; spreads retries. */
  readonly random: () => number;
  /** For people: who works, from where. */
  readonly holder: string;
  /** How long a worker that gives no sign of life keeps its runs. Default 30 s. */
  readonly leaseTtlMs?: number;
  /** A checkpoint after this many completed operations. Default 5. */
  readonly checkpointInterval?: number;
  /** How long a handler that was told to stop is waited for. Default 10 s. */
  readonly graceMs?: number;
  readonly faultPoint?: FaultPoint;
}

export interface ExecuteOptions {
  readonly handlers: Handlers;
  /** Cancels: handlers are told to stop, the run ends as cancelled. */
  readonly signal?: AbortSignal;
  /** Cancels gently: what runs may finish, nothing more is started, the run ends as cancelled. */
  readonly drain?: AbortSignal;
  /** Told of stored events after they are durable, and of progress and logs. One that throws is not called again. */
  readonly observe?: (event: RunEvent | LiveEvent) => void;
}

export interface RollbackOptions extends ExecuteOptions {
  readonly by: string;
  /** Undo only what was completed after this checkpoint. Default: everything. */
  readonly toCheckpoint?: number;
}

export interface Engine {
  /** Durable before it resolves; the same definition again is the same run. @throws WorkflowInvalidError, RunExistsError */
  submit(definition: RunDefinition): Promise<RunId>;
  /**
   * Carries the run out until it has ended; also one that another process left half done: what was completed is never done again,
   * what was begun without a result is begun again. A failed run is a result, not an error.
   * @throws RunNotFoundError, HandlerMissingError, LeaseHeldError before anything is started
   * @throws LeaseLostError, StoreFailedError when this worker cannot go on; another one can
   */
  execute(runId: RunId, options: ExecuteOptions): Promise<RunState>;
  /** Undoes a run that has ended; resumes a rollback that was interrupted. @throws RunNotEndedError, and as `execute` */
  rollback(runId: RunId, options: RollbackOptions): Promise<RunState>;
  /** Asks for the end of a run, whoever works on it; one that nobody works on ends at once. Durable before it resolves. */
  cancel(runId: RunId, by: string, reason: string): Promise<RunState>;
  state(runId: RunId): Promise<RunState>;
  /** Runs that have not ended, newest first. */
  unfinished(infra?: InfraName): Promise<readonly RunSummary[]>;
}

export const DEFAULT_LEASE_TTL_MS = 30_000;
export const DEFAULT_CHECKPOINT_INTERVAL = 5;
export const DEFAULT_GRACE_MS = 10_000;

export function createEngine(options: EngineOptions): Engine {
  const { storage, clock } = options;
  const { runs } = storage;
  const state = async (runId: RunId) => replay((await runs.load(runId)).events);

  const execute = async (runId: RunId, executeOptions: ExecuteOptions) => {
    const before = await state(runId);
    if (isEnded(before)) return before;
    assertHandled(before, executeOptions.handlers);
    return work(options, runId, executeOptions);
  };
  return {
    async submit(definition) {
      assertRunnable(definition);
      await runs.submit(definition);
      return definition.id;
    },
    execute,
    async rollback(runId, rollbackOptions) {
      const { by, toCheckpoint } = rollbackOptions;
      const event = {
        type: "rollbackStarted",
        at: clock.now(),
        by,
        ...(toCheckpoint === undefined ? {} : { toCheckpoint }),
      } as const;
      await appendRequest(options, runId, (current) => {
        if (current.status === "rollingBack") return undefined;
        if (!isEnded(current)) throw new RunNotEndedError(runId);
        assertHandled(next(current, event), rollbackOptions.handlers);
        return event;
      });
      return execute(runId, rollbackOptions);
    },
    async cancel(runId, by, reason) {
      const current = await appendRequest(options, runId, (before) =>
        isEnded(before) ? undefined : { type: "cancelRequested", at: clock.now(), by, reason, mode: "abort" },
      );
      if (isEnded(current)) return current;
      const holder = await storage.leases.current(runScope(runId));
      return holder === undefined ? settleCancelled(options, runId, current) : current;
    },
    state,
    unfinished: (infra) => unfinished(storage, infra),
  };
}

async function work(options: EngineOptions, runId: RunId, executeOptions: ExecuteOptions): Promise<RunState> {
  const { storage, clock, holder, leaseTtlMs = DEFAULT_LEASE_TTL_MS, faultPoint = noFaults } = options;
  const lease = await storage.leases.acquire(runScope(runId), holder, leaseTtlMs);
  await faultPoint("claim.after");
  const observe = shielded(executeOptions.observe);
  const recorder = await Recorder.open({ runs: storage.runs, runId, token: lease.token, observe, faultPoint });
  if (isEnded(recorder.state)) {
    await storage.leases.release(lease);
    return recorder.state;
  }
  const execution = new Execution({
    recorder,
    graph: buildGraph(recorder.state.definition),
    lease,
    handlers: executeOptions.handlers,
    clock,
    random: options.random,
    observe,
    faultPoint,
    checkpointInterval: options.checkpointInterval ?? DEFAULT_CHECKPOINT_INTERVAL,
    graceMs: options.graceMs ?? DEFAULT_GRACE_MS,
  });
  return attended(options, runId, lease, leaseTtlMs, execution, executeOptions);
}

/** Runs it while the lease is kept alive and requests are listened to. After a failure the lease is left to expire. */
async function attended(
  options: EngineOptions,
  runId: RunId,
  lease: Lease,
  leaseTtlMs: number,
  execution: Execution,
  executeOptions: ExecuteOptions,
): Promise<RunState> {
  const { storage, clock } = options;
  const over = new AbortController();
  const stopListening = [
    whenAborted(executeOptions.signal, (reason) => execution.requestCancel("abort", reason)),
    whenAborted(executeOptions.drain, (reason) => execution.requestCancel("drain", reason)),
    storage.runs.watch((appended) => execution.notice(appended), runId),
  ];
  const onLost = (cause: unknown) => execution.abandon(new LeaseLostError(runId, { cause }));
  const alive = keepAlive(storage.leases, lease, leaseTtlMs, clock, over.signal, onLost);
  try {
    const state = await execution.run();
    over.abort();
    await storage.leases.release(lease);
    return state;
  } finally {
    over.abort();
    for (const stop of stopListening) stop();
    await alive;
  }
}

/** Appends what `decide` answers to the current state; nothing if it answers nothing. The state afterwards. */
async function appendRequest(
  { storage }: EngineOptions,
  runId: RunId,
  decide: (state: RunState) => RunEvent | undefined,
): Promise<RunState> {
  for (let conflicts = 0; ; conflicts += 1) {
    const { version, events } = await storage.runs.load(runId);
    const state = replay(events);
    const event = decide(state);
    if (event === undefined) return state;
    const after = next(state, event);
    try {
      await storage.runs.append(runId, version, [event]);
      return after;
    } catch (error) {
      if (!(error instanceof VersionConflictError) || conflicts === MAX_REQUEST_CONFLICTS) throw error;
    }
  }
}

/** A worker that writes all the time cannot win this often. */
const MAX_REQUEST_CONFLICTS = 1000;

async function unfinished(storage: Storage, infra: InfraName | undefined): Promise<readonly RunSummary[]> {
  const found: RunSummary[] = [];
  let cursor: string | undefined;
  do {
    const page = await storage.runs.list({
      status: ["pending", "running", "rollingBack"],
      ...(infra === undefined ? {} : { infra }),
      ...(cursor === undefined ? {} : { cursor }),
    });
    found.push(...page.runs);
    cursor = page.next;
  } while (cursor !== undefined);
  return found;
}

/** Nothing is started any more, so no handler is needed. */
async function settleCancelled(options: EngineOptions, runId: RunId, current: RunState): Promise<RunState> {
  try {
    return await work(options, runId, { handlers: new Map() });
  } catch (error) {
    if (error instanceof LeaseHeldError) return current;
    throw error;
  }
}

/** What is done needs no handler any more, unless it is to be undone. @throws HandlerMissingError */
function assertHandled(state: RunState, handlers: Handlers): void {
  const open = state.status === "rollingBack" ? OPEN_BACKWARD : OPEN_FORWARD;
  const missing = new Set<string>();
  state.definition.operations.forEach(({ action }, index) => {
    if (open.has(state.operations.at(index).status) && !handlers.has(action)) missing.add(action);
  });
  if (missing.size > 0) throw new HandlerMissingError([...missing]);
}

const OPEN_FORWARD: ReadonlySet<OperationStatus> = new Set<OperationStatus>(["pending", "running", "retrying"]);
const OPEN_BACKWARD: ReadonlySet<OperationStatus> = new Set<OperationStatus>(["completed", "compensating", "compensationFailed"]);

function whenAborted(signal: AbortSignal | undefined, act: (reason: string) => void): () => void {
  if (signal === undefined) return () => {};
  const listener = () => act(reasonOf(signal));
  if (signal.aborted) listener();
  else signal.addEventListener("abort", listener, { once: true });
  return () => signal.removeEventListener("abort", listener);
}

function reasonOf(signal: AbortSignal): string {
  const reason: unknown = signal.reason;
  if (typeof reason === "string") return reason;
  return reason instanceof Error && reason.name !== "AbortError" ? reason.message : "asked to stop";
}

function shielded<Event>(observe: ((event: Event) => void) | undefined): (event: Event) => void {
  let current = observe;
  return (event) => {
    try {
      current?.(event);
    } catch {
      current = undefined;
    }
  };
}
