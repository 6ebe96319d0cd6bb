/** How runs behave: limits, failure, retries, what is kept. */

import { choice, integer } from "../key-type.js";

export const runKeys = {
  "run.parallel_limit": integer([1, 1_000], 16, 4, "Operations of one run that may be under way at the same time."),
  "run.operation_timeout_seconds": integer([1, 86_400], 900, 1_800, "Time after which one attempt of an operation is stopped.", {
    unit: "seconds",
  }),
  "run.on_failure": choice(
    ["fail", "continue", "rollback"],
    "continue",
    "rollback",
    "What a failed operation means for the run: `fail`, `continue` with what does not need it, or `rollback`.",
  ),
  "run.priority": integer(
    [-100, 100],
    0,
    10,
    "Of several runs that wait the higher goes first; each point is worth a minute of waiting.",
  ),
  "run.keep": integer([1, 1_000_000], 10_000, 500, "Of the runs that ended the newest so many are kept.", { unit: "runs" }),
  "run.keep_days": integer([1, 36_500], 90, 30, "Runs that ended longer ago are forgotten.", { unit: "days" }),
  "run.retry.max_attempts": integer([1, 100], 3, 5, "Attempts of one operation, the first included."),
  "run.retry.backoff": choice(["linear", "exponential"], "exponential", "linear", "How the delay between attempts grows."),
  "run.retry.initial_delay_seconds": integer([0, 3_600], 2, 10, "Delay before the second attempt.", { unit: "seconds" }),
  "run.retry.max_delay_seconds": integer([0, 86_400], 60, 300, "Longest delay between two attempts.", { unit: "seconds" }),
} as const;
