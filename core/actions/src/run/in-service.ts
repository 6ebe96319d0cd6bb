/**
 * Runs of actions that a service does. They are carried out where the action runs, and the whole action is done again when it was cut short;
 * workers leave them alone.
 */

import type { RunDefinition, RunId } from "@provisioning/model";
import { LeaseHeldError, type Storage } from "@provisioning/storage";
import { type Engine, type ExecuteOptions, isEnded, type RunState } from "@provisioning/workflow";
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
export async function carryOutRun(id: RunId, { context, storage, engine, options }: CarriedOut): Promise<RunState> {
  const { service } = context;
  if (service === undefined) return engine.execute(id, options);
  const stopped = AbortSignal.any([context.signal, context.drain, service.release]);
  for (;;) {
    try {
      return await engine.execute(id, { ...options, release: service.release });
    } catch (error) {
      if (!(error instanceof LeaseHeldError)) throw error;
    }
    await nextEvent(storage, id, stopped);
    context.signal.throwIfAborted();
    const state = await engine.state(id);
    if (isEnded(state) || service.release.aborted) return state;
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
