/**
 * A worker's time with one run: from the lease that it gets, over the work, to giving the lease back. Meanwhile the lease is kept alive and requests are
 * listened to. After a failure the lease is left to run out.
 */

import type { Instant, RunId } from "@provisioning/model";
import { type ClaimedRun, type Lease, LeaseHeldError, runScope } from "@provisioning/storage";
import { whenAborted } from "./abort.js";
import { type HeldLease, keepAlive } from "./claim.js";
import type { EngineSettings, ExecuteNextOptions, ExecuteOptions } from "./engine-options.js";
import { HandlerMissingError, LeaseLostError } from "./errors.js";
import { Execution } from "./execute.js";
import { stopping } from "./fault-point.js";
import { buildGraph } from "./graph.js";
import type { Handlers } from "./handler.js";
import { Recorder } from "./record.js";
import { type RecoveredRun, recover, recoverFrom } from "./recover.js";
import { isEnded, type OperationStatus, type RunState } from "./state.js";

type WorkOptions = ExecuteOptions & {
  /** Only a cancelled run is worked on: nothing of it is started any more. */
  readonly onlyCancelled?: boolean;
};

/** A run whose handlers are missing is let go of: another worker may have them. */
export async function workOnClaimed(
  options: EngineSettings,
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

export async function acquire(options: EngineSettings, runId: RunId): Promise<HeldLease> {
  const { storage, clock, holder, leaseTtlMs, faultPoint } = options;
  if (faultPoint !== undefined) await faultPoint("claim.before");
  const askedAt = clock.now();
  return { lease: await storage.leases.acquire(runScope(runId), holder, leaseTtlMs), askedAt };
}

/** After a failure the lease is left to expire. */
export async function work(
  options: EngineSettings,
  runId: RunId,
  held: HeldLease,
  executeOptions: WorkOptions,
  recovered?: RecoveredRun,
): Promise<RunState> {
  const { lease } = held;
  const { storage, clock, leaseTtlMs, faultPoint } = options;
  if (faultPoint !== undefined) await faultPoint("claim.after");
  const observe = shielded(executeOptions.observe);
  const known = recovered ?? (await recover(storage.runs, runId));
  const recorder = new Recorder({ runs: storage.runs, runId, token: lease.token, observe, faultPoint }, known);
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
  options: EngineSettings,
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
  const faultPoint = options.faultPoint && stopping(options.faultPoint, (error) => execution.abandon(error));
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
async function release({ storage, faultPoint }: EngineSettings, lease: Lease): Promise<void> {
  if (faultPoint !== undefined) await faultPoint("release.before");
  await storage.leases.release(lease).catch(() => {});
  if (faultPoint !== undefined) await faultPoint("release.after");
}

/** Nothing is started any more, so no handler is needed. */
export async function settleCancelled(options: EngineSettings, runId: RunId, current: RunState): Promise<RunState> {
  try {
    const held = await acquire(options, runId);
    return await work(options, runId, held, { handlers: new Map(), onlyCancelled: true });
  } catch (error) {
    if (error instanceof LeaseHeldError) return current;
    throw error;
  }
}

/** What is done needs no handler any more, unless it is to be undone. @throws HandlerMissingError */
export function assertHandled(state: RunState, handlers: Handlers): void {
  const open = state.status === "rollingBack" ? OPEN_BACKWARD : OPEN_FORWARD;
  const missing = new Set<string>();
  state.definition.operations.forEach(({ action }, index) => {
    if (open.has(state.operations.at(index).status) && !handlers.has(action)) missing.add(action);
  });
  if (missing.size > 0) throw new HandlerMissingError([...missing]);
}

const OPEN_FORWARD: ReadonlySet<OperationStatus> = new Set<OperationStatus>(["pending", "running", "retrying"]);
const OPEN_BACKWARD: ReadonlySet<OperationStatus> = new Set<OperationStatus>(["completed", "compensating", "compensationFailed"]);

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
