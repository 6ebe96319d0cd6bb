/** A run as data for people and programs: every operation with its state, attempts, duration and error. */

import {
  type ErrorRecord,
  type InfraName,
  type Instant,
  isJsonObject,
  type OperationId,
  type RunEvent,
  type RunId,
  type RunStatus,
} from "@provisioning/model";
import {
  errorRecordSchema,
  infraNameSchema,
  addressSchema,
  jsonSchema,
  operationIdSchema,
  runIdSchema,
  runStatusSchema,
} from "@provisioning/model/wire";
import { runScope, type Storage } from "@provisioning/storage";
import * as z from "zod/mini";
import {
  type Difference,
  type OperationState,
  type RollbackReport,
  type RunState,
  replay,
  rollbackReport,
  type Undone,
} from "@provisioning/workflow";

export interface RunReport {
  readonly id: RunId;
  readonly name: string;
  readonly infra: InfraName;
  /** What the run was for: `apply` or `destroy`. */
  readonly purpose: string;
  readonly status: RunStatus;
  readonly createdAt: string;
  /** It is under way and nobody works on it: the command was stopped or killed. */
  readonly interrupted: boolean;
  readonly operations: readonly OperationReport[];
  /** What the last rollback came to. */
  readonly rollback?: RollbackReport;
}

export interface OperationReport {
  readonly id: OperationId;
  readonly title: string;
  readonly address: string;
  readonly status: OperationState["status"];
  readonly attempts: number;
  /** Of the last attempt. */
  readonly durationMs?: number;
  /** What the same takes otherwise, nine times of ten at most. Only at the end of an apply, and where it was done before. */
  readonly usualMs?: number;
  readonly error?: ErrorRecord;
  /** The operation whose failure is why this one was not started. */
  readonly because?: OperationId;
}

const operationReportSchema: z.ZodMiniType<OperationReport> = z.strictObject({
  id: operationIdSchema,
  title: z.string(),
  address: addressSchema,
  status: z.enum([
    "pending",
    "running",
    "retrying",
    "completed",
    "failed",
    "skipped",
    "passed",
    "cancelled",
    "compensating",
    "compensated",
    "compensationFailed",
  ]),
  attempts: z.int(),
  durationMs: z.exactOptional(z.number()),
  usualMs: z.exactOptional(z.number()),
  error: z.exactOptional(errorRecordSchema),
  because: z.exactOptional(operationIdSchema),
});

const differenceSchema: z.ZodMiniType<Difference> = z.strictObject({
  path: z.array(z.union([z.string(), z.int()])),
  before: z.exactOptional(jsonSchema),
  after: z.exactOptional(jsonSchema),
});

const undoneSchema: z.ZodMiniType<Undone> = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("equal"), operation: operationIdSchema }),
  z.strictObject({ type: z.literal("differs"), operation: operationIdSchema, differences: z.array(differenceSchema) }),
  z.strictObject({ type: z.literal("unverified"), operation: operationIdSchema }),
  z.strictObject({ type: z.literal("notUndone"), operation: operationIdSchema, error: z.exactOptional(errorRecordSchema) }),
  z.strictObject({ type: z.literal("half"), operation: operationIdSchema }),
]);

const rollbackReportSchema: z.ZodMiniType<RollbackReport> = z.strictObject({
  number: z.int(),
  isProven: z.boolean(),
  operations: z.array(undoneSchema),
});

export const runReportSchema: z.ZodMiniType<RunReport> = z.strictObject({
  id: runIdSchema,
  name: z.string(),
  infra: infraNameSchema,
  purpose: z.string(),
  status: runStatusSchema,
  createdAt: z.iso.datetime(),
  interrupted: z.boolean(),
  operations: z.array(operationReportSchema),
  rollback: z.exactOptional(rollbackReportSchema),
});

/** @throws RunNotFoundError */
export async function loadRunReport(storage: Storage, id: RunId): Promise<RunReport> {
  for (;;) {
    const { events, version } = await storage.runs.load(id);
    const state = replay(events);
    if (!UNDER_WAY.has(state.status)) return reportOf(state, events, false);
    if ((await storage.leases.current(runScope(id))) !== undefined) return reportOf(state, events, false);
    // Whoever worked on it may have brought it to rest in between, and given it back then.
    if ((await storage.runs.load(id)).version === version) return reportOf(state, events, true);
  }
}

const UNDER_WAY: ReadonlySet<RunStatus> = new Set<RunStatus>(["running", "rollingBack"]);

function reportOf(state: RunState, events: readonly RunEvent[], interrupted: boolean): RunReport {
  const durations = durationsOf(events);
  const causes = causesOf(events);
  const rollback = rollbackReport(state);
  return {
    id: state.definition.id,
    name: state.definition.name,
    infra: state.definition.infra,
    purpose: state.definition.labels.purpose ?? "apply",
    status: state.status,
    createdAt: new Date(state.definition.createdAt).toISOString(),
    interrupted,
    operations: state.definition.operations.map(({ id, title, address, action }) => {
      const found = state.operations.get(id);
      const durationMs = durations.get(id);
      return {
        id,
        title,
        address,
        status: isSkippedStep(action, found) ? "skipped" : found.status,
        attempts: "attempt" in found ? found.attempt : 0,
        ...(durationMs === undefined ? {} : { durationMs }),
        ...errorOf(found, causes.get(id)),
        ...(found.status === "skipped" ? { because: found.because } : {}),
      };
    }),
    ...(rollback === undefined ? {} : { rollback }),
  };
}

/** A step of a workflow whose condition was false: for the engine it is done, and what waits for it goes on. */
function isSkippedStep(action: string, found: OperationState): boolean {
  return (
    action.startsWith("task.") && found.status === "completed" && isJsonObject(found.output) && found.output.skipped === true
  );
}

/** What failed and was undone is in the report for its failure. */
function errorOf(found: OperationState, cause: ErrorRecord | undefined): { readonly error?: ErrorRecord } {
  if ("error" in found && found.error !== undefined) return { error: found.error };
  return found.status === "compensated" && cause !== undefined ? { error: cause } : {};
}

/** The failures that an operation did not get over. */
function causesOf(events: readonly RunEvent[]): Map<OperationId, ErrorRecord> {
  const causes = new Map<OperationId, ErrorRecord>();
  for (const event of events) {
    if (event.type === "operationFailed") causes.set(event.operation, event.error);
    if (event.type === "operationCompleted") causes.delete(event.operation);
  }
  return causes;
}

function durationsOf(events: readonly RunEvent[]): Map<OperationId, number> {
  const started = new Map<OperationId, Instant>();
  const durations = new Map<OperationId, number>();
  for (const event of events) {
    if (event.type === "operationStarted") started.set(event.operation, event.at);
    if (event.type === "operationCompleted" || event.type === "operationFailed") {
      durations.set(event.operation, event.at - (started.get(event.operation) ?? event.at));
    }
  }
  return durations;
}
