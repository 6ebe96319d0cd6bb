/**
 * Ids of spans, worked out from what they are about: whoever goes on with a run, after a restart or on another machine, gives its spans the
 * same parents.
 */

import { createHash } from "node:crypto";
import type { OperationId, RunDefinition, RunId } from "@provisioning/model";

export interface SpanIds {
  /** 32 hex digits. */
  readonly traceId: string;
  /** 16 hex digits. */
  readonly spanId: string;
}

/** 32 hex digits. Of a run that nobody asked for over an interface: its own id, which has as many. */
export function traceOf({ id, labels }: RunDefinition): string {
  return labels.trace ?? id.replaceAll("-", "");
}

export const runSpan = (traceId: string, run: RunId): SpanIds => idsOf(traceId, `run/${run}`);

export const operationSpan = (traceId: string, run: RunId, operation: OperationId): SpanIds =>
  idsOf(traceId, `operation/${run}/${operation}`);

/** @param startedAt tells attempts from each other, also when a run is tried again and counts from one */
export const attemptSpan = (traceId: string, run: RunId, operation: OperationId, startedAt: number): SpanIds =>
  idsOf(traceId, `attempt/${run}/${operation}/${startedAt}`);

function idsOf(traceId: string, about: string): SpanIds {
  return { traceId, spanId: createHash("sha256").update(`${traceId}/${about}`).digest("hex").slice(0, 16) };
}
