/**
 * The way of one process to the shared store: calls take time, overtake one another, get lost on the way there or on the way back, and
 * hints of changes may not come. What arrives is carried out by the store at once, whether or not the caller still lives.
 */

import type { Storage } from "@provisioning/storage";
import { StoreFailedError } from "@provisioning/storage";
import type { SimulatedProcess } from "./simulated-process.js";
import type { Weather } from "./weather.js";
import type { World } from "./world.js";

export interface StoreLinkOptions {
  readonly world: World;
  readonly process: SimulatedProcess;
  readonly weather: () => Weather;
  readonly storage: Storage;
}

const SLOWEST_MS = 45_000;
const GIVEN_UP_MS = 10_000;

export function linkStore({ world, process, weather, storage }: StoreLinkOptions): Storage {
  const { random } = world;
  const failure = () => new StoreFailedError("the simulated store", { cause: new Error("the connection broke") });

  const call = <T>(name: string, act: () => Promise<T>): Promise<T> => {
    const { unsent, lostReply, slow } = weather();
    const isSlow = random.chance(slow);
    if (isSlow) process.disturb();
    const requestMs = isSlow ? random.int(0, SLOWEST_MS) : random.int(0, 4);
    const replyMs = isSlow ? random.int(0, SLOWEST_MS) : random.int(0, 4);
    if (random.chance(unsent)) {
      process.disturb();
      world.note(process.name, `${name} gets lost`);
      return process.call({ requestMs: 0, replyMs: random.int(0, GIVEN_UP_MS), arrive: () => Promise.reject(failure()) });
    }
    const isUnheard = random.chance(lostReply);
    if (isUnheard) {
      process.disturb();
      world.note(process.name, `the answer to ${name} gets lost`);
      return process.call({ requestMs, replyMs: random.int(0, GIVEN_UP_MS), arrive: act, instead: failure() });
    }
    return process.call({ requestMs, replyMs, arrive: act });
  };
  /** Hints come late and in order, or not at all. */
  const hinted = <What extends readonly unknown[]>(
    listener: (...what: What) => void,
    watch: (hear: (...what: What) => void) => () => void,
  ): (() => void) => {
    let lastAt = 0;
    let isOver = false;
    const stop = watch((...what) => {
      if (process.status === "dead" || random.chance(weather().hintLost)) return;
      lastAt = Math.max(lastAt, world.now + random.int(0, 20));
      process.deliver(lastAt - world.now, () => {
        if (!isOver) listener(...what);
      });
    });
    return () => {
      isOver = true;
      stop();
    };
  };
  const { runs, queue, leases } = storage;
  return {
    ...storage,
    runs: {
      submit: (definition) => call("submit", () => runs.submit(definition)),
      append: (runId, expected, events, token, then) => call("append", () => runs.append(runId, expected, events, token, then)),
      load: (runId) => call("load", () => runs.load(runId)),
      forget: (runIds) => call("forget", () => runs.forget(runIds)),
      list: (query) => call("list", () => runs.list(query)),
      watch: (listener, runId) => hinted(listener, (hear) => runs.watch(hear, runId)),
    },
    queue: {
      claim: (holder, ttlMs) => call("claim", () => queue.claim(holder, ttlMs)),
      watch: (onWaiting) => hinted(onWaiting, (hear) => queue.watch(hear)),
      dueInMs: () => call("dueInMs", () => queue.dueInMs()),
    },
    leases: {
      acquire: (scope, holder, ttlMs) => call("acquire", () => leases.acquire(scope, holder, ttlMs)),
      heartbeat: (lease) => call("heartbeat", () => leases.heartbeat(lease)),
      release: (lease) => call("release", () => leases.release(lease)),
      current: (scope) => call("current", () => leases.current(scope)),
      forgetFree: (prefix) => call("forgetFree", () => leases.forgetFree(prefix)),
      isExclusive: () => leases.isExclusive(),
    },
    close: () => Promise.resolve(),
  };
}
