/**
 * Rounds in which a process that holds a run is stopped (`SIGSTOP`) past its lease while it writes, another one takes the run, and the first
 * one wakes up (`SIGCONT`) and goes on with what it was doing.
 */

import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { readFile, utimes, writeFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import type { RunId } from "@provisioning/model";
import { openStorage, type StorageOptions } from "../open.js";
import type { FencingAnswer, FencingOrder } from "./fencing-program.js";
import { seededRandom } from "./random.js";
import { sampleRun } from "./samples.js";

export interface FencingOptions {
  /** `fencing-program.ts`, built. */
  readonly program: string;
  readonly storage: StorageOptions;
  readonly seed: number;
  readonly rounds: number;
  readonly ttlMs: number;
}

export interface FencingReport {
  rounds: number;
  /** Writes of holders that were acknowledged before they were stopped. */
  acknowledged: number;
  /** From being stopped until somebody else had it. */
  slowestTakeOverMs: number;
  readonly problems: string[];
}

const STOP_WITHIN_MS = 25;
/** A file system's holder in another container counts as gone after a minute of silence. */
const SILENT_SINCE_MS = 61_000;

export async function fenceAgainAndAgain(options: FencingOptions): Promise<FencingReport> {
  const { program, storage, seed, rounds } = options;
  const random = seededRandom(seed);
  const report: FencingReport = { rounds: 0, acknowledged: 0, slowestTakeOverMs: 0, problems: [] };
  const peers = ["first", "second"].map((name) => new Peer(program, name, storage));
  try {
    await Promise.all(peers.map((peer) => peer.said("ready")));
    for (let round = 0; round < rounds && report.problems.length === 0; round += 1) {
      const [holder, taker] = round % 2 === 0 ? peers : peers.toReversed();
      await playRound(options, holder as Peer, taker as Peer, random, report);
      report.rounds += 1;
    }
  } finally {
    for (const peer of peers) peer.signal("SIGKILL");
  }
  return report;
}

async function playRound(
  { storage, ttlMs }: FencingOptions,
  holder: Peer,
  taker: Peer,
  random: () => number,
  report: FencingReport,
): Promise<void> {
  const run = await submit(storage);
  const order = (what: FencingOrder["do"]): FencingOrder => ({ do: what, run, ttlMs });
  holder.tell(order("hold"));
  await holder.said("holding");
  await sleep(random() * STOP_WITHIN_MS);
  holder.signal("SIGSTOP");
  const stoppedAt = Date.now();
  if (storage.type === "filesystem") await makeForeign(storage.dataDir);
  taker.tell(order("take"));
  const taken = await taker.said("taken");
  holder.signal("SIGCONT");
  const refused = await holder.said("refused");
  for (const peer of [holder, taker]) {
    peer.tell(order("leave"));
    await peer.said("left");
  }
  report.acknowledged += refused.version - 1;
  report.slowestTakeOverMs = Math.max(report.slowestTakeOverMs, taken.at - stoppedAt);
  report.problems.push(...(await judge(storage, run, taken, refused)).map((problem) => `round ${report.rounds}: ${problem}`));
}

async function submit(options: StorageOptions): Promise<RunId> {
  const storage = await openStorage(options);
  const definition = sampleRun();
  await storage.runs.submit(definition);
  await storage.close();
  return definition.id;
}

/** As if the holder were in another container and had been silent for long: on one machine it could be seen to be alive. */
async function makeForeign(dataDir: string): Promise<void> {
  const path = `${dataDir}/writer.lock`;
  const holder = JSON.parse(await readFile(path, "utf8")) as object;
  await writeFile(path, JSON.stringify({ ...holder, pidNamespace: "pid:[1]" }));
  const then = new Date(Date.now() - SILENT_SINCE_MS);
  await utimes(path, then, then);
}

type Taken = Extract<FencingAnswer, { type: "taken" }>;
type Refused = Extract<FencingAnswer, { type: "refused" }>;

async function judge(options: StorageOptions, run: RunId, taken: Taken, refused: Refused): Promise<readonly string[]> {
  const problems: string[] = [];
  for (const kind of ["append", "heartbeat", "release"] as const) {
    if (!REFUSALS.has(refused[kind])) problems.push(`${kind} of who had lost it: ${refused[kind] || "accepted"}`);
  }
  if (taken.version <= refused.version) problems.push(`both were told of version ${taken.version}`);
  const storage = await openStorage({ ...options, mode: "read" } as StorageOptions);
  const { events } = await storage.runs.load(run);
  await storage.close();
  const tokens = events.flatMap((event) => (event.type === "runClaimed" ? [event.token] : []));
  if (tokens.length < refused.version - 1) problems.push(`${refused.version} were acknowledged and ${events.length} are there`);
  if (tokens.at(-1) !== taken.token || tokens.slice(0, -1).some((token) => token !== refused.token)) {
    problems.push(`the writes are of ${[...new Set(tokens)].join()}, taken over under ${taken.token}`);
  }
  return problems;
}

/** A store that another process took is refused as a whole. */
const REFUSALS: ReadonlySet<string> = new Set(["TOKEN_STALE", "STORE_BUSY", "STORE_FAILED"]);

/** A process that is told what to do and says when it was done. */
class Peer {
  readonly #child: ChildProcess;
  readonly #ended: Promise<never>;

  constructor(program: string, name: string, storage: StorageOptions) {
    this.#child = fork(program, [name], { env: { ...process.env, STORAGE: JSON.stringify(storage) } });
    this.#ended = once(this.#child, "exit").then(() => {
      throw new Error(`${name} ended by itself`);
    });
    this.#ended.catch(() => {});
  }

  tell(order: FencingOrder): void {
    this.#child.send(order);
  }

  /** The next thing that it says. @throws when it says something else */
  async said<Type extends FencingAnswer["type"]>(type: Type): Promise<Extract<FencingAnswer, { type: Type }>> {
    const message = new Promise<FencingAnswer>((resolve) =>
      this.#child.once("message", (said) => resolve(said as FencingAnswer)),
    );
    const said = await Promise.race([message, this.#ended]);
    if (said.type !== type) throw new Error(`it said ${said.type} instead of ${type}`);
    return said as Extract<FencingAnswer, { type: Type }>;
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }
}
