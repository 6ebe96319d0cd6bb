import { expect, test } from "vitest";
import { testSeed } from "../../testing/index.js";
import { failPowerEverywhere } from "../../testing/power-failures.js";

test("whatever a power failure left of what was not synced, the store opens by itself with all that was acknowledged", async () => {
  const seed = testSeed();
  console.log(`SEED=${seed}`);
  const report = await failPowerEverywhere({ seed, writes: 60, stride: 53, writeEvery: 23 });
  expect(report.problems).toEqual([]);
  expect(report.refusals).toEqual([]);
  expect(report.disks).toBeGreaterThan(1000);
}, 120_000);

test("a store that does not sync is found", async () => {
  const report = await failPowerEverywhere({ seed: 1, writes: 20, stride: 1000, writeEvery: 1000, withoutSyncs: true });
  expect(report.problems.join("\n")).toMatch(/was acknowledged at/);
}, 60_000);
