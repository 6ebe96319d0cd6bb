import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { openStorage } from "@provisioning/storage";
import { buildProgram, seededRandom, testSeed } from "@provisioning/storage/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { replay } from "./index.js";
import { brokenInvariants } from "./testing/index.js";

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "provisioning-kill-"));
  await buildProgram(fileURLToPath(new URL("testing/worker-program.ts", import.meta.url)), join(root, "worker.mjs"));
});
afterAll(() => rm(root, { recursive: true, force: true }));

interface Life {
  readonly lines: readonly string[];
  readonly exitCode: number | null;
}

/** Lives until it has done its work or `afterReadyMs` after it began to. */
async function live(dataDir: string, effects: string, name: string, afterReadyMs: number): Promise<Life> {
  const child = spawn(process.execPath, [join(root, "worker.mjs"), dataDir, effects, name], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let said = "";
  child.stdout.on("data", (data: Buffer) => {
    if (said === "") setTimeout(() => child.kill("SIGKILL"), afterReadyMs);
    said += data.toString();
  });
  const [exitCode] = (await once(child, "close")) as [number | null];
  return { lines: said.split("\n").slice(0, -1), exitCode };
}

/** Enough to get through, however unlucky. */
const MOST_LIVES = 200;

test("a run whose workers are killed again and again is carried out and rolled back, and nothing recorded is done again", async () => {
  const seed = testSeed();
  console.log(`SEED=${seed}`);
  const random = seededRandom(seed);
  const dataDir = join(root, "data");
  const effectsFile = join(root, "effects");
  /** What earlier lives told to be recorded, by the kind of effect. */
  const recorded = new Set<string>();
  let deaths = 0;
  for (let life = 1; life <= MOST_LIVES; life += 1) {
    const { lines, exitCode } = await live(dataDir, effectsFile, `life-${life}`, random() * 60);
    const effects = (await readFile(effectsFile, "utf8").catch(() => ""))
      .split("\n")
      .filter((line) => line.startsWith(`life-${life} `));
    const done = effects.map((line) => line.slice(line.indexOf(" ") + 1));
    expect(done.filter((effect) => recorded.has(effect))).toEqual([]);
    expect(new Set(done).size).toBe(done.length);
    for (const line of lines) {
      if (line.startsWith("operationCompleted")) recorded.add(line.replace("operationCompleted", "execute"));
      if (line.startsWith("compensationCompleted")) recorded.add(line.replace("compensationCompleted", "compensate"));
    }
    if (exitCode === 0) break;
    deaths += 1;
  }
  const storage = await openStorage({ type: "filesystem", dataDir, mode: "read" });
  const runId = (await storage.runs.list()).runs[0]?.id;
  const { events } = await storage.runs.load(runId as never);
  await storage.close();
  expect(brokenInvariants(events)).toEqual([]);
  expect(replay(events)).toMatchObject({ status: "rolledBack", counts: { compensated: 40, failed: 1 } });
  expect(deaths).toBeGreaterThan(0);
  console.log(`${deaths} deaths`);
}, 120_000);
