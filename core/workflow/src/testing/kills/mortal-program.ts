/**
 * A process that carries out all the work of a round and may die at any moment: `node mortal.mjs`, its `Life` as JSON in the variable `LIFE`. All
 * that it does and hears goes to one file, line by line, before anything else happens:
 *
 *     present <run> <version>, opened <ms> what the store holds when it is opened
 *     submitted <run>                      asked <run> <event>                acknowledged to who asked
 *     stored <run> <version> <event> <operation> <attempt>                    acknowledged to the engine
 *     effect <kind> <run> <operation> <attempt> <token> <key>                 done in the world, before it is reported
 *     call …, answer …                     see history.ts
 *     mended <run>                         what made it fail is gone
 *     killed <point> <what>                failed <code>                      done <points>
 */

import { openSync, readFileSync, writeFileSync, writeSync } from "node:fs";
import { type Json, type OperationId, ProvisioningError, type RunDefinition, type RunId, systemClock } from "@provisioning/model";
import { openFilesystemStorage, openStorage, type Storage, type StorageOptions } from "@provisioning/storage";
import { loadPackage } from "@provisioning/storage/testing";
import { createEngine, type Engine } from "../../engine.js";
import type { CompensationContext, OperationContext } from "../../handler.js";
import { replay } from "../../transition.js";
import { startWorker } from "../../worker.js";
import { countdown, dieNow, killServer, type Point, portOf, watchFiles, watchPort, watchQueries } from "./death.js";
import { recorded } from "./history.js";
import type { Life } from "./life.js";
import { isFinished, type Request, wish } from "./people.js";
import { makeTrouble } from "./unruly.js";
import { BROKEN, CONDITIONS, definitionsOf } from "./work.js";

const life = JSON.parse(process.env["LIFE"] ?? "{}") as Life;
const log = openSync(life.log, "a");
const say = (line: string) => void writeSync(log, `${line}\n`);

/** More than that is a bug, not bad luck. */
const LIFE_MS = 120_000;

async function main(): Promise<void> {
  const bornAt = performance.now();
  const mended = new Set(linesOf(life.log, "mended"));
  const { point, count } = countdown(life.killAt, (what) => {
    say(`killed ${life.killAt} ${what}`);
    if (life.victim === undefined) dieNow();
    killServer(life.victim.pid, life.victim.whom);
    writeSync(1, "server down\n");
  });
  await watchStore(life.storage, point);
  const opened = await open(life.storage);
  const storage = life.isUnruly ? recorded(opened, say) : opened;
  const versions = await versionsIn(storage);
  for (const [run, version] of versions) say(`present ${run} ${version}`);
  say(`opened ${Math.round(performance.now() - bornAt)}`);
  storage.runs.watch(({ runId, version, events }) => {
    events.forEach((event, index) => {
      const operation = "operation" in event ? event.operation : "-";
      const attempt = "attempt" in event ? event.attempt : "-";
      say(`stored ${runId} ${version - events.length + index + 1} ${event.type} ${operation} ${attempt}`);
    });
  });
  const engine = createEngine({
    storage,
    clock: systemClock,
    random: Math.random,
    holder: life.name,
    leaseTtlMs: life.leaseMs,
    checkpointInterval: 2,
    conditions: CONDITIONS,
    conditionPollMs: 3,
  });
  const handlers = new Map([["sample", handlerOf(mended)]]);
  const worker = startWorker({
    engine,
    storage,
    clock: systemClock,
    capacity: life.runs,
    pollMs: Math.min(500, life.leaseMs / 2),
    handlersFor: async () => handlers,
    onError: (error) => say(`failed ${codeOf(error)}`),
  });
  const definitions = definitionsOf(life.seed, life.runs, life.startedAt);
  await submitAll(
    engine,
    definitions.filter(({ id }) => !versions.has(id)),
  );
  if (life.isUnruly) await makeTrouble({ engine, clock: systemClock, definitions, people: 8, requests: 40, random: Math.random });
  await Promise.all(definitions.map(({ id }) => attend(storage, engine, mended, id)));
  await worker.drain();
  const histories = await Promise.all(definitions.map(async ({ id }) => (await storage.runs.load(id)).events));
  await storage.close();
  writeFileSync(life.histories, JSON.stringify(histories));
  say(`done ${count()}`);
  process.exit(0);
}

async function open(options: StorageOptions): Promise<Storage> {
  if (options.type !== "filesystem") return openStorage(options);
  const onWarning = (warning: string) => say(`warned ${warning}`);
  return openFilesystemStorage({ ...options, clock: systemClock, segmentBytes: SEGMENT_BYTES, onWarning });
}

