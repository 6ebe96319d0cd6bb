import { expect, test } from "vitest";
import { fenceBackend } from "../../testing/fencing-backends.js";
import { surrealPackages, testSeed } from "../../testing/index.js";

const { reason } = await surrealPackages();

test.skipIf(reason !== undefined)(
  `a process that was stopped past its lease is refused when it wakes up ${reason ?? ""}`,
  async () => {
    const seed = testSeed();
    console.log(`SEED=${seed}`);
    const report = await fenceBackend({ backend: "surrealdb-server", seed, rounds: 6 });
    expect(report.problems).toEqual([]);
    expect(report.rounds).toBe(6);
  },
  120_000,
);
