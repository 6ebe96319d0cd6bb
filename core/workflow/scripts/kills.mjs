/**
 * `npm run test:kills -- [--backend filesystem] [--points 2000] [--seed S] [--deaths 3] [--runs 50] [--unruly]`: processes that carry out runs are killed
 * with SIGKILL at so many points, on built files. Backends: `filesystem`, `surrealdb-embedded`, `postgres`, and `postgres-server` and
 * `postgres-backend`, where the database is killed under a process that goes on. With `--unruly` people ask for everything at once, and the calls
 * to the store are judged: whether they can have happened one after the other, for each run. What is found wrong is kept, with its seed and folder.
 */

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { buildProgram, testSeed } from "@provisioning/storage/testing";
import { killAgainAndAgain, openPlaces } from "../dist/testing/kills/index.js";

const PROGRESS_MS = 10_000;

const { values } = parseArgs({
  options: {
    backend: { type: "string", default: "filesystem" },
    points: { type: "string", default: "2000" },
    deaths: { type: "string", default: "3" },
    runs: { type: "string", default: "50" },
    unruly: { type: "boolean", default: false },
    seed: { type: "string" },
  },
});
const seed = values.seed === undefined ? testSeed() : Number(values.seed);
const root = await mkdtemp(join(tmpdir(), "provisioning-kills-"));
const program = join(root, "mortal.mjs");
await buildProgram(fileURLToPath(new URL("../src/testing/kills/mortal-program.ts", import.meta.url)), program);
const { places, leaseMs, close } = await openPlaces(values.backend);
console.log(`SEED=${seed}`);

const began = performance.now();
let told = began;
const summary = (report) =>
  `${values.backend}: ${report.deaths} deaths at ${report.distinct} distinct points in ${report.rounds} rounds, ` +
  (report.calls > 0 ? `${report.calls} calls to the store, ` : "") +
  `${report.acknowledged} acknowledgements, ${report.effects} effects, ${report.repeated} of them again under the same token; ` +
  `slowest opening ${report.slowestOpenMs} ms; ${((performance.now() - began) / 1000).toFixed(0)} s`;

const report = await killAgainAndAgain({
  program,
  root,
  places,
  seed,
  leaseMs,
  points: Number(values.points),
  deathsPerRound: Number(values.deaths),
  runs: Number(values.runs),
  isUnruly: values.unruly,
  onRound(soFar) {
    if (performance.now() - told < PROGRESS_MS) return;
    told = performance.now();
    console.error(summary(soFar));
  },
});
await close();
const kinds = [...report.kinds].sort(([, left], [, right]) => right - left);
console.log(kinds.map(([what, times]) => `${String(times).padStart(6)}  ${what}`).join("\n"));
console.log(`${report.points} points in an undisturbed life`);
console.log(summary(report));
if (report.problems.length === 0) {
  await rm(root, { recursive: true });
  console.log("0 acknowledged things lost, 0 completed operations done again: everything held");
} else {
  console.log(`${report.problems.slice(0, 20).join("\n")}\nWhat happened is in ${root}.`);
  process.exitCode = 1;
}
