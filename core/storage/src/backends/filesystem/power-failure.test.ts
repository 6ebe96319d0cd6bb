import { expect, test } from "vitest";
import { testSeed } from "../../testing/index.js";
import { failPowerEverywhere } from "../../testing/power-failures.js";

test("whatever a power failure left of what was not synced, the store opens by itself with all that was acknowledged", async () => {
  const seed = testSeed();
  console.log(`SEED=${seed}`);
  const report = await failPowerEverywhere({ seed, writes: 40, stride: 97, writeEvery: 23 });
  expect(report.problems).toEqual([]);
  expect(report.refusals).toEqual([]);
  expect(report.disks).toBeGreaterThan(500);
}, 120_000);

test("a store that does not sync is found", async () => {
  const report = await failPowerEverywhere({ seed: 1, writes: 20, stride: 1000, writeEvery: 1000, withoutSyncs: true });
  expect(report.problems.join("\n")).toMatch(/was acknowledged at/);
}, 60_000);

test("a sync that failed is not taken for done when a later one succeeds", async () => {
  const seed = testSeed();
  console.log(`SEED=${seed}`);
  const report = await failPowerEverywhere({ seed, writes: 40, stride: 499, writeEvery: 23, failingSyncs: 0.06 });
  expect(report.problems).toEqual([]);
  expect(report.refusals).toEqual([]);
}, 120_000);
