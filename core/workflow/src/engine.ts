/**
 * The engine: stores runs, carries them out under a lease, takes up what a dead process left. Thin: what may follow what is in
 * transition.ts, what happens next in forward.ts and rollback.ts, how it is carried out in execute.ts.
 */

import type { Clock, InfraName, Instant, OperationId, RunDefinition, RunEvent, RunId } from "@provisioning/model";
import { type ClaimedRun, type Lease, LeaseHeldError, type RunSummary, runScope, type Storage } from "@provisioning/storage";
import { askFor, type HeldLease, keepAlive } from "./claim.js";
import { type Conditions, DEFAULT_CONDITION_POLL_MS } from "./condition.js";
import { passOver, request, requestCancel, requestPause, resume, retry } from "./control.js";
import { HandlerMissingError, LeaseLostError, RunNotEndedError } from "./errors.js";
import { Execution } from "./execute.js";
import { type FaultPoint, noFaults } from "./fault-point.js";
import { buildGraph } from "./graph.js";
import type { Handlers, LiveEvent } from "./handler.js";
import { Recorder } from "./record.js";
import { type RecoveredRun, recover, recoverFrom } from "./recover.js";
import { SlotPool, type SlotView } from "./slots.js";
import { isEnded, type OperationStatus, type RunState } from "./state.js";
import { assertRunnable } from "./submit.js";
import { next } from "./transition.js";

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
  /** What `waitCondition` means. Without it definitions that have one are refused. */
  readonly conditions?: Conditions;
  /** How often a condition that does not hold is looked at again. Default 1 s. */
  readonly conditionPollMs?: number;
  /** Shared by engines that work in one process. Default: a pool of its own. */
  readonly slots?: SlotPool;
}

export interface ExecuteOptions {
  readonly handlers: Handlers;
  /** Cancels: handlers are told to stop, the run ends as cancelled. */
  readonly signal?: AbortSignal;
  /** Cancels gently: what runs may finish, nothing more is started, the run ends as cancelled. */
  readonly drain?: AbortSignal;
  /** Lets go of it: nothing new is started, what runs may finish within the grace time, and the rest is left to whoever takes the run next. */
  readonly release?: AbortSignal;
  /** Told of stored events after they are durable, and of progress and logs. One that throws is not called again. */
  readonly observe?: (event: RunEvent | LiveEvent) => void;
}

export interface ExecuteNextOptions extends ExecuteOptions {
  /** What a run needs, found when it is known. Default: `handlers`. */
  readonly handlersFor?: (definition: RunDefinition) => Promise<Handlers>;
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
  /**
   * Takes the next run of the queue and carries it out as `execute` does. Absent when none waits. @throws as `execute`
   */
  executeNext(options: ExecuteNextOptions): Promise<RunState | undefined>;
  /** Asks for the end of a run, whoever works on it; one that nobody works on ends at once. Durable before it resolves. */
  cancel(runId: RunId, by: string, reason: string): Promise<RunState>;
  /** Asks that nothing more is started; the run is paused when nothing runs any more. Durable before it resolves. @throws RunStatusError */
  pause(runId: RunId, by: string, reason: string): Promise<RunState>;
  /** Lets a paused run go on: it waits for a worker again. @throws RunStatusError */
  resume(runId: RunId, by: string): Promise<RunState>;
  /** Counts an operation that does not run as done, for those who need it. @throws RunStatusError, OperationStatusError */
  pass(runId: RunId, operation: OperationId, by: string): Promise<RunState>;
  /**
   * Has a run that ended go on: what failed, was skipped or cancelled is tried again, or, when `from` is named, these operations with all
   * that needs them, whatever they are, and what they cannot go on without. It waits for a worker then. @throws RunStatusError
   */
  retry(runId: RunId, by: string, from?: readonly OperationId[]): Promise<RunState>;
  state(runId: RunId): Promise<RunState>;
  /** Who holds which lane and which place of a provider's limits, in the runs that this engine carries out. */
  slots(): readonly SlotView[];
  /** Runs that have not ended, newest first. */
  unfinished(infra?: InfraName): Promise<readonly RunSummary[]>;
}

export const DEFAULT_LEASE_TTL_MS = 30_000;
export const DEFAULT_CHECKPOINT_INTERVAL = 5;
export const DEFAULT_GRACE_MS = 10_000;

