/**
 * `npm run test:recovery -- [--backend filesystem] [--tasks 10000] [--operations 1] [--times 5]`: how long after a crash work goes on, on built
 * files. Backends: `filesystem`, `surrealdb-embedded`, `postgres`.
 */

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { buildProgram } from "@provisioning/storage/testing";
import { measureRecovery, openPlaces } from "../dist/testing/kills/index.js";

const { values } = parseArgs({
  options: {
    backend: { type: "string", default: "filesystem" },
    tasks: { type: "string", default: "10000" },
    operations: { type: "string", default: "1" },
    times: { type: "string", default: "5" },
  },
});
const root = await mkdtemp(join(tmpdir(), "provisioning-recovery-"));
const program = join(root, "recovery.mjs");
await buildProgram(fileURLToPath(new URL("../src/testing/kills/recovery-program.ts", import.meta.url)), program);
const { places, close } = await openPlaces(values.backend);
try {
  const [tasks, operations, times] = [values.tasks, values.operations, values.times].map(Number);
  for (const { opened, claimed, done, rssMiB } of await measureRecovery({ program, root, places, tasks, operations, times })) {
    const ms = [opened, claimed, done].map((value) => `${value.toFixed(0)} ms`);
    console.log(`${values.backend}, ${tasks} tasks: opened ${ms[0]}, claimed ${ms[1]}, done ${ms[2]}; ${rssMiB.toFixed(0)} MiB`);
  }
} finally {
  await close();
  await rm(root, { recursive: true });
}