/** So small that snapshots are made again and again. */
const SEGMENT_BYTES = 40_000;

async function watchStore(options: StorageOptions, point: Point): Promise<void> {
  if (options.type === "filesystem") return watchFiles(options.dataDir, point);
  const port = portOf(options);
  if (port !== undefined) return watchPort(port, point);
  if (options.type !== "surrealdb-embedded") throw new Error(`nobody watches ${options.type}`);
  const { Surreal } = await loadPackage<{ Surreal: { prototype: never } }>("surrealdb", options.packagesFolder);
  watchQueries(Surreal.prototype, point);
}

async function versionsIn(storage: Storage): Promise<ReadonlyMap<RunId, number>> {
  const found = new Map<RunId, number>();
  for (let cursor: string | undefined; ; ) {
    const page = await storage.runs.list({ limit: 1000, ...(cursor === undefined ? {} : { cursor }) });
    for (const { id, version } of page.runs) found.set(id, version);
    cursor = page.next;
    if (cursor === undefined) return found;
  }
}

/** Some after the other, so that there are many moments to die in between. */
async function submitAll(engine: Engine, definitions: readonly RunDefinition[]): Promise<void> {
  const left = [...definitions];
  const submit = async () => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) {
      await engine.submit(next);
      say(`submitted ${next.id}`);
    }
  };
  await Promise.all(Array.from({ length: SUBMITTERS }, submit));
}

const SUBMITTERS = 5;

/** Until nothing more will happen to the run. */
async function attend(storage: Storage, engine: Engine, mended: Set<string>, runId: RunId): Promise<void> {
  let isDirty = true;
  const stop = storage.runs.watch(() => (isDirty = true), runId);
  const until = Date.now() + LIFE_MS;
  for (let round = 1; Date.now() < until; round += 1) {
    if (isDirty || round % LOOK_EVERY === 0) {
      isDirty = false;
      const { events } = await storage.runs.load(runId);
      const state = replay(events);
      if (isFinished(state, life.isUnruly)) return stop();
      const wanted = wish(state, events, life.isUnruly);
      if (wanted?.name === "retry" && !mended.has(runId)) {
        say(`mended ${runId}`);
        mended.add(runId);
      }
      if (wanted !== undefined && (await isHeard(wanted, engine, runId))) say(`asked ${runId} ${wanted.event}`);
    }
    await systemClock.sleep(LOOK_MS);
  }
  throw new Error(`${runId} does not come to its end`);
}

const LOOK_MS = 3;
const LOOK_EVERY = 50;

/** Not when the run went on in just this moment: then it is refused, or came too late. */
async function isHeard(request: Request, engine: Engine, runId: RunId): Promise<boolean> {
  try {
    const { status } = await request.make(engine, runId);
    return status !== "completed";
  } catch (error) {
    if (codeOf(error).startsWith("STORE_")) throw error;
    return false;
  }
}

function handlerOf(mended: ReadonlySet<string>) {
  return {
    async execute(context: OperationContext): Promise<Json> {
      effect("execute", context);
      await workOn(context);
      failIfMeant(context, mended);
      return life.name;
    },
    async compensate(context: CompensationContext): Promise<void> {
      effect("compensate", context);
      await workOn(context);
    },
  };
}

function effect(kind: string, { run, operation, attempt, token, idempotencyKey }: OperationContext): void {
  say(`effect ${kind} ${run.id} ${operation.id} ${attempt} ${token} ${idempotencyKey}`);
}

async function workOn({ operation, signal }: OperationContext): Promise<void> {
  await systemClock.sleep((operation.id.charCodeAt(0) % 4) + Math.random() * 4, signal);
}

function failIfMeant({ run, operation, attempt }: OperationContext, mended: ReadonlySet<string>): void {
  const failure = (retry: "now" | "never") =>
    new ProvisioningError({ code: "MEANT", message: "It failed as it was meant to.", retry });
  if (operation.id === ("flaky" as OperationId) && attempt === 1) throw failure("now");
  if (operation.id === ("hopeless" as OperationId)) throw failure("never");
  if (operation.id === BROKEN && !mended.has(run.id)) throw failure("never");
}

function linesOf(path: string, kind: string): readonly string[] {
  const lines = readFileSync(path, "utf8").split("\n");
  return lines.filter((line) => line.startsWith(`${kind} `)).map((line) => line.slice(kind.length + 1));
}

function codeOf(error: unknown): string {
  return error instanceof ProvisioningError ? error.code : String(error);
}

main().catch((error: unknown) => {
  say(`failed ${codeOf(error)}`);
  console.error(error);
  process.exit(1);
});