const NO_CONDITIONS: Conditions = {
  check: () => "this engine evaluates no expressions",
  holds: () => Promise.reject(new Error("this engine evaluates no expressions")),
};

type Deps = Required<EngineOptions>;
type WorkOptions = ExecuteOptions & {
  /** Only a cancelled run is worked on: nothing of it is started any more. */
  readonly onlyCancelled?: boolean;
};

export function createEngine(engineOptions: EngineOptions): Engine {
  const options = withDefaults(engineOptions);
  const { storage, clock, leaseTtlMs, faultPoint } = options;
  const { runs } = storage;
  const control = { runs, clock, faultPoint };
  const state = async (runId: RunId) => (await recover(runs, runId)).state;

  const execute = async (runId: RunId, executeOptions: ExecuteOptions) => {
    const recovered = await recover(runs, runId);
    const { state: before } = recovered;
    if (isEnded(before) || before.status === "paused") return before;
    assertHandled(before, executeOptions.handlers);
    const held = await acquire(options, runId);
    return await work(options, runId, held, executeOptions, recovered);
  };
  return {
    async submit(definition) {
      assertRunnable(definition, engineOptions.conditions);
      await faultPoint("submit.before");
      await runs.submit(definition);
      await faultPoint("submit.after");
      return definition.id;
    },
    execute,
    async executeNext(nextOptions) {
      await faultPoint("claim.before");
      const { answer, askedAt } = await askFor(clock, () => storage.queue.claim(options.holder, leaseTtlMs));
      return answer === undefined ? undefined : workOnClaimed(options, answer, askedAt, nextOptions);
    },
    async rollback(runId, rollbackOptions) {
      const { by, toCheckpoint } = rollbackOptions;
      const event = {
        type: "rollbackStarted",
        at: clock.now(),
        by,
        ...(toCheckpoint === undefined ? {} : { toCheckpoint }),
      } as const;
      await request(control, runId, (current) => {
        if (current.status === "rollingBack") return undefined;
        if (!isEnded(current)) throw new RunNotEndedError(runId);
        assertHandled(next(current, event), rollbackOptions.handlers);
        return event;
      });
      return execute(runId, rollbackOptions);
    },
    async cancel(runId, by, reason) {
      const current = await requestCancel(control, runId, by, reason);
      if (isEnded(current)) return current;
      const holder = await storage.leases.current(runScope(runId));
      return holder === undefined ? settleCancelled(options, runId, current) : current;
    },
    pause: (runId, by, reason) => requestPause(control, runId, by, reason),
    resume: (runId, by) => resume(control, runId, by),
    pass: (runId, operation, by) => passOver(control, runId, operation, by),
    retry: (runId, by, from) => retry(control, runId, by, from),
    state,
    slots: () => options.slots.views(),
    unfinished: (infra) => unfinished(storage, infra),
  };
}

function withDefaults(options: EngineOptions): Deps {
  const { leaseTtlMs, checkpointInterval, graceMs, faultPoint, conditions, conditionPollMs, slots } = options;
  return {
    ...options,
    leaseTtlMs: leaseTtlMs ?? DEFAULT_LEASE_TTL_MS,
    checkpointInterval: checkpointInterval ?? DEFAULT_CHECKPOINT_INTERVAL,
    graceMs: graceMs ?? DEFAULT_GRACE_MS,
    faultPoint: faultPoint ?? noFaults,
    conditions: conditions ?? NO_CONDITIONS,
    conditionPollMs: conditionPollMs ?? DEFAULT_CONDITION_POLL_MS,
    slots: slots ?? new SlotPool(),
  };
}

/** A run whose handlers are missing is let go of: another worker may have them. */
async function workOnClaimed(
  options: Deps,
  { runId, lease, stored }: ClaimedRun,
  askedAt: Instant,
  wanted: ExecuteNextOptions,
): Promise<RunState> {
  const { storage } = options;
  try {
    const recovered = stored === undefined ? await recover(storage.runs, runId) : recoverFrom(stored);
    const handlers = (await wanted.handlersFor?.(recovered.state.definition)) ?? wanted.handlers;
    assertHandled(recovered.state, handlers);
    return await work(options, runId, { lease, askedAt }, { ...wanted, handlers }, recovered);
  } catch (error) {
    if (error instanceof HandlerMissingError) await release(options, lease);
    throw error;
  }
}

