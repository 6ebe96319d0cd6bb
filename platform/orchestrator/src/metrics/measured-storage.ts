/** A storage that tells how long its calls take, which events this process stored and which leases it holds. It changes nothing. */

import { ProvisioningError, type RunDefinition, type RunEvent, type RunId } from "@provisioning/model";
import {
  type Lease,
  type LeaseScope,
  LeaseHeldError,
  RunExistsError,
  RunNotFoundError,
  runScope,
  StaleTokenError,
  type SwitchableStorage,
  VersionConflictError,
} from "@provisioning/storage";

/** The calls that are measured: those that work and requests wait for. */
export type StoreOperation =
  | "submit"
  | "append"
  | "load"
  | "list"
  | "claim"
  | "acquire"
  | "heartbeat"
  | "release"
  | "readResources"
  | "writeResources";

export type LeaseKind = "run" | "infra";

export interface StorageObserver {
  called(operation: StoreOperation, seconds: number): void;
  failed(operation: StoreOperation, code: string): void;
  /** Events that this process stored. */
  stored(runId: RunId, events: readonly RunEvent[]): void;
  /** A run that this process claimed or read, as it was submitted. */
  read(runId: RunId, definition: RunDefinition): void;
  leaseTaken(kind: LeaseKind, scope: string): void;
  leaseGiven(kind: LeaseKind, scope: string): void;
  leaseLost(kind: LeaseKind, scope: string): void;
}

/** Tells several. */
export function tellAll(main: StorageObserver, ...others: readonly Pick<StorageObserver, "stored" | "read">[]): StorageObserver {
  return {
    ...main,
    stored(runId, events) {
      main.stored(runId, events);
      for (const other of others) other.stored(runId, events);
    },
    read(runId, definition) {
      main.read(runId, definition);
      for (const other of others) other.read(runId, definition);
    },
  };
}

/** @param now milliseconds of a clock that never goes back */
export function measuredStorage(storage: SwitchableStorage, observer: StorageObserver, now: () => number): SwitchableStorage {
  const { runs, queue, leases, resources } = storage;
  /** `held`: the scope of the lease that it is done under. Whoever finds a newer token has lost what it held. */
  const timed = async <T>(operation: StoreOperation, call: () => Promise<T>, held?: LeaseScope): Promise<T> => {
    const began = now();
    try {
      return await call();
    } catch (error) {
      const kind = held === undefined ? undefined : kindOf(held);
      if (held !== undefined && kind !== undefined && error instanceof StaleTokenError) observer.leaseLost(kind, held);
      if (!isPartOfWork(error)) observer.failed(operation, codeOf(error));
      throw error;
    } finally {
      observer.called(operation, (now() - began) / 1000);
    }
  };
  const taken = <T extends Lease | undefined>(lease: T): T => {
    const kind = lease === undefined ? undefined : kindOf(lease.scope);
    if (lease !== undefined && kind !== undefined) observer.leaseTaken(kind, lease.scope);
    return lease;
  };
  return {
    get current() {
      return storage.current;
    },
    switchTo: (next, prepare) => storage.switchTo(next, prepare),
    trackWrites: () => storage.trackWrites(),
    info: () => storage.info(),
    close: () => storage.close(),
    runs: {
      ...runs,
      async submit(definition) {
        const version = await timed("submit", () => runs.submit(definition));
        // A definition that was there already has been counted by whoever stored it.
        if (version === 1) observer.stored(definition.id, [{ type: "runSubmitted", at: definition.createdAt, definition }]);
        return version;
      },
      async append(runId, expected, events, token, then) {
        const version = await timed(
          "append",
          () => runs.append(runId, expected, events, token, then),
          token === undefined ? undefined : runScope(runId),
        );
        if (token !== undefined && then === "release") observer.leaseGiven("run", runScope(runId));
        if (events.length > 0) observer.stored(runId, events);
        return version;
      },
      async load(runId) {
        const stored = await timed("load", () => runs.load(runId));
        describe(observer, runId, stored.events[0]);
        return stored;
      },
      list: (query) => timed("list", () => runs.list(query)),
    },
    queue: {
      ...queue,
      async claim(holder, ttlMs) {
        const claimed = await timed("claim", () => queue.claim(holder, ttlMs));
        taken(claimed?.lease);
        if (claimed !== undefined) describe(observer, claimed.runId, claimed.stored?.events[0]);
        return claimed;
      },
    },
    leases: {
      ...leases,
      acquire: async (scope, holder, ttlMs) => taken(await timed("acquire", () => leases.acquire(scope, holder, ttlMs))),
      heartbeat: (lease) => timed("heartbeat", () => leases.heartbeat(lease), lease.scope),
      async release(lease) {
        await timed("release", () => leases.release(lease), lease.scope);
        const kind = kindOf(lease.scope);
        if (kind !== undefined) observer.leaseGiven(kind, lease.scope);
      },
    },
    resources: {
      ...resources,
      get: (infra, address) => timed("readResources", () => resources.get(infra, address)),
      list: (infra) => timed("readResources", () => resources.list(infra)),
      put: (record, expected) => timed("writeResources", () => resources.put(record, expected)),
      remove: (infra, address, expected) => timed("writeResources", () => resources.remove(infra, address, expected)),
      write: (writes) => timed("writeResources", () => resources.write(writes)),
    },
  };
}

function describe(observer: StorageObserver, runId: RunId, first: RunEvent | undefined): void {
  if (first?.type === "runSubmitted") observer.read(runId, first.definition);
}

function kindOf(scope: string): LeaseKind | undefined {
  const [kind] = scope.split("/", 1);
  return kind === "run" || kind === "infra" ? kind : undefined;
}

const PART_OF_WORK = [LeaseHeldError, RunExistsError, RunNotFoundError, StaleTokenError, VersionConflictError];

function isPartOfWork(error: unknown): boolean {
  return PART_OF_WORK.some((kind) => error instanceof kind);
}

function codeOf(error: unknown): string {
  return error instanceof ProvisioningError ? error.code : "UNKNOWN";
}
