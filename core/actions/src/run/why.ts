/** Why a run, or each of its operations, is as it is. */

import { nearest, ProvisioningError, type OperationId, type RunId, type RunStatus } from "@provisioning/model";
import { operationIdSchema, runIdSchema, runStatusSchema } from "@provisioning/model/wire";
import {
  type OperationReason,
  type OperationStatus,
  replay,
  type RunReason,
  type RunState,
  whyOperation,
  whyRun,
} from "@provisioning/workflow";
import * as z from "zod/mini";
import { defineAction } from "../action.js";
import type { ActionContext } from "../context.js";
import { openWorkspaceSession } from "../session.js";
import { findRun } from "./find-run.js";

export interface WhyInput {
  /** `last`: the newest. */
  readonly id: string;
  /** Id or title; default: all. */
  readonly operation?: string;
}

export interface OperationWhy {
  readonly id: OperationId;
  readonly title: string;
  readonly status: OperationStatus;
  readonly reason: OperationReason;
}

export interface WhyReport {
  readonly run: RunId;
  readonly name: string;
  readonly status: RunStatus;
  readonly reason: RunReason;
  readonly operations: readonly OperationWhy[];
}

/** A reason has a type and what goes with it. */
const reasonSchema = z.looseObject({ type: z.string() });

const whyReportSchema = z.strictObject({
  run: runIdSchema,
  name: z.string(),
  status: runStatusSchema,
  reason: reasonSchema,
  operations: z.array(z.strictObject({ id: operationIdSchema, title: z.string(), status: z.string(), reason: reasonSchema })),
}) as unknown as z.ZodMiniType<WhyReport>;

/** @throws RunNotFoundError, ProvisioningError RUN_ID_INVALID, RUN_NONE, TARGET_UNKNOWN */
export const explainRun = defineAction<WhyInput, WhyReport>({
  name: "run.why",
  cedar: { action: "explainRun", resource: "Run" },
  effect: "read",
  summary: "Tells why a run, or each of its operations, waits, was skipped, failed or is being undone.",
  input: z.strictObject({ id: z.string(), operation: z.exactOptional(z.string()) }),
  output: whyReportSchema,
  run: explain,
});

async function explain(context: ActionContext, { id, operation }: WhyInput): Promise<WhyReport> {
  const session = await openWorkspaceSession(context);
  const storage = await session.openStore("read");
  try {
    const state = replay((await storage.runs.load(await findRun(storage, id))).events);
    const circumstances = { now: context.clock.now(), slots: [] };
    const wanted = operation === undefined ? undefined : operationNamed(state, operation);
    const operations = state.definition.operations.filter((one) => wanted === undefined || one.id === wanted);
    return {
      run: state.definition.id,
      name: state.definition.name,
      status: state.status,
      reason: whyRun(state, circumstances),
      operations: operations.map((one) => ({
        id: one.id,
        title: one.title,
        status: state.operations.get(one.id).status,
        reason: whyOperation(state, one.id, circumstances),
      })),
    };
  } finally {
    await storage.close();
  }
}

function operationNamed({ definition }: RunState, name: string): OperationId {
  const found = definition.operations.find(({ id, title }) => id === name || title === name);
  if (found !== undefined) return found.id;
  const suggestion = nearest(
    name,
    definition.operations.flatMap(({ id, title }) => [id, title]),
  );
  throw new ProvisioningError({
    code: "TARGET_UNKNOWN",
    message: `Run ${definition.id} has no operation ${JSON.stringify(name)}.`,
    hint:
      suggestion === undefined ? `See them with: provisioning workflow status ${definition.id}` : `Did you mean ${suggestion}?`,
  });
}
