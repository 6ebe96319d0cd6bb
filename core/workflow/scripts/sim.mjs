/**
 * `npm run sim -- --seeds N [--from S] [--bug NAME] [--log]`: simulations with the seeds S to S + N - 1, on built files. Stops at the
 * first one in which something happens that must not, and says how to see it again. With `--log` everything that happens is printed.
 */

import { parseArgs } from "node:util";
import { plantedBug } from "../dist/testing/simulation/planted-bugs.js";
import { simulate } from "../dist/testing/simulation/simulate.js";

const LAST_EVENTS = 60;
const PROGRESS_MS = 5_000;
/** Nobody reads the traces of the many failures that are simulated. */
Error.stackTraceLimit = 4;

const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "1000" },
    from: { type: "string", default: "1" },
    bug: { type: "string" },
    log: { type: "boolean", default: false },
  },
});
const count = Number(values.seeds);
const from = Number(values.from);
const bug = values.bug === undefined ? undefined : plantedBug(values.bug);

const began = performance.now();
const sums = { events: 0, virtualMs: 0, runs: 0, deaths: 0 };
let told = began;

function summary(done) {
  const seconds = (performance.now() - began) / 1000;
  const hours = (sums.virtualMs / 3_600_000).toFixed(1);
  const rate = (done / seconds).toFixed(0);
  return `${done} of ${count} seeds, ${rate} a second: ${sums.runs} runs, ${sums.events} events, ${sums.deaths} deaths, ${hours} virtual hours`;
}

for (let seed = from; seed < from + count; seed += 1) {
  const report = await simulate({ seed, ...(bug === undefined ? {} : { bug }) });
  for (const key of Object.keys(sums)) sums[key] += report[key];
  if (values.log) console.log(report.log.join("\n"));
  if (report.broken !== undefined) {
    if (!values.log) console.log(report.log.slice(-LAST_EVENTS).join("\n"));
    console.log(`\nSeed ${seed}: ${report.broken}`);
    console.log(`Again: npm run sim -- --seeds 1 --from ${seed}${bug === undefined ? "" : ` --bug ${bug.name}`} --log`);
    process.exit(1);
  }
  if (performance.now() - told < PROGRESS_MS) continue;
  told = performance.now();
  console.error(summary(seed - from + 1));
}
console.log(`${summary(count)}; everything held`);
