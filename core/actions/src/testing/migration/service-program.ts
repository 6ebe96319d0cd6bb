/**
 * A service under load whose storage is moved: `node service-program.js <workspace> <JSON of ServiceOptions>`. Clients submit tasks, read and
 * list, workers carry them out, and in the middle the storage is moved to the other type. Prints `serving <type>`, `migrating`, `switched
 * <JSON>` and at the end `done <JSON of ServiceReport>`. May be killed at any time and started again with the same words.
 */

import { writeSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import {
  DEFAULT_RETRY,
  infraName,
  newRunId,
  type OperationId,
  type RunDefinition,
  serverAddress,
  serverName,
  systemClock,
} from "@provisioning/model";
import type { SwitchableStorage } from "@provisioning/storage";
import { createEngine, type Engine, type OperationContext, startWorker, type Worker } from "@provisioning/workflow";
import { invoke } from "../../invoke.js";
import type { MigratedStorage } from "../../storage/migrate.js";
import { serveStorage } from "../../storage/serve.js";
import { serviceContext } from "./context.js";
import { noteAcknowledged, noteEffect, readLedger } from "./ledger.js";

export interface ServiceOptions {
  readonly to: "filesystem" | "surrealdb-embedded" | "postgres";
  /** Tasks in all, counted over all lives. The migration begins when the first part of them was submitted. */
  readonly tasks: number;
  readonly before: number;
  /** Clients that submit one task after the other. */
  readonly clients: number;
  /** Runs that are carried out at the same time. */
  readonly capacity: number;
  readonly leaseTtlMs: number;
  /** Between two tasks of a client while the storage is moved. */
  readonly pauseMs: number;
  /** At least so many tasks are submitted afterwards. */
  readonly after: number;
}

export interface ServiceReport {
  readonly requests: number;
  /** What clients and workers were told when something failed. */
  readonly failures: readonly string[];
  readonly submittedDuringMigration: number;
  readonly submittedAfter: number;
  readonly longestRequestMs: number;
  readonly migrationMs: number;
  readonly tasksPerSecond: number;
  readonly moved: MigratedStorage | null;
}

const SAMPLE = "sample";
const QUIET_MS = 20;

const [workspace = "", text = "{}"] = process.argv.slice(2);
const options = JSON.parse(text) as ServiceOptions;
const say = (line: string): void => void writeSync(1, `${line}\n`);

class Clients {
  requests = 0;
  longestMs = 0;
  submitted: number;
  migration: "before" | "now" | "after" = "before";
  readonly counts = { before: 0, now: 0, after: 0 };
  readonly failures: string[] = [];
  readonly #storage: SwitchableStorage;
  readonly #engine: Engine;

  constructor(storage: SwitchableStorage, engine: Engine) {
    this.#storage = storage;
    this.#engine = engine;
    this.submitted = readLedger(workspace).acknowledged.length;
  }

  async request<T>(what: string, ask: () => Promise<T>): Promise<T | undefined> {
    const began = performance.now();
    this.requests += 1;
    try {
      return await ask();
    } catch (error) {
      this.failures.push(`${what}: ${String(error)}`);
      return undefined;
    } finally {
      this.longestMs = Math.max(this.longestMs, performance.now() - began);
    }
  }

  /** Until there are enough tasks and the storage has been moved. */
  async submitAll(): Promise<void> {
    while (this.submitted < options.tasks || this.migration !== "after" || this.counts.after < options.after) {
      this.submitted += 1;
      const definition = task();
      const made = await this.request("submit", () => this.#engine.submit(definition));
      if (made === undefined) return;
      noteAcknowledged(workspace, definition.id);
      this.counts[this.migration] += 1;
      // What was acknowledged can be read at once, wherever it is by now.
      await this.request("load", () => this.#storage.runs.load(definition.id));
      if (this.migration === "now") await sleep(options.pauseMs);
    }
  }

  async listAll(): Promise<void> {
    while (this.migration !== "after") {
      await this.request("list", () => this.#storage.runs.list({ limit: 100 }));
      await sleep(QUIET_MS);
    }
  }
}

function task(): RunDefinition {
  return {
    id: newRunId(),
    name: "task",
    infra: infraName("shop"),
    operations: [
      {
        id: "one" as OperationId,
        title: "do it",
        action: SAMPLE,
        address: serverAddress(serverName("web-01")),
        input: {},
        dependsOn: [],
        timeoutMs: 60_000,
        retry: DEFAULT_RETRY,
        onFailure: "fail",
      },
    ],
    parallelLimit: 1,
    labels: {},
    createdAt: Date.now(),
  };
}

function work(storage: SwitchableStorage, engine: Engine, failures: string[]): Worker {
  const handlers = new Map([
    [
      SAMPLE,
      {
        execute: async ({ run, token, attempt }: OperationContext) => {
          noteEffect(workspace, { run: run.id, token, attempt });
          return null;
        },
      },
    ],
  ]);
  return startWorker({
    engine,
    storage,
    clock: systemClock,
    capacity: options.capacity,
    pollMs: 500,
    handlersFor: async () => handlers,
    onError: (error) => failures.push(`worker: ${String(error)}`),
  });
}

async function main(): Promise<void> {
  const storage = await serveStorage(serviceContext(workspace));
  const context = { ...serviceContext(workspace), storage };
  const { type } = await storage.info();
  const { leaseTtlMs } = options;
  const engine = createEngine({ storage, clock: systemClock, random: Math.random, holder: context.holder, leaseTtlMs });
  const clients = new Clients(storage, engine);
  const already = clients.submitted;
  say(`serving ${type}`);
  const began = performance.now();
  const worker = work(storage, engine, clients.failures);
  if (type === options.to) clients.migration = "after";
  const submitting = [clients.listAll(), ...Array.from({ length: options.clients }, () => clients.submitAll())];
  let moved: MigratedStorage | null = null;
  let migrationMs = 0;
  if (type !== options.to) {
    while (clients.submitted < options.before) await sleep(QUIET_MS);
    clients.migration = "now";
    say("migrating");
    const start = performance.now();
    moved = await invoke("storage.migrate", context, { to: { type: options.to }, switch: true });
    migrationMs = performance.now() - start;
    say(`switched ${JSON.stringify(moved)}`);
    clients.migration = "after";
  }
  await Promise.all(submitting);
  while ((await storage.runs.list({ status: ["pending", "running"], limit: 1 })).runs.length > 0) await sleep(QUIET_MS);
  const seconds = (performance.now() - began) / 1000;
  await worker.drain();
  const validation = await invoke("storage.validate", context, {});
  for (const { place, problem } of validation.damages) clients.failures.push(`${place}: ${problem}`);
  await storage.close();
  const report: ServiceReport = {
    requests: clients.requests,
    failures: clients.failures,
    submittedDuringMigration: clients.counts.now,
    submittedAfter: clients.counts.after,
    longestRequestMs: Math.round(clients.longestMs),
    migrationMs: Math.round(migrationMs),
    tasksPerSecond: Math.round((clients.submitted - already) / seconds),
    moved,
  };
  say(`done ${JSON.stringify(report)}`);
}

await main();
// The engine of an embedded database can keep the process alive.
process.exit(0);
