/**
 * Writes down every call to a store when it is made and when it is answered, and reads what was written down as a history for each run. One
 * process at a time writes, so the order of the lines is the order in which things happened.
 *
 *     call <number> <type> <run> <expected> <count> <token> [release]        answer <number> <what> <version or token> [<run>]
 */

import { ProvisioningError } from "@provisioning/model";
import { type LeaseScope, type Storage, StaleTokenError, VersionConflictError } from "@provisioning/storage";
import { findAnomaly, type LinearOptions, type StoreCall, type TimedCall } from "./linear.js";

const NOBODY = "-";
/** Different in each process. */
let made = 0;

export function recorded(storage: Storage, say: (line: string) => void): Storage {
  const around = async <Result>(
    asked: string,
    act: () => Promise<Result>,
    heard: (result: Result) => string,
  ): Promise<Result> => {
    made += 1;
    const number = `${process.pid}.${made}`;
    say(`call ${number} ${asked}`);
    try {
      const result = await act();
      say(`answer ${number} ${heard(result)}`);
      return result;
    } catch (error) {
      say(`answer ${number} ${refusal(error)}`);
      throw error;
    }
  };
  const { runs, queue, leases } = storage;
  return {
    ...storage,
    runs: {
      ...runs,
      submit: (definition) =>
        around(
          `submit ${definition.id}`,
          () => runs.submit(definition),
          (version) => `version ${version}`,
        ),
      append: (run, expected, events, token, then) =>
        around(
          `append ${run} ${expected} ${events.length} ${token ?? NOBODY} ${then ?? ""}`,
          () => runs.append(run, expected, events, token, then),
          (version) => `version ${version}`,
        ),
      load: (run) =>
        around(
          `load ${run}`,
          () => runs.load(run),
          ({ version }) => `version ${version}`,
        ),
    },
    queue: {
      ...queue,
      claim: (holder, ttlMs) =>
        around(
          `claim ${NOBODY}`,
          () => queue.claim(holder, ttlMs),
          (claimed) => (claimed === undefined ? "nothing" : `token ${claimed.lease.token} ${claimed.runId}`),
        ),
    },
    leases: {
      ...leases,
      acquire: (scope, holder, ttlMs) =>
        around(
          `acquire ${runIn(scope)}`,
          () => leases.acquire(scope, holder, ttlMs),
          ({ token }) => `token ${token}`,
        ),
      heartbeat: (lease) =>
        around(
          `heartbeat ${runIn(lease.scope)} ${lease.token}`,
          () => leases.heartbeat(lease),
          () => "done",
        ),
      release: (lease) =>
        around(
          `release ${runIn(lease.scope)} ${lease.token}`,
          () => leases.release(lease),
          () => "done",
        ),
    },
  };
}

function runIn(scope: LeaseScope): string {
  return scope.startsWith("run/") ? scope.slice("run/".length) : NOBODY;
}

function refusal(error: unknown): string {
  if (error instanceof VersionConflictError) return `conflict ${error.actual}`;
  if (error instanceof StaleTokenError) return `stale ${error.newest}`;
  const code = error instanceof ProvisioningError ? error.code : "UNKNOWN";
  return code === "LEASE_HELD" ? "held" : code === "RUN_NOT_FOUND" ? "version 0" : `unknown ${code}`;
}

interface Open {
  readonly words: readonly string[];
  readonly begun: number;
}

export interface HistoryReport {
  readonly calls: number;
  readonly problems: readonly string[];
}

/** Judges what was written down by all processes of a round, one after the other. */
export function judgeHistory(lines: readonly string[], options: LinearOptions): HistoryReport {
  const histories = new Map<string, TimedCall[]>();
  const note = (run: string, timed: TimedCall) => {
    if (run === NOBODY) return;
    histories.set(run, [...(histories.get(run) ?? []), timed]);
  };
  const open = new Map<string, Open>();
  const crashes: number[] = [];
  let calls = 0;
  lines.forEach((line, moment) => {
    const [kind, number = "", ...words] = line.split(" ");
    if (kind === "killed") crashes.push(moment);
    if (kind === "call") open.set(number, { words, begun: moment });
    const asked = kind === "answer" ? open.get(number) : undefined;
    if (asked === undefined) return;
    open.delete(number);
    calls += 1;
    const [run, call] = callOf(asked.words, words);
    if (call !== undefined) note(run, { call, begun: asked.begun, ended: words[0] === "unknown" ? NEVER : moment });
  });
  for (const { words, begun } of open.values()) {
    const [run, call] = callOf(words, ["unknown"]);
    if (call !== undefined) note(run, { call, begun, ended: NEVER });
  }
  const problems: string[] = [];
  for (const [run, history] of histories) {
    const all = [...history, ...crashes.map((moment) => ({ call: { type: "crash" as const }, begun: moment, ended: moment }))];
    const anomaly = findAnomaly(all, options);
    if (anomaly.length > 0) problems.push(`run ${run} has no order: ${JSON.stringify(anomaly).slice(0, 600)}`);
  }
  return { calls, problems };
}

const NEVER = Number.POSITIVE_INFINITY;

/** The run and the call; no call for what says nothing of a run. */
function callOf(
  [type = "", run = NOBODY, first, second, third, then]: readonly string[],
  [what = "", value, claimed]: readonly string[],
): readonly [string, StoreCall | undefined] {
  const isKnown = what !== "unknown";
  const number = Number(value);
  const version = isKnown ? { answer: { version: number } } : {};
  switch (type) {
    case "submit":
    case "load":
      return [run, { type, ...version }];
    case "append": {
      const refused =
        what === "conflict" ? { answer: { conflict: number } } : what === "stale" ? { answer: { stale: number } } : version;
      const token = third === NOBODY ? {} : { token: Number(third) };
      const release = then === "release" ? { releases: true } : {};
      return [run, { type, expected: Number(first), count: Number(second), ...token, ...release, ...refused }];
    }
    case "claim":
      return [claimed ?? NOBODY, what === "token" ? { type, answer: { token: number } } : undefined];
    case "acquire": {
      const answer = what === "held" ? ({ held: true } as const) : { token: number };
      return [run, what === "version" ? undefined : { type, ...(isKnown ? { answer } : {}) }];
    }
    case "heartbeat":
    case "release":
      return [run, { type, token: Number(first), ...(isKnown ? { answer: { stale: what === "stale" } } : {}) }];
    default:
      return [NOBODY, undefined];
  }
}
