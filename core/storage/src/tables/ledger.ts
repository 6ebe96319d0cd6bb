/**
 * The ports over tables and something that makes records durable. A backend brings the latter; deciding whether a write fits
 * is done here, once, without waiting in between, so that concurrent callers cannot slip into the middle of a decision.
 */

import {
  canonicalJson,
  type Clock,
  type FencingToken,
  type Instant,
  type Json,
  type RunDefinition,
  type RunEvent,
  type RunId,
  type RunStatus,
} from "@provisioning/model";
import { RunExistsError, VersionConflictError } from "../errors.js";
import type { Lease, LeaseScope, LeaseStore } from "../ports/lease-store.js";
import type { ResourceStore, ResourceWrite } from "../ports/resource-store.js";
import { type RunQueue, WAITING_EVENTS } from "../ports/run-queue.js";
import { ENDED_STATUSES, runOfScope, type RunStore, runScope, type Version } from "../ports/run-store.js";
import type { StoreRecord } from "./records.js";
import type { RunEntry } from "./run-table.js";
import type { Tables } from "./tables.js";
import type { Waiting } from "./waiting.js";
import { createWatchers } from "./watchers.js";

export interface Ledger {
  /** Current tables, including what is not durable yet. @throws StoreClosedError */
  tables(): Tables;
  /**
   * Applies the record, or throws at once; resolves when it is durable. Nobody has to wait for it: when it fails the store is broken, and whoever writes
   * next is told. @throws StoreClosedError, StoreReadOnlyError, StoreFailedError
   */
  commit(record: StoreRecord): Promise<void>;
  /** Brings the tables up to date where others write; nothing to do where we are the only writer. */
  refresh(): Promise<void>;
  /** Resolves when everything committed so far is durable. */
  settled(): Promise<void>;
  readEvents(entry: RunEntry): Promise<readonly RunEvent[]>;
}

/** Reads see only durable data: they look, then wait until what they saw is durable. */
async function read<T>(ledger: Ledger, look: (tables: Tables) => T): Promise<T> {
  await ledger.refresh();
  const seen = look(ledger.tables());
  await ledger.settled();
  return seen;
}

/** A refusal tells of what is there, too: nobody may hear of what a crash could still take away. */
async function refused(ledger: Ledger, error: unknown): Promise<never> {
  await ledger.settled();
  throw error;
}

/** What it throws at once is a rejection, too. */
function promised<T>(act: () => Promise<T>): Promise<T> {
  try {
    return act();
  } catch (error) {
    return Promise.reject(error as Error);
  }
}

/** `waiting` is told before it is durable: whoever takes the run then writes behind it. */
export function createRunStore(ledger: Ledger, waiting: Waiting): RunStore {
  const watchers = createWatchers();

  /** How many writes of a run are not durable yet: reading another run need not wait for them. */
  const writing = new Map<RunId, number>();

  const written = (run: RunId) => {
    const left = (writing.get(run) ?? 1) - 1;
    if (left === 0) writing.delete(run);
    else writing.set(run, left);
  };
  /** Every event of every run comes through here: no promise more than is needed. */
  const write = (run: RunId, version: Version, events: readonly RunEvent[], givenBack?: FencingToken): Promise<Version> => {
    const durable = ledger.commit({ type: "runEvents", run, version, events });
    if (givenBack !== undefined) giveBack(ledger, runScope(run), givenBack);
    writing.set(run, (writing.get(run) ?? 0) + 1);
    if (events.some(({ type }) => WAITING_EVENTS.has(type))) waiting.tell();
    return durable.then(
      () => {
        written(run);
        watchers.tell({ runId: run, version, events });
        return version;
      },
      (error: unknown) => {
        written(run);
        throw error;
      },
    );
  };
  const submittedBefore = async (known: RunEntry, definition: RunDefinition): Promise<Version> => {
    const [first] = await ledger.readEvents(known);
    await ledger.settled();
    if (first?.type !== "runSubmitted" || !isSame(first.definition, definition)) throw new RunExistsError(definition.id);
    return known.summary.version;
  };
  return {
    submit: (definition) =>
      promised(() => {
        const known = ledger.tables().runs.find(definition.id);
        if (known !== undefined) return submittedBefore(known, definition);
        return write(definition.id, 1, [{ type: "runSubmitted", at: definition.createdAt, definition }]);
      }),
    append: (runId, expected, events, token, then) =>
      promised(() => {
        const tables = ledger.tables();
        const actual = tables.runs.get(runId).summary.version;
        if (token !== undefined) tables.leases.assertCurrent(runScope(runId), token);
        if (actual !== expected) return refused(ledger, new VersionConflictError(`Run ${runId}`, expected, actual));
        if (events.length === 0) return Promise.resolve(actual);
        const givenBack = then === "release" ? token : undefined;
        return write(runId, actual + events.length, events, givenBack);
      }),
    async load(runId) {
      await ledger.refresh();
      const isBeingWritten = writing.has(runId);
      const events = await ledger.readEvents(ledger.tables().runs.get(runId));
      if (isBeingWritten) await ledger.settled();
      return { version: events.length, events };
    },
    async forget(runIds) {
      const { runs, leases } = ledger.tables();
      const isOver = (id: RunId) => ENDED.has(runs.find(id)?.summary.status) && !leases.held.has(runScope(id));
      const gone = [...new Set(runIds)].filter(isOver);
      if (gone.length > 0) await ledger.commit({ type: "runsForgotten", runs: gone });
      return gone;
    },
    list: (query = {}) => read(ledger, (tables) => tables.runs.page(query)),
    watch: watchers.watch,
  };
}

