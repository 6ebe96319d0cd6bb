/**
 * How long operations took on this machine, by kind: `taskserv.install: update nginx`. For estimates only; it is written after a run and may be lost.
 */

import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type OperationDefinition, parseAddress } from "@provisioning/model";
import type { UsualDuration } from "@provisioning/planner";
import type { RunReport } from "./report.js";

/** Of each kind the last so many are kept, newest last. */
const KEPT = 20;
/** Kinds that are kept; those that were not seen for longest go first. */
const MOST_KINDS = 2_000;

type Durations = ReadonlyMap<string, readonly number[]>;

export async function usualDurations(runtimeDir: string): Promise<(operation: OperationDefinition) => UsualDuration | undefined> {
  const known = await read(fileIn(runtimeDir));
  return (operation) => usual(known.get(kindOf(operation)) ?? []);
}

/** The report with what its operations take otherwise. Before this run is remembered. */
export async function besideUsual(
  runtimeDir: string,
  operations: readonly OperationDefinition[],
  run: RunReport,
): Promise<RunReport> {
  const usualOf = await usualDurations(runtimeDir);
  const known = new Map(operations.map((operation) => [operation.id, usualOf(operation)?.highMs]));
  return {
    ...run,
    operations: run.operations.map((operation) => {
      const usualMs = known.get(operation.id);
      return usualMs === undefined ? operation : { ...operation, usualMs };
    }),
  };
}

/** What completed at the first attempt says how long it takes. */
export async function rememberDurations(
  runtimeDir: string,
  operations: readonly OperationDefinition[],
  run: RunReport,
): Promise<void> {
  const kinds = new Map(operations.map((operation) => [operation.id, kindOf(operation)]));
  const known = new Map(await read(fileIn(runtimeDir)));
  for (const { id, status, attempts, durationMs } of run.operations) {
    const kind = kinds.get(id);
    if (kind === undefined || status !== "completed" || attempts !== 1 || durationMs === undefined) continue;
    const before = known.get(kind) ?? [];
    known.delete(kind);
    known.set(kind, [...before, Math.round(durationMs)].slice(-KEPT));
  }
  const draft = `${fileIn(runtimeDir)}.${process.pid}`;
  await mkdir(runtimeDir, { recursive: true, mode: 0o700 });
  await writeFile(draft, JSON.stringify(Object.fromEntries([...known].slice(-MOST_KINDS))), { mode: 0o600 });
  await rename(draft, fileIn(runtimeDir));
}

function fileIn(runtimeDir: string): string {
  return join(runtimeDir, "durations.json");
}

/** The same work on another server is of the same kind; to create is not to update, which only the title tells. */
function kindOf({ action, address, title }: OperationDefinition): string {
  const subject = parseAddress(address);
  const verb = title.split(" ", 1)[0] ?? "";
  return `${action}: ${verb} ${subject.kind === "taskserv" ? subject.taskserv : subject.kind}`;
}

/** Between the quarter that was fastest and the tenth that was slowest. */
function usual(taken: readonly number[]): UsualDuration | undefined {
  if (taken.length === 0) return undefined;
  const sorted = [...taken].sort((left, right) => left - right);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] as number;
  return { lowMs: at(0.25), highMs: at(0.9) };
}

async function read(file: string): Promise<Durations> {
  try {
    return new Map(Object.entries(JSON.parse(await readFile(file, "utf8")) as Record<string, number[]>));
  } catch {
    return new Map();
  }
}