async function acquire(options: Deps, runId: RunId): Promise<HeldLease> {
  const { storage, clock, holder, leaseTtlMs, faultPoint } = options;
  await faultPoint("claim.before");
  const askedAt = clock.now();
  return { lease: await storage.leases.acquire(runScope(runId), holder, leaseTtlMs), askedAt };
}

/** After a failure the lease is left to expire. */
async function work(
  options: Deps,
  runId: RunId,
  held: HeldLease,
  executeOptions: WorkOptions,
  recovered?: RecoveredRun,
): Promise<RunState> {
  const { lease } = held;
  const { storage, clock, leaseTtlMs, faultPoint } = options;
  await faultPoint("claim.after");
  const observe = shielded(executeOptions.observe);
  const recorder = await Recorder.open({ runs: storage.runs, runId, token: lease.token, observe, faultPoint }, recovered);
  if (isEnded(recorder.state) || recorder.state.status === "paused" || !isWanted(recorder.state, executeOptions)) {
    await release(options, lease);
    return recorder.state;
  }
  const tenure = { held };
  const execution = new Execution({
    isHeld: () => clock.now() < tenure.held.askedAt + leaseTtlMs,
    recorder,
    graph: buildGraph(recorder.state.definition),
    lease,
    handlers: executeOptions.handlers,
    observe,
    engine: options,
  });
  const state = await attended(options, recorder, tenure, execution, executeOptions);
  if (!recorder.isLeaving) await release(options, tenure.held.lease);
  return state;
}

/** Between the request to cancel and the lease somebody may have ended the run and had it retried. */
function isWanted(state: RunState, { onlyCancelled = false }: WorkOptions): boolean {
  return !onlyCancelled || ("cancellation" in state && state.cancellation !== undefined);
}

/** Runs it while the lease is kept alive and requests are listened to. */
async function attended(
  options: Deps,
  recorder: Recorder,
  tenure: { held: HeldLease },
  execution: Execution,
  executeOptions: WorkOptions,
): Promise<RunState> {
  const { storage, clock, graceMs } = options;
  const runId = recorder.state.definition.id;
  const stopListening = [
    whenAborted(executeOptions.signal, (reason) => execution.requestCancel("abort", reason)),
    whenAborted(executeOptions.drain, (reason) => execution.requestCancel("drain", reason)),
    whenAborted(executeOptions.release, () => execution.release(graceMs)),
    storage.runs.watch((appended) => execution.notice(appended), runId),
  ];
  const told = {
    onKept: (held: HeldLease) => {
      tenure.held = held;
      execution.look();
    },
    onLost: (cause: unknown) => {
      if (!recorder.isLeaving) execution.abandon(new LeaseLostError(runId, { cause }));
    },
  };
  const faultPoint: FaultPoint = async (name) => {
    try {
      await options.faultPoint(name);
    } catch (error) {
      execution.abandon(error);
      throw error;
    }
  };
  const keeping = { leases: storage.leases, clock, ttlMs: options.leaseTtlMs, faultPoint };
  const alive = keepAlive(keeping, tenure.held, told);
  try {
    return await execution.run();
  } finally {
    for (const stop of stopListening) stop();
    await alive.stop();
  }
}

/** What the run came to is stored already: a lease that cannot be given back runs out, or is somebody else's by now. */
async function release({ storage, faultPoint }: Deps, lease: Lease): Promise<void> {
  await faultPoint("release.before");
  await storage.leases.release(lease).catch(() => {});
  await faultPoint("release.after");
}

async function unfinished(storage: Storage, infra: InfraName | undefined): Promise<readonly RunSummary[]> {
  const found: RunSummary[] = [];
  let cursor: string | undefined;
  do {
    const page = await storage.runs.list({
      status: ["pending", "running", "rollingBack", "paused"],
      ...(infra === undefined ? {} : { infra }),
      ...(cursor === undefined ? {} : { cursor }),
    });
    found.push(...page.runs);
    cursor = page.next;
  } while (cursor !== undefined);
  return found;
}

/** Nothing is started any more, so no handler is needed. */
async function settleCancelled(options: Deps, runId: RunId, current: RunState): Promise<RunState> {
  try {
    const held = await acquire(options, runId);
    return await work(options, runId, held, { handlers: new Map(), onlyCancelled: true });
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
