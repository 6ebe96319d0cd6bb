import { expect, test } from "vitest";
import { fenceBackend } from "../../testing/fencing-backends.js";
import { testSeed, whyNoPostgres } from "../../testing/index.js";

const reason = await whyNoPostgres();

test.skipIf(reason !== undefined)(
  `a process that was stopped past its lease is refused when it wakes up ${reason ?? ""}`,
  async () => {
    const seed = testSeed();
    console.log(`SEED=${seed}`);
    const report = await fenceBackend({ backend: "postgres", seed, rounds: 10 });
    expect(report.problems).toEqual([]);
    expect(report.rounds).toBe(10);
  },
  120_000,
);
