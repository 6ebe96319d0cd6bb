/** How runs behave, from the configuration. */

import type { Config } from "@provisioning/config";
import type { OnFailure, RetryPolicy } from "@provisioning/model";
import type { Retention } from "@provisioning/workflow";

export interface RunOptions {
  readonly timeoutMs: number;
  readonly parallelLimit: number;
  readonly onFailure: OnFailure;
  readonly retry: RetryPolicy;
  readonly priority: number;
}

export function runOptions(config: Config): RunOptions {
  return {
    timeoutMs: config.get("run.operation_timeout_seconds") * 1000,
    parallelLimit: config.get("run.parallel_limit"),
    onFailure: config.get("run.on_failure"),
    priority: config.get("run.priority"),
    retry: {
      maxAttempts: config.get("run.retry.max_attempts"),
      backoff: config.get("run.retry.backoff"),
      initialDelayMs: config.get("run.retry.initial_delay_seconds") * 1000,
      maxDelayMs: config.get("run.retry.max_delay_seconds") * 1000,
    },
  };
}

/** Which runs that ended are kept. */
export function runRetention(config: Config): Retention {
  return { keepRuns: config.get("run.keep"), keepMs: config.get("run.keep_days") * DAY_MS };
}

const DAY_MS = 24 * 3_600_000;
