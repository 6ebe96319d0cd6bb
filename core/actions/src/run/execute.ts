/** Submits a run and works on it until it ends, telling everything that happens. */

import { randomInt } from "node:crypto";
import type { OperationDefinition, RunDefinition, RunEvent } from "@provisioning/model";
import type { UsualDuration } from "@provisioning/planner";
import { createEngine, type Engine, type ExecuteOptions, forgetOldRuns, type RunState } from "@provisioning/workflow";
import type { AnnouncedOperation } from "../context.js";
import { createHandlers } from "../handlers/handlers.js";
import { longAfterMs } from "../notifications/run-end.js";
import { withRunSecrets } from "../secrets/workflow-secrets.js";
import type { InfraSession } from "../session.js";
import { usualDurations } from "./durations.js";
import { kclConditions } from "./conditions.js";
import { carryOutRun, ofService, rollBackRun } from "./in-service.js";
import { underRunLog } from "./run-log.js";
import { traced } from "./traced.js";
import { runRetention } from "./options.js";

export async function executeRun(session: InfraSession, definition: RunDefinition): Promise<RunState> {
  const engine = engineOf(session);
  const own = ofService(session.context, definition);
  await engine.submit(own);
  return workOn(session, engine, own, false);
}

export async function workOn(
  session: InfraSession,
  engine: Engine,
  definition: RunDefinition,
  resumed: boolean,
): Promise<RunState> {
  const usual = await usualDurations(session.workspace.layout.runtimeDir);
  const operations = definition.operations.map((operation) => announced(operation, usual(operation)));
  const state = await underRunLog(withRunSecrets(session, definition), definition, (logged) => {
    const { context, storage } = logged;
    context.report({ type: "runStarted", runId: definition.id, operations, resumed, longAfterMs: longAfterMs(session.config) });
    return traced(context, definition, (note) =>
      carryOutRun(definition.id, { context, storage, engine, options: executionOf(logged, note) }),
    );
  });
  await forgetOld(session);
  return state;
}

export function announced({ id, title, dependsOn }: OperationDefinition, usual: UsualDuration | undefined): AnnouncedOperation {
  return { id, title, dependsOn: dependsOn.map(({ on }) => on), ...(usual === undefined ? {} : { usualMs: usual.highMs }) };
}

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
  const operations = definition.operations.map(({ id, title }) => ({ id, title: `undo: ${title}` }));
  return underRunLog(withRunSecrets(session, definition), definition, (logged) => {
    const { context, storage } = logged;
    context.report({
      type: "runStarted",
      runId: definition.id,
      operations,
      resumed: false,
      longAfterMs: longAfterMs(session.config),
    });
    return traced(context, definition, (note) =>
      rollBackRun(
        definition.id,
        { context, storage, engine, options: executionOf(logged, note) },
        { by: context.holder, ...(toCheckpoint === undefined ? {} : { toCheckpoint }) },
      ),
    );
  });
}

function executionOf(session: InfraSession, note: (event: RunEvent) => void): ExecuteOptions {
  const { context } = session;
  return {
    handlers: createHandlers(session),
    signal: context.signal,
    drain: context.drain,
    ...(context.service === undefined ? {} : { release: context.service.release }),
    observe: (event) => {
      // Handlers tell their progress themselves, redacted.
      if (event.type === "operationProgress" || event.type === "operationLog") return;
      note(event);
      context.report({ type: "run", event });
    },
  };
}

export function engineOf(session: InfraSession): Engine {
  const { clock, holder, service } = session.context;
  const random = () => randomInt(2 ** 32) / 2 ** 32;
  const slots = service === undefined ? {} : { slots: service.slots };
  return createEngine({ storage: session.storage, clock, random, holder, conditions: kclConditions, ...slots });
}
