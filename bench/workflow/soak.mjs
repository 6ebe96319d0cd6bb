/**
 * A store that is used for long: runs of one step go through a worker until so many have ended, while old ones are forgotten. Memory and files must
 * stay as they are after the first tenth. Build first, then:
 *
 *     node --expose-gc bench/workflow/soak.mjs [runs, default 1000000] [kept, default 10000]
 */

import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "@provisioning/model";
import { openStorage } from "@provisioning/storage";
import { createEngine, startWorker } from "@provisioning/workflow";
import { handlers, oneStepRun } from "./one-step-run.mjs";

const total = Number(process.argv[2] ?? 1_000_000);
const keepRuns = Number(process.argv[3] ?? 10_000);
const WAITING = 256;

async function bytesIn(folder) {
  const names = await readdir(folder, { recursive: true }).catch(() => []);
  const sizes = await Promise.all(
    names.map((name) =>
      stat(join(folder, name)).then(
        ({ size }) => size,
        () => 0,
      ),
    ),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

const folder = await mkdtemp(join(tmpdir(), "provisioning-soak-"));
const storage = await openStorage({ type: "filesystem", dataDir: join(folder, "store"), mode: "write" });
const engine = createEngine({ storage, clock: systemClock, random: Math.random, holder: "soak" });
let ended = 0;
let submitted = 0;
let report = total / 10;
const began = performance.now();
const samples = [];
let finish;
const finished = new Promise((resolve) => (finish = resolve));

const sample = async () => {
  globalThis.gc?.();
  const { heapUsed, rss } = process.memoryUsage();
  const [journal, copies] = await Promise.all(["journal", "queue.rkvs"].map((name) => bytesIn(join(folder, "store", name))));
  const { runs } = await storage.info();
  const seconds = (performance.now() - began) / 1000;
  samples.push({ ended, heapUsed, journal });
  const mib = (bytes) => `${(bytes / 2 ** 20).toFixed(0)} MiB`;
  console.log(
    `${String(ended).padStart(8)} ended, ${(ended / seconds).toFixed(0)}/s; ${runs} stored; heap ${mib(heapUsed)}, process ${mib(rss)}; journal ${mib(journal)}, copies ${mib(copies)}`,
  );
};

const worker = startWorker({
  engine,
  storage,
  clock: systemClock,
  capacity: 64,
  handlersFor: async () => handlers,
  retention: { keepRuns, keepMs: 1e15 },
  onRunEnded() {
    ended += 1;
    if (submitted < total) void submit();
    if (ended >= report) {
      report += total / 10;
      void sample();
    }
    if (ended === total) finish();
  },
  onError: (error) => {
    console.error(error);
    process.exitCode = 1;
  },
});
const submit = () => {
  submitted += 1;
  return engine.submit(oneStepRun());
};
await Promise.all(Array.from({ length: Math.min(WAITING, total) }, submit));
await finished;
await worker.drain();
await sample();
const [first] = samples;
const last = samples.at(-1);
console.log(`heap after the last run against after the first tenth: ${(last.heapUsed / first.heapUsed).toFixed(2)}`);
console.log(`journal: ${(last.journal / first.journal).toFixed(2)}`);
await storage.close();
await rm(folder, { recursive: true });
