/**
 * `npm run test:power -- [--writes 200] [--stride 1] [--seed S] [--write-every 25] [--failing-syncs 0.05]`: every disk that a power failure can leave behind at any moment of
 * so many writes to the journal is opened, on built files. `--stride N`: of torn writes only each N-th byte.
 */

import { parseArgs } from "node:util";
import { testSeed } from "../dist/testing/index.js";
import { failPowerEverywhere } from "../dist/testing/power-failures.js";

const PROGRESS_MS = 10_000;

const { values } = parseArgs({
  options: {
    writes: { type: "string", default: "200" },
    stride: { type: "string", default: "1" },
    "failing-syncs": { type: "string", default: "0" },
    "write-every": { type: "string", default: "25" },
    seed: { type: "string" },
  },
});
const seed = values.seed === undefined ? testSeed() : Number(values.seed);
console.log(`SEED=${seed}`);

const began = performance.now();
let told = began;
const summary = ({ moments, disks, written, refusals, problems }) =>
  `${moments} moments, ${disks} disks, ${written} of them opened for writing as well: ${problems.length} losses, ` +
  `${refusals.length} refused by name; ${((performance.now() - began) / 1000).toFixed(0)} s`;

const report = await failPowerEverywhere({
  seed,
  writes: Number(values.writes),
  stride: Number(values.stride),
  failingSyncs: Number(values["failing-syncs"]),
  writeEvery: Number(values["write-every"]),
  onProgress(soFar) {
    if (performance.now() - told < PROGRESS_MS) return;
    told = performance.now();
    console.error(summary(soFar));
  },
});
console.log([...report.problems, ...report.refusals.slice(0, 20), summary(report)].join("\n"));
if (report.problems.length > 0 || report.refusals.length > 0) process.exitCode = 1;
