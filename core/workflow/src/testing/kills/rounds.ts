/**
 * Rounds of deaths: in each, one process after the other works on the same runs in a fresh store, all but the last one die at a point that was
 * chosen before, and the last one finishes. The first processes of all rounds die at the first point, the second, the third, …; those
 * after them die anywhere, most of them soon, so that taking up what a dead one left is interrupted as well.
 */

import { mkdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import type { RunEvent } from "@provisioning/model";
import type { StorageOptions } from "@provisioning/storage";
import { seededRandom, startProcess, type TestProcess } from "@provisioning/storage/testing";
import { judgeHistory } from "./history.js";
import type { Life } from "./life.js";
import { judge } from "./verdict.js";

/** A store of a kind, as many as are wanted. */
export interface MortalPlace {
  /** The options of a new empty one. `folder` is its own. */
  place(round: number, folder: string): Promise<StorageOptions>;
  /** Deletes what is outside of the folder. */
  remove(round: number): Promise<void>;
  /** The server that dies instead of the process, and lives again afterwards. */
  readonly server?: { readonly pid: number; readonly whom: "all" | "one"; start(): Promise<void> };
}

export interface RoundsOptions {
  /** The program, built. */
  readonly program: string;
  /** A folder to work in; one folder for each round. */
  readonly root: string;
  readonly places: MortalPlace;
  readonly seed: number;
  /** Deaths in all. */
  readonly points: number;
  /** Deaths before somebody finishes. Default 3. */
  readonly deathsPerRound?: number;
  /** Runs at the same time. Default 50. */
  readonly runs?: number;
  readonly leaseMs: number;
  /**
   * People ask for everything at once, and instead of what became of the runs it is judged whether all calls to the store can have happened
   * one after the other. Default: no.
   */
  readonly isUnruly?: boolean;
  readonly onRound?: (report: KillReport) => void;
}

export interface KillReport {
  rounds: number;
  deaths: number;
  /** Different ones: the how many-th process of a round, the how many-th point of its life, what it was about to do. */
  distinct: number;
  /** To the store, when they were written down. */
  calls: number;
  acknowledged: number;
  effects: number;
  repeated: number;
  /** How many points an undisturbed life has. */
  points: number;
  slowestOpenMs: number;
  /** How often somebody died at what. */
  readonly kinds: Map<string, number>;
  /** What is wrong, with the round; none when everything held. */
  readonly problems: string[];
}

const DEATHS_PER_ROUND = 3;
const RUNS = 50;

export async function killAgainAndAgain(options: RoundsOptions): Promise<KillReport> {
  const { seed, points, deathsPerRound = DEATHS_PER_ROUND, onRound } = options;
  const report: KillReport = {
    rounds: 0,
    deaths: 0,
    distinct: 0,
    calls: 0,
    acknowledged: 0,
    effects: 0,
    repeated: 0,
    points: 0,
    slowestOpenMs: 0,
    kinds: new Map(),
    problems: [],
  };
  const random = seededRandom(seed);
  await playRound(options, 0, [], report);
  const rounds = Math.ceil(points / deathsPerRound);
  const seen = new Set<string>();
  for (let round = 1; report.deaths < points && report.problems.length === 0; round += 1) {
    const pass = Math.floor((round - 1) / rounds);
    const first = 1 + pass + Math.floor(((round - 1) % rounds) * Math.max(1, report.points / rounds));
    const later = Array.from({ length: deathsPerRound - 1 }, () => 1 + Math.floor(random() ** 2 * report.points));
    for (const death of await playRound(options, round, [first, ...later], report)) seen.add(death);
    report.distinct = seen.size;
    onRound?.(report);
  }
  return report;
}

/** The deaths that happened: an early end of the work comes before some of them. */
async function playRound(
  options: RoundsOptions,
  round: number,
  killAt: readonly number[],
  report: KillReport,
): Promise<readonly string[]> {
  const { program, places, root, seed, runs = RUNS, leaseMs, isUnruly = false } = options;
  const folder = join(root, `round-${round}`);
  await mkdir(folder, { recursive: true });
  const storage = await places.place(round, folder);
  const log = join(folder, "log");
  const histories = join(folder, "histories.json");
  const startedAt = Date.now();
  for (const [index, at] of [...killAt, 0].entries()) {
    const life: Life = {
      name: `life-${index}`,
      storage,
      log,
      histories,
      seed: seed + round,
      runs,
      startedAt,
      leaseMs,
      isUnruly,
      killAt: at,
      ...(places.server === undefined || at === 0 ? {} : { victim: { pid: places.server.pid, whom: places.server.whom } }),
    };
    const ended = await live(program, life, places);
    if (ended === "done") break;
  }
  const lines = (await readFile(log, "utf8")).split("\n").slice(0, -1);
  const deaths = lines.filter((line) => line.startsWith("killed "));
  count(report, lines, deaths, round);
  const isExclusive = storage.type === "filesystem";
  if (isUnruly) judgeCalls(report, lines, isExclusive, `seed ${seed}, round ${round}`);
  await conclude(report, lines, histories, isUnruly, `seed ${seed}, round ${round}, killed at ${killAt.join(", ")}`);
  await places.remove(round);
  if (report.problems.length === 0) await rm(folder, { recursive: true });
  return deaths.map((line, index) => `${index} ${line}`);
}

async function live(program: string, life: Life, { server }: MortalPlace): Promise<"done" | "dead"> {
  const child = startProcess(program, [], { LIFE: JSON.stringify(life) });
  const [code] = await Promise.all([child.ended(), life.victim === undefined ? undefined : startAgain(child, server)]);
  return code === 0 ? "done" : "dead";
}

/** Its server is started again by us, while it waits; whoever comes next finds it running. */
async function startAgain(child: TestProcess, server: MortalPlace["server"]): Promise<void> {
  const isDown = await child
    .said((line) => line === "server down")
    .then(
      () => true,
      () => false,
    );
  if (isDown) await server?.start();
}

function count(report: KillReport, lines: readonly string[], deaths: readonly string[], round: number): void {
  report.rounds += 1;
  report.deaths += deaths.length;
  for (const line of deaths) {
    const what = line.split(" ").slice(2).join(" ");
    report.kinds.set(what, (report.kinds.get(what) ?? 0) + 1);
  }
  for (const line of lines) {
    if (line.startsWith("opened ")) report.slowestOpenMs = Math.max(report.slowestOpenMs, Number(line.split(" ")[1]));
    if (line.startsWith("done ") && round === 0) report.points = Number(line.split(" ")[1]);
  }
}

function judgeCalls(report: KillReport, lines: readonly string[], isExclusive: boolean, where: string): void {
  const { calls, problems } = judgeHistory(lines, { isExclusive });
  report.calls += calls;
  report.problems.push(...problems.map((problem) => `${where}: ${problem}`));
}

async function conclude(
  report: KillReport,
  lines: readonly string[],
  histories: string,
  isUnruly: boolean,
  where: string,
): Promise<void> {
  // On a busy machine a short lease can run out under a living process.
  const problems = lines.filter((line) => line.startsWith("failed ") && line !== "failed LEASE_LOST");
  const text = await readFile(histories, "utf8").catch(() => undefined);
  if (text === undefined) problems.push("nobody finished");
  else {
    const verdict = judge(lines, JSON.parse(text) as readonly (readonly RunEvent[])[], isUnruly);
    problems.push(...verdict.problems);
    report.acknowledged += verdict.acknowledged;
    report.effects += verdict.effects;
    report.repeated += verdict.repeated;
  }
  report.problems.push(...problems.map((problem) => `${where}: ${problem}`));
}
