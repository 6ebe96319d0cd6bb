/** When a failed attempt is tried again, if at all. */

import type { ErrorRecord, Instant, RetryPolicy } from "@provisioning/model";

/**
 * Only errors that say that trying again helps (`retry: "now"`) are tried again. The delay grows by the policy and is then spread
 * over its upper half, so that many that failed together do not come back together.
 *
 * @param failures attempts that ended in an error, this one included
 * @param random from 0 to below 1
 */
export function retryAt(
  policy: RetryPolicy,
  failures: number,
  error: ErrorRecord,
  now: Instant,
  random: number,
): Instant | undefined {
  if (error.retry !== "now" || failures >= policy.maxAttempts) return undefined;
  const grown = policy.backoff === "linear" ? policy.initialDelayMs * failures : policy.initialDelayMs * 2 ** (failures - 1);
  const delayMs = Math.min(grown, policy.maxDelayMs);
  return now + Math.ceil(delayMs * (0.5 + random / 2));
}
