/**
 * Conditions that an operation waits for before it starts: expressions over what other operations gave. What an expression means is
 * decided outside; here it is asked again and again until it holds, or until its time is over. Waiting takes no place and no slot.
 */

import type { Clock, Instant, Json, OperationId, ProvisioningError, RunDefinition } from "@provisioning/model";
import { WaitTimeoutError } from "./errors.js";

/** What an expression can refer to. */
export interface ConditionScope {
  readonly run: Pick<RunDefinition, "id" | "name" | "infra" | "labels">;
  /** By operation, of those that have completed. */
  readonly outputs: Readonly<Record<OperationId, Json>>;
}

export interface Conditions {
  /** What is wrong with the expression, in a sentence; absent for a good one. */
  check(expression: string): string | undefined;
  /** @throws when it cannot be evaluated: the operation fails */
  holds(expression: string, scope: ConditionScope): Promise<boolean>;
}

export interface ConditionWatch {
  readonly title: string;
  readonly expression: string;
  readonly timeoutMs: number;
  readonly pollMs: number;
  readonly scope: () => ConditionScope;
}

/** Resolves when the condition holds. @throws WaitTimeoutError, the signal's reason, and what `holds` throws */
export async function waitForCondition(
  conditions: Conditions,
  { title, expression, timeoutMs, pollMs, scope }: ConditionWatch,
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  const until: Instant = clock.now() + timeoutMs;
  while (!(await conditions.holds(expression, scope()))) {
    const left = until - clock.now();
    if (left <= 0) throw new WaitTimeoutError(title, expression, timeoutMs);
    await clock.sleep(Math.min(pollMs, left), signal);
  }
}

/** How an operation's wait ended. */
export interface Opened {
  readonly index: number;
  /** It must not start: this is why it fails. */
  readonly error?: ProvisioningError;
}

export const DEFAULT_CONDITION_POLL_MS = 1_000;
