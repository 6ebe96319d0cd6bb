/**
 * A storage that can be exchanged for another one while it is used. Whoever holds it never notices: calls that come while the exchange
 * happens wait for it, calls that were under way are let finish first, watchers are carried over.
 */

import type { RunId } from "@provisioning/model";
import { MigrationRunningError } from "./errors.js";
import { Pace } from "./pace.js";
import type { Storage } from "../ports/storage.js";
import type { TransferableStorage } from "../ports/transfer.js";

export interface SwitchableStorage extends Storage {
  /** What is used now. */
  readonly current: TransferableStorage;
  /**
   * Lets calls finish, holds back new ones, calls `prepare`, and goes on with `next`. When `prepare` fails it goes on with what was used
   * before. The storage that is no longer used is left open.
   */
  switchTo(next: TransferableStorage, prepare: () => Promise<void>): Promise<void>;
  /** From now on. @throws MigrationRunningError when somebody tracks them already */
  trackWrites(): WriteTracker;
}

/** Which runs are written to. Writes that fail count, too. */
export interface WriteTracker {
  /** Runs that `take` would give. */
  readonly size: number;
  /** Since it began: writes, and runs that came to be given by `take`. */
  readonly writes: number;
  readonly changed: number;
  /** Since it was asked the last time. */
  take(): readonly RunId[];
  /** Of runs and resources there are at most so many writes in a second from now on; the others wait for their turn. */
  limit(perSecond: number): void;
  /** Ends the limit, too. */
  stop(): void;
}

interface Watcher {
  watch: (storage: Storage) => () => void;
  stop: () => void;
}

const NOTHING = () => {};
const NOBODY = () => NOTHING;

export function createSwitchableStorage(first: TransferableStorage): SwitchableStorage {
  let current = first;
  /** Resolves when the exchange is over; absent while there is none. */
  let exchange: Promise<void> | undefined;
  let underWay = 0;
  let onQuiet: (() => void) | undefined;
  const watchers = new Set<Watcher>();
  const touched = new Set<RunId>();
  let writes = 0;
  let changed = 0;
  let isTracking = false;
  const pace = new Pace();

  /** Every call comes through here, so it adds as little as it can: one promise, and no wait while nothing is exchanged. */
  const through = async <T>(call: (storage: Storage) => Promise<T>, over = NOTHING): Promise<T> => {
    while (exchange !== undefined) await exchange;
    underWay += 1;
    try {
      return await call(current);
    } finally {
      over();
      underWay -= 1;
      if (underWay === 0) onQuiet?.();
    }
  };
  const note = (ids: readonly RunId[]) => {
    if (!isTracking) return;
    for (const id of ids) {
      if (!touched.has(id)) changed += 1;
      touched.add(id);
    }
  };
  /** Noted before and after, so that whoever copies in between copies again. */
  const write = <T>(ids: readonly RunId[], call: (storage: Storage) => Promise<T>): Promise<T> => {
    const begin = () => {
      writes += 1;
      return through(
        (storage) => {
          note(ids);
          return call(storage);
        },
        () => note(ids),
      );
    };
    return pace.isLimited ? pace.turn().then(begin) : begin();
  };
  const quiet = () => new Promise<void>((resolve) => (underWay === 0 ? resolve() : (onQuiet = resolve)));

  const watch = (begin: Watcher["watch"]) => {
    const watcher: Watcher = { watch: begin, stop: begin(current) };
    watchers.add(watcher);
    return () => {
      watcher.stop();
      watchers.delete(watcher);
      // Tables that a set has outgrown refer to the one that follows: what was in them lives on until the next full collection.
      watcher.watch = NOBODY;
      watcher.stop = NOTHING;
    };
  };
  return {
    get current() {
      return current;
    },
    async switchTo(next, prepare) {
      let release = () => {};
      while (exchange !== undefined) await exchange;
      exchange = new Promise((resolve) => (release = resolve));
      try {
        await quiet();
        onQuiet = undefined;
        await prepare();
        for (const watcher of watchers) watcher.stop();
        current = next;
        for (const watcher of watchers) watcher.stop = watcher.watch(current);
      } finally {
        exchange = undefined;
        release();
      }
    },
    trackWrites() {
      if (isTracking) throw new MigrationRunningError();
      touched.clear();
      isTracking = true;
      return {
        get size() {
          return touched.size;
        },
        get writes() {
          return writes;
        },
        get changed() {
          return changed;
        },
        take() {
          const ids = [...touched];
          touched.clear();
          return ids;
        },
        limit: (perSecond) => pace.limit(perSecond),
        stop() {
          isTracking = false;
          touched.clear();
          pace.limit(undefined);
        },
      };
    },
    runs: {
      submit: (definition) => write([definition.id], ({ runs }) => runs.submit(definition)),
      append: (runId, expected, events, token, then) =>
        write([runId], ({ runs }) => runs.append(runId, expected, events, token, then)),
      load: (runId) => through(({ runs }) => runs.load(runId)),
      forget: (runIds) => write(runIds, ({ runs }) => runs.forget(runIds)),
      list: (query) => through(({ runs }) => runs.list(query)),
      watch: (listener, runId, types) => watch(({ runs }) => runs.watch(listener, runId, types)),
    },
    queue: {
      claim: (holder, ttlMs) => through(({ queue }) => queue.claim(holder, ttlMs)),
      watch: (onWaiting) => watch(({ queue }) => queue.watch(onWaiting)),
      dueInMs: () => through(({ queue }) => queue.dueInMs()),
    },
    leases: {
      acquire: (scope, holder, ttlMs) => through(({ leases }) => leases.acquire(scope, holder, ttlMs)),
      heartbeat: (lease) => through(({ leases }) => leases.heartbeat(lease)),
      release: (lease) => through(({ leases }) => leases.release(lease)),
      current: (scope) => through(({ leases }) => leases.current(scope)),
      forgetFree: (prefix) => through(({ leases }) => leases.forgetFree(prefix)),
      isExclusive: () => current.leases.isExclusive(),
    },
    resources: {
      get: (infra, address) => through(({ resources }) => resources.get(infra, address)),
      list: (infra) => through(({ resources }) => resources.list(infra)),
      listInfras: () => through(({ resources }) => resources.listInfras()),
      put: (record, expected) => write([], ({ resources }) => resources.put(record, expected)),
      remove: (infra, address, expected) => write([], ({ resources }) => resources.remove(infra, address, expected)),
      write: (writes) => write([], ({ resources }) => resources.write(writes)),
    },
    info: () => through((storage) => storage.info()),
    close: () => through((storage) => storage.close()),
  };
}
