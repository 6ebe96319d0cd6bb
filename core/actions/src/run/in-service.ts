/**
 * Runs of actions that a service does. They are carried out where the action runs, and the whole action is done again when it was cut short;
 * workers leave them alone.
 */

import type { CancelMode, RunDefinition, RunId } from "@provisioning/model";
import { LeaseHeldError, type Storage } from "@provisioning/storage";
import { type Engine, type ExecuteOptions, isEnded, type RollbackOptions, type RunState } from "@provisioning/workflow";
import type { ActionContext } from "../context.js";

/** What is not due is not taken from the queue. */
export function ofService({ service, traceId }: ActionContext, definition: RunDefinition): RunDefinition {
  const traced = { ...definition.labels, ...(traceId === undefined ? {} : { trace: traceId }) };
  if (service === undefined) return { ...definition, labels: traced };
  const { request } = service;
  const labels = request === undefined ? traced : { ...traced, request };
  return { ...definition, labels, notBefore: definition.createdAt + NOT_QUEUED_MS };
}

/** Longer than any run. */
const NOT_QUEUED_MS = 100 * 365 * 24 * 3_600_000;

/** What an earlier attempt at this request left unfinished. */
export async function unfinishedOfRequest({ service }: ActionContext, engine: Engine): Promise<RunId | undefined> {
  const request = service?.request;
  if (request === undefined) return undefined;
  return (await engine.unfinished()).find(({ labels }) => labels.request === request)?.id;
}

export interface CarriedOut {
  readonly context: ActionContext;
  readonly storage: Storage;
  readonly engine: Engine;
  readonly options: ExecuteOptions;
}

/** In a service somebody else may have taken it up: it is not done twice, its end is waited for. @throws what the engine throws */
export function carryOutRun(id: RunId, work: CarriedOut): Promise<RunState> {
  const { engine } = work;
  return untilEnded(id, work, (options) => engine.execute(id, options));
}

/** The same for undoing it. @throws what the engine throws */
export function rollBackRun(
  id: RunId,
  work: CarriedOut,
  wanted: Pick<RollbackOptions, "by" | "toCheckpoint">,
): Promise<RunState> {
  const { engine } = work;
  let isAsked = false;
  return untilEnded(id, work, (options) => {
    // The first time wrote down what is wanted, also when somebody else was there before to do it.
    if (isAsked) return engine.execute(id, options);
    isAsked = true;
    return engine.rollback(id, { ...options, ...wanted });
  });
}

async function untilEnded(
  id: RunId,
  { context, storage, engine, options }: CarriedOut,
  attempt: (options: ExecuteOptions) => Promise<RunState>,
): Promise<RunState> {
  const { service, signal, drain } = context;
  if (service === undefined) return attempt(options);
  let told: CancelMode | undefined;
  for (;;) {
    try {
      return await attempt({ ...options, release: service.release });
    } catch (error) {
      if (!(error instanceof LeaseHeldError)) throw error;
    }
    if (service.release.aborted) return engine.state(id);
    // Whoever works on it does not hear the signals of this caller.
    const wanted = signal.aborted ? "abort" : drain.aborted ? "drain" : undefined;
    if (wanted !== undefined && wanted !== told) await engine.cancel(id, context.holder, "Interrupted.", wanted);
    told = wanted;
    await nextEvent(storage, id, AbortSignal.any([signal, drain, service.release].filter(({ aborted }) => !aborted)));
    const state = await engine.state(id);
    if (isEnded(state) || state.status === "paused" || service.release.aborted) return state;
  }
}

/** Of a run, or a while later: what the store tells is only a hint. */
function nextEvent(storage: Storage, id: RunId, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const finish = () => {
      stopWatching();
      clearTimeout(timer);
      signal.removeEventListener("abort", finish);
      resolve();
    };
    const stopWatching = storage.runs.watch(finish, id);
    const timer = setTimeout(finish, LOOK_AGAIN_MS);
    signal.addEventListener("abort", finish, { once: true });
    if (signal.aborted) finish();
  });
}

const LOOK_AGAIN_MS = 1_000;
