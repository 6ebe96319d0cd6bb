/** Moves storages of services under load, in processes of their own: once in peace, or with kills at random moments. */

import { execFile } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { startProcess, type TestProcess } from "@provisioning/storage/testing";
import { type Databases, makeServedWorkspace, type Pair, type ServedWorkspace } from "./places.js";
import type { ServiceOptions, ServiceReport } from "./service-program.js";
import type { Verdict } from "./verify-program.js";

const run = promisify(execFile);

/** Programs are run as they were built, also when this file is run from its source. */
const built = (name: string) => fileURLToPath(new URL(`../../../dist/testing/migration/${name}`, import.meta.url));

export type Load = Omit<ServiceOptions, "to">;

export interface PeacefulRound {
  readonly report: ServiceReport;
  readonly verdict: Verdict;
}

/** One migration from begin to end. */
export async function moveOnce(pair: Pair, load: Load, databases: Databases): Promise<PeacefulRound> {
  const workspace = await makeServedWorkspace(pair.from, databases);
  const service = start(workspace, pair, load);
  try {
    const report = await reportOf(service);
    return { report, verdict: await verdictOf(workspace) };
  } finally {
    await service.kill();
    await workspace.remove();
  }
}

export interface CutRound {
  /** Kills, by what the service used when it was started again. */
  readonly returned: number;
  readonly switched: number;
  /** Migrations that found a part of an earlier one and went on with it. */
  readonly resumed: number;
  readonly migrations: number;
  readonly failures: readonly string[];
  readonly verdicts: readonly Verdict[];
}

/**
 * As many kills as `cuts`, each at a moment that `random` chooses between the begin of a migration and somewhat more than it takes in
 * peace. After each the service is started again and goes on; after a migration that came to its end everything is checked and a new
 * workspace begun.
 */
export async function moveWithCuts(
  pair: Pair,
  load: Load,
  databases: Databases,
  { cuts, random, migrationMs }: { readonly cuts: number; readonly random: () => number; readonly migrationMs: number },
): Promise<CutRound> {
  let [returned, switched, resumed, migrations, made] = [0, 0, 0, 0, 0];
  const failures: string[] = [];
  const verdicts: Verdict[] = [];
  // A machine that is busy now may be idle later.
  let expectedMs = migrationMs;
  while (made < cuts) {
    const workspace = await makeServedWorkspace(pair.from, databases);
    try {
      for (;;) {
        const service = start(workspace, pair, load);
        const wasCut = made < cuts && (await cut(service, random() * expectedMs * REACH));
        if (wasCut) {
          made += 1;
          continue;
        }
        const report = await reportOf(service);
        failures.push(...report.failures);
        if (report.moved?.resumed === true) resumed += 1;
        if (report.moved === null) switched += 1;
        else expectedMs = report.migrationMs;
        break;
      }
      migrations += 1;
      verdicts.push(await verdictOf(workspace));
    } finally {
      await workspace.remove();
    }
  }
  returned = made - switched;
  return { returned, switched, resumed, migrations, failures, verdicts };
}

/** So that some kills come after the switch. */
const REACH = 1.15;

/** Whether it was killed: not when there was nothing to move any more, or when it was done before. */
async function cut(service: TestProcess, afterMs: number): Promise<boolean> {
  const first = await service.said((line) => line === "migrating" || line.startsWith("done "));
  if (first !== "migrating") return false;
  await sleep(afterMs);
  if (service.lines.some((line) => line.startsWith("done "))) return false;
  await service.kill();
  return true;
}

function start(workspace: ServedWorkspace, { to }: Pair, load: Load): TestProcess {
  return startProcess(built("service-program.js"), [workspace.folder, JSON.stringify({ ...load, to })], workspace.variables);
}

async function reportOf(service: TestProcess): Promise<ServiceReport> {
  const line = await service.said((said) => said.startsWith("done "));
  return JSON.parse(line.slice("done ".length)) as ServiceReport;
}

async function verdictOf({ folder, variables }: ServedWorkspace): Promise<Verdict> {
  const environment = { env: { ...process.env, ...variables }, maxBuffer: 64 * 1024 * 1024 };
  const { stdout } = await run(process.execPath, [built("verify-program.js"), folder], environment);
  return JSON.parse(stdout) as Verdict;
}
