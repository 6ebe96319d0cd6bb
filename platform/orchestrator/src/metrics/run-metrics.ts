/** Numbers about one run, from its recorded events. */

import type { Instant, OperationId, RunEvent } from "@provisioning/model";
import { operationIdSchema } from "@provisioning/model/wire";
import * as z from "zod/mini";

export interface RunMetrics {
  /** From submission to the first claim; absent while it waits. */
  readonly queuedMs?: number;
  /** From submission to the end; absent while it runs. */
  readonly totalMs?: number;
  readonly attempts: number;
  readonly retries: number;
  readonly checkpoints: number;
  readonly operations: readonly OperationMetrics[];
}

export interface OperationMetrics {
  readonly id: OperationId;
  readonly attempts: number;
  /** Of all attempts together. */
  readonly activeMs: number;
}

export const runMetricsSchema: z.ZodMiniType<RunMetrics> = z.strictObject({
  queuedMs: z.exactOptional(z.number()),
  totalMs: z.exactOptional(z.number()),
  attempts: z.int(),
  retries: z.int(),
  checkpoints: z.int(),
  operations: z.array(z.strictObject({ id: operationIdSchema, attempts: z.int(), activeMs: z.number() })),
});

export function runMetrics(events: readonly RunEvent[]): RunMetrics {
  const submitted = events[0]?.at ?? 0;
  const claimed = events.find(({ type }) => type === "runClaimed")?.at;
  const ended = events.findLast(({ type }) => type === "runEnded")?.at;
  const running = new Map<OperationId, Instant>();
  const found = new Map<OperationId, { attempts: number; activeMs: number }>();
  for (const event of events) {
    if (event.type === "operationStarted") {
      running.set(event.operation, event.at);
      const before = found.get(event.operation) ?? { attempts: 0, activeMs: 0 };
      found.set(event.operation, { ...before, attempts: before.attempts + 1 });
    }
    if (event.type === "operationCompleted" || event.type === "operationFailed") {
      const before = found.get(event.operation);
      if (before !== undefined) before.activeMs += event.at - (running.get(event.operation) ?? event.at);
    }
  }
  const operations = [...found].map(([id, numbers]) => ({ id, ...numbers }));
  const attempts = operations.reduce((sum, operation) => sum + operation.attempts, 0);
  return {
    ...(claimed === undefined ? {} : { queuedMs: claimed - submitted }),
    ...(ended === undefined ? {} : { totalMs: ended - submitted }),
    attempts,
    retries: attempts - operations.length,
    checkpoints: events.filter(({ type }) => type === "checkpointReached").length,
    operations,
  };
}