const ENDED: ReadonlySet<RunStatus | undefined> = new Set(ENDED_STATUSES);

function isSame(left: RunDefinition, right: RunDefinition): boolean {
  return canonicalJson(left as unknown as Json) === canonicalJson(right as unknown as Json);
}

export function createRunQueue(ledger: Ledger, clock: Clock, waiting: Waiting): RunQueue {
  return {
    async claim(holder, ttlMs) {
      const { queue, leases, runs } = ledger.tables();
      const since = clock.now();
      const heldUntil = (run: RunId) => leases.held.get(runScope(run))?.lease.expiresAt;
      const runId = queue.take(since, ttlMs, heldUntil);
      if (runId === undefined) return undefined;
      const { lease } = grant(ledger, { scope: runScope(runId), holder, since, ttlMs });
      const entry = runs.get(runId);
      const events = entry.archived === undefined ? entry.events.toArray() : await ledger.readEvents(entry);
      return { runId, lease, stored: { version: events.length, events } };
    },
    watch: waiting.watch,
    async dueInMs() {
      const now = clock.now();
      const at = ledger.tables().queue.nextDueAt(now);
      return at === undefined ? undefined : Math.max(0, at - now);
    },
  };
}

/** To be called without waiting after it was found free. */
function grant(
  ledger: Ledger,
  wanted: { readonly scope: LeaseScope; readonly holder: string; readonly since: Instant; readonly ttlMs: number },
): { readonly lease: Lease; readonly durable: Promise<void> } {
  const { scope, holder, since, ttlMs } = wanted;
  const token = ledger.tables().leases.newestToken + 1;
  const durable = ledger.commit({ type: "leaseGranted", ...wanted, token });
  return { lease: { scope, holder, token, since, expiresAt: since + ttlMs }, durable };
}

/** Free at once. */
function giveBack(ledger: Ledger, scope: LeaseScope, token: FencingToken): void {
  void ledger.commit({ type: "leaseReleased", scope, token });
}

export function createLeaseStore(ledger: Ledger, clock: Clock, isExclusive: boolean): LeaseStore {
  return {
    isExclusive: () => isExclusive,
    async acquire(scope, holder, ttlMs) {
      const { leases } = ledger.tables();
      const since = clock.now();
      leases.assertFree(scope, since);
      const { lease, durable } = grant(ledger, { scope, holder, since, ttlMs });
      // The right to work on a run need not be durable by itself: whatever is written under it stands behind it in the journal, and until then
      // nobody can tell whether it was ever granted.
      if (runOfScope(scope) === undefined) await durable;
      return lease;
    },
    async heartbeat(lease) {
      const { leases } = ledger.tables();
      leases.assertCurrent(lease.scope, lease.token);
      const now = clock.now();
      const ttlMs = leases.held.get(lease.scope)?.ttlMs ?? 0;
      await ledger.commit({ type: "leaseExtended", scope: lease.scope, token: lease.token, expiresAt: now + ttlMs });
      return { ...lease, expiresAt: now + ttlMs };
    },
    async release(lease) {
      const { leases } = ledger.tables();
      if (!leases.held.has(lease.scope)) return;
      leases.assertCurrent(lease.scope, lease.token);
      giveBack(ledger, lease.scope, lease.token);
    },
    async forgetFree(prefix) {
      const now = clock.now();
      for (const [scope, { lease }] of ledger.tables().leases.held) {
        if (scope.startsWith(prefix) && lease.expiresAt <= now) giveBack(ledger, scope, lease.token);
      }
    },
    current: (scope) =>
      read(ledger, (tables) => {
        const lease = tables.leases.held.get(scope)?.lease;
        return lease !== undefined && lease.expiresAt > clock.now() ? lease : undefined;
      }),
  };
}

export function createResourceStore(ledger: Ledger): ResourceStore {
  const write = async (writes: readonly ResourceWrite[]) => {
    const { resources } = ledger.tables();
    try {
      resources.assertExpected(writes);
    } catch (error) {
      await refused(ledger, error);
    }
    if (writes.length > 0) await ledger.commit({ type: "resourcesWritten", writes });
  };
  return {
    get: (infra, address) => read(ledger, (tables) => tables.resources.get(infra, address)),
    list: (infra) => read(ledger, (tables) => tables.resources.list(infra)),
    listInfras: () => read(ledger, (tables) => tables.resources.infras()),
    async put(record, expected) {
      await write([{ type: "put", record, expected }]);
      return expected + 1;
    },
    remove: (infra, address, expected) => write([{ type: "remove", infra, address, expected }]),
    write,
  };
}
