import { expect, test } from "vitest";
import { fenceBackend } from "../../testing/fencing-backends.js";
import { testSeed } from "../../testing/index.js";

test("a process that was stopped while it wrote, and lost the store meanwhile, is refused when it wakes up", async () => {
  const seed = testSeed();
  console.log(`SEED=${seed}`);
  const report = await fenceBackend({ backend: "filesystem", seed, rounds: 15 });
  expect(report.problems).toEqual([]);
  expect(report.rounds).toBe(15);
}, 120_000);
