/**
 * `npm run test:fencing -- [--backend filesystem] [--rounds 1000] [--seed S] [--ttl 150]`: a process that holds a run is stopped past its lease,
 * another one takes the run, the first one wakes up; on built files. Backends: `filesystem`, `postgres`, `surrealdb-server`.
 */

import { parseArgs } from "node:util";
import { FENCING_TTL_MS, fenceBackend } from "../dist/testing/fencing-backends.js";
import { testSeed } from "../dist/testing/index.js";

const { values } = parseArgs({
  options: {
    backend: { type: "string", default: "filesystem" },
    rounds: { type: "string", default: "1000" },
    ttl: { type: "string", default: String(FENCING_TTL_MS) },
    seed: { type: "string" },
  },
});
const seed = values.seed === undefined ? testSeed() : Number(values.seed);
console.log(`SEED=${seed}`);
const began = performance.now();
const rounds = Number(values.rounds);
const report = await fenceBackend({ backend: values.backend, seed, rounds, ttlMs: Number(values.ttl) });
console.log(
  `${values.backend}: ${report.rounds} rounds, ${report.acknowledged} writes acknowledged to holders, slowest take-over ` +
    `${report.slowestTakeOverMs} ms with a lease of ${values.ttl} ms, ${report.problems.length} stale writes or wrong answers; ` +
    `${((performance.now() - began) / 1000).toFixed(0)} s`,
);
console.log(report.problems.join("\n"));
if (report.problems.length > 0) process.exitCode = 1;
