/** The queue of runs in memory: O(log n) for each change. What is noted here is only a hint; run and lease are looked at when it is taken. */

import { Heap, type Instant, type RunId, type RunStatus } from "@provisioning/model";
import { rankOf } from "../ports/run-queue.js";
import type { RunSummary } from "../ports/run-store.js";

/** Until when somebody holds the run; absent when nobody does. */
export type HeldUntil = (run: RunId) => Instant | undefined;

export interface QueueTable {
  /** The run may be waiting now. */
  note(run: RunSummary): void;
  /** The first that waits and that nobody holds at `now`; it counts as held for `ttlMs` from then on. */
  take(now: Instant, ttlMs: number, heldUntil: HeldUntil): RunId | undefined;
  nextDueAt(now: Instant): Instant | undefined;
}

const OPEN: ReadonlySet<RunStatus> = new Set<RunStatus>(["pending", "running", "rollingBack"]);

const isOpen = (status: RunStatus): boolean => OPEN.has(status);

interface Place {
  readonly rank: number;
  readonly id: RunId;
}

export function createQueueTable(find: (id: RunId) => RunSummary | undefined): QueueTable {
  const waiting = new Heap<Place>((left, right) => left.rank < right.rank || (left.rank === right.rank && left.id < right.id));
  const later = new Heap<{ readonly at: Instant; readonly id: RunId }>((left, right) => left.at < right.at);
  const isWaiting = new Set<RunId>();
  const isLater = new Set<RunId>();

  const enqueue = (run: RunSummary) => {
    if (isWaiting.has(run.id)) return;
    isWaiting.add(run.id);
    waiting.push({ rank: rankOf(run), id: run.id });
  };
  const postpone = (id: RunId, at: Instant) => {
    if (isLater.has(id)) return;
    isLater.add(id);
    later.push({ at, id });
  };
  /** The first that is due later; those before it that have ended since are let go of, so that what is kept is about as much as what is open. */
  const next = () => {
    for (let place = later.peek(); place !== undefined; place = later.peek()) {
      const run = find(place.id);
      if (run !== undefined && isOpen(run.status)) return { at: place.at, run };
      leave(place.id);
    }
    return undefined;
  };
  const leave = (id: RunId) => {
    later.pop();
    isLater.delete(id);
  };
  const wake = (now: Instant) => {
    for (let due = next(); due !== undefined && due.at <= now; due = next()) {
      leave(due.run.id);
      enqueue(due.run);
    }
  };
  return {
    note(run) {
      if (isOpen(run.status)) enqueue(run);
    },
    take(now, ttlMs, heldUntil) {
      wake(now);
      for (let place = waiting.pop(); place !== undefined; place = waiting.pop()) {
        isWaiting.delete(place.id);
        const run = find(place.id);
        if (run === undefined || !isOpen(run.status)) continue;
        const free = Math.max(heldUntil(run.id) ?? 0, run.notBefore ?? 0);
        postpone(run.id, free > now ? free : now + ttlMs);
        if (free <= now) return run.id;
      }
      return undefined;
    },
    nextDueAt(now) {
      return waiting.size > 0 ? now : next()?.at;
    },
  };
}
