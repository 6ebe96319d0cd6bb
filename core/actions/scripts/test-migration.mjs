/**
 * `npm run test:migration -- [--tasks 20000] [--cuts 20] [--pair filesystem:postgres]`: moves the storage of a service under load between
 * every two types, on built files: first in peace with so many tasks, then with kills at random moments. The exit code is 1 when a request
 * failed or a task was lost or doubled.
 */

import { parseArgs } from "node:util";
import { seededRandom, startPostgres, surrealPackages, whyNoPostgres } from "@provisioning/storage/testing";
import { PAIRS } from "../dist/testing/migration/places.js";
import { moveOnce, moveWithCuts } from "../dist/testing/migration/rounds.js";

const { values } = parseArgs({
  options: {
    tasks: { type: "string", default: "20000" },
    cuts: { type: "string", default: "20" },
    pair: { type: "string", multiple: true, default: [] },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
    pause: { type: "string", default: "100" },
  },
});
const tasks = Number(values.tasks);
const cuts = Number(values.cuts);
const CLIENTS = 16;
const CAPACITY = 32;
const LONG_LEASE_MS = 30_000;
/** After a kill what was under way is taken up again when its lease is over. */
const SHORT_LEASE_MS = 8_000;
const CUT_TASKS = 200;

const load = {
  tasks,
  before: Math.round(tasks * 0.4),
  after: Math.round(tasks * 0.05),
  clients: CLIENTS,
  capacity: CAPACITY,
  leaseTtlMs: LONG_LEASE_MS,
  pauseMs: Number(values.pause),
};
const cutLoad = { ...load, tasks: CUT_TASKS, before: CUT_TASKS, after: CLIENTS, leaseTtlMs: SHORT_LEASE_MS };

const packages = await surrealPackages();
const reason = packages.reason ?? (await whyNoPostgres());
if (reason !== undefined) throw new Error(reason);
const postgres = await startPostgres();
const databases = { postgres, packages: packages.folder };
const random = seededRandom(Number(values.seed));
console.log(`${tasks} tasks, ${cuts} cuts, seed ${values.seed}`);

let bad = 0;
function judge(name, failures, verdict) {
  const { lost, unfinished, doubled, problems } = verdict;
  if (failures.length + lost + unfinished + doubled + problems.length === 0) return;
  bad += 1;
  console.log(`  ${name}: ${JSON.stringify({ failures: failures.slice(0, 5), lost, unfinished, doubled, problems })}`);
}

function tell(name, report, { runs, lost, doubled, repeated }) {
  const { submittedDuringMigration, submittedAfter, requests, failures, tasksPerSecond, migrationMs, longestRequestMs, moved } =
    report;
  console.log(
    `${name}  tasks ${runs} (${submittedDuringMigration} during, ${submittedAfter} after), requests ${requests}, ` +
      `failed ${failures.length}, lost ${lost}, doubled ${doubled}, repeated ${repeated}, ${tasksPerSecond} tasks/s, ` +
      `migration ${migrationMs} ms, held back ${Math.round(moved.heldBackMs)} ms, longest request ${longestRequestMs} ms, ` +
      `passes ${moved.passes}`,
  );
}

try {
  for (const pair of PAIRS) {
    const name = `${pair.from}:${pair.to}`;
    if (values.pair.length > 0 && !values.pair.includes(name)) continue;
    if (tasks > 0) {
      const { report, verdict } = await moveOnce(pair, load, databases);
      tell(name, report, verdict);
      judge(name, report.failures, verdict);
    }
    if (cuts > 0) {
      const peace = await moveOnce(pair, cutLoad, databases);
      tell(name, peace.report, peace.verdict);
      judge(name, peace.report.failures, peace.verdict);
      const round = await moveWithCuts(pair, cutLoad, databases, { cuts, random, migrationMs: peace.report.migrationMs });
      console.log(
        `${name}  ${cuts} cuts within ${peace.report.migrationMs} ms: ${round.returned} used the source again, ${round.switched} the target; ` +
          `${round.migrations} migrations came to their end, ${round.resumed} of them went on with a part`,
      );
      for (const verdict of round.verdicts) judge(name, round.failures, verdict);
    }
  }
} finally {
  await postgres.remove();
}
console.log(bad === 0 ? "All is well." : `${bad} rounds were bad.`);
process.exit(bad === 0 ? 0 : 1);
