/** Submits a run and works on it until it ends, telling everything that happens. */

import { randomInt } from "node:crypto";
import type { RunDefinition, RunId } from "@provisioning/model";
import { LeaseHeldError, type Storage } from "@provisioning/storage";
import { createEngine, type Engine, type ExecuteOptions, forgetOldRuns, isEnded, type RunState } from "@provisioning/workflow";
import { createHandlers } from "../handlers/handlers.js";
import type { InfraSession } from "../session.js";
import { kclConditions } from "./conditions.js";
import { runRetention } from "./options.js";

export async function executeRun(session: InfraSession, definition: RunDefinition): Promise<RunState> {
  const engine = engineOf(session);
  const own = ofService(session, definition);
  await engine.submit(own);
  return workOn(session, engine, own, false);
}

/**
 * A service carries out the runs of an action where the action runs, and does the whole action again when it was cut short. Its workers
 * leave these runs alone: what is not due is not taken from the queue.
 */
function ofService({ context }: InfraSession, definition: RunDefinition): RunDefinition {
  return context.service === undefined ? definition : { ...definition, notBefore: definition.createdAt + NOT_QUEUED_MS };
}

/** Longer than any run. */
const NOT_QUEUED_MS = 100 * 365 * 24 * 3_600_000;

export async function workOn(
  session: InfraSession,
  engine: Engine,
  definition: RunDefinition,
  resumed: boolean,
): Promise<RunState> {
  const { context } = session;
  const operations = definition.operations.map(({ id, title }) => ({ id, title }));
  context.report({ type: "runStarted", runId: definition.id, operations, resumed });
  const state = await carryOut(session, engine, definition.id);
  await forgetOld(session);
  return state;
}

/** In a service somebody else may have taken it up: it is not done twice, its end is waited for. */
async function carryOut(session: InfraSession, engine: Engine, id: RunId): Promise<RunState> {
  const { context, storage } = session;
  for (;;) {
    try {
      return await engine.execute(id, executionOf(session));
    } catch (error) {
      if (context.service === undefined || !(error instanceof LeaseHeldError)) throw error;
    }
    await nextEvent(storage, id, AbortSignal.any([context.signal, context.drain, context.service.release]));
    context.signal.throwIfAborted();
    const state = await engine.state(id);
    if (isEnded(state) || context.service.release.aborted) return state;
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

/** What is kept too long does no harm: the next run tries again. */
async function forgetOld({ storage, context, config }: InfraSession): Promise<void> {
  await forgetOldRuns(storage.runs, context.clock, runRetention(config)).catch(() => {});
}

export async function rollBack(
  session: InfraSession,
  engine: Engine,
  definition: RunDefinition,
  toCheckpoint: number | undefined,
): Promise<RunState> {
  const { context } = session;
  const operations = definition.operations.map(({ id, title }) => ({ id, title: `undo: ${title}` }));
  context.report({ type: "runStarted", runId: definition.id, operations, resumed: false });
  return engine.rollback(definition.id, {
    ...executionOf(session),
    by: context.holder,
    ...(toCheckpoint === undefined ? {} : { toCheckpoint }),
  });
}

function executionOf(session: InfraSession): ExecuteOptions {
  const { context } = session;
  return {
    handlers: createHandlers(session),
    signal: context.signal,
    drain: context.drain,
    ...(context.service === undefined ? {} : { release: context.service.release }),
    observe: (event) => {
      // Handlers tell their progress themselves, redacted.
      if (event.type !== "operationProgress" && event.type !== "operationLog") context.report({ type: "run", event });
    },
  };
}

export function engineOf(session: InfraSession): Engine {
  const { clock, holder, service } = session.context;
  const random = () => randomInt(2 ** 32) / 2 ** 32;
  const slots = service === undefined ? {} : { slots: service.slots };
  return createEngine({ storage: session.storage, clock, random, holder, conditions: kclConditions, ...slots });
}
