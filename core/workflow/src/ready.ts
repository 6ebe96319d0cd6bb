/**
 * Which operations may start now. No clock and no I/O; told of what happens step by step, so that a whole run costs
 * O((operations + dependencies) · log operations) and no recursion, however long a chain is.
 *
 * An operation waits for its dependencies, then for its condition if it has one, then for its retry time if it has one, then for one of the run's places, then for its slots (its
 * server's lane, its provider's limits), which it shares with other runs. Among those that may start, what a crash interrupted goes first, then the longest remaining chain.
 */

import { type FencingToken, Heap, type Instant, type OperationDefinition, type RunId, type SlotNeed } from "@provisioning/model";
import type { Graph } from "./graph.js";
import { interrupted } from "./recover.js";
import { needsOf, SlotPool, type SlotUser } from "./slots.js";
import type { OperationStatus, RunState } from "./state.js";

type Phase = "waiting" | "gated" | "ready" | "delayed" | "running" | "settled";

export class Readiness {
  readonly #graph: Graph;
  readonly #limit: number;
  readonly #phases: Phase[];
  readonly #blockers: number[];
  readonly #interrupted: Set<number>;
  /** Their conditions hold. */
  readonly #opened = new Set<number>();
  #newlyGated: number[] = [];
  readonly #ready: Heap<number>;
  readonly #delayed = new Heap<{ readonly index: number; readonly at: Instant }>((a, b) => a.at < b.at);
  readonly #pool: SlotPool;
  readonly #runId: RunId;
  readonly #token: FencingToken | undefined;
  readonly #needs: readonly (readonly SlotNeed[])[];
  /** What is ready but for a slot, by the slot's name. */
  readonly #parked = new Map<string, Heap<number>>();
  #running = 0;
  #unsettled: number;

  /** @param live what runs in this process; what else counts as running was cut short by a crash */
  constructor(graph: Graph, state: RunState, pool: SlotPool = new SlotPool(), live: ReadonlySet<number> = new Set()) {
    const { id, infra } = state.definition;
    this.#graph = graph;
    this.#pool = pool;
    this.#runId = id;
    this.#token = "claim" in state ? state.claim?.token : undefined;
    this.#needs = graph.operations.map((operation) => needsOf(operation, infra));
    this.#limit = state.definition.parallelLimit;
    this.#phases = graph.operations.map(() => "waiting");
    this.#blockers = graph.dependencyCounts.slice();
    this.#ready = this.#newHeap();
    this.#unsettled = graph.operations.length;
    this.#interrupted = new Set(interrupted(state, live));
    this.#restore(state);
  }

  /** Every operation has come to its end. */
  get isDone(): boolean {
    return this.#unsettled === 0;
  }

  /** It started before a crash and was not started again yet. */
  isInterrupted(index: number): boolean {
    return this.#interrupted.has(index);
  }

  /** What starts now; it counts as running from here on. With `onlyInterrupted` nothing new starts. */
  take(now: Instant, onlyInterrupted = false): readonly number[] {
    this.#wakeDelayed(now);
    const taken: number[] = [];
    while (this.#running < this.#limit) {
      const index = this.#ready.peek();
      if (index === undefined || (onlyInterrupted && !this.#interrupted.has(index))) break;
      this.#ready.pop();
      if (this.#phases[index] !== "ready") {
        this.#wakeOthers(index);
        continue;
      }
      if (this.#takeSlots(index, now)) taken.push(index);
    }
    return taken;
  }

  /** The next moment at which waiting alone makes something ready. */
  wakeAt(): Instant | undefined {
    while (this.#delayed.size > 0 && this.#phases[(this.#delayed.peek() as { index: number }).index] !== "delayed") {
      this.#delayed.pop();
    }
    return this.#delayed.peek()?.at;
  }

  /** Those whose dependencies have come to their end and that wait for a condition, since this was last asked. */
  takeGated(): readonly number[] {
    return this.#newlyGated.splice(0);
  }

  /** Its condition holds. */
  open(index: number): void {
    this.#opened.add(index);
    if (this.#phases[index] === "gated") this.#enqueue(index);
  }

  /** Somebody gave a place of the slot back: one of those who wait for it may try again. */
  slotFreed(name: string): void {
    const waiting = this.#parked.get(name)?.pop();
    if (waiting !== undefined) this.#ready.push(waiting);
  }

  /** It came to an end, good or bad, or will never start. Those who waited for it may go on. */
  settle(index: number): void {
    if (this.#phases[index] === "settled") return;
    if (this.#phases[index] === "running") this.#stop(index);
    this.#markSettled(index);
  }

  /** The attempt failed; another one follows at `at`. */
  postpone(index: number, at: Instant): void {
    if (this.#phases[index] === "running") this.#stop(index);
    this.#phases[index] = "delayed";
    this.#delayed.push({ index, at });
  }

  /** It was taken but not started after all. */
  giveBack(index: number): void {
    if (this.#phases[index] !== "running") return;
    this.#stop(index);
    this.#enqueue(index);
  }

  /** Gives back what was taken for others than these. */
  leave(live: ReadonlySet<number>): void {
    this.#phases.forEach((phase, index) => {
      if (phase === "running" && !live.has(index)) this.#pool.giveBack(this.#needs[index] ?? [], this.#holder(index));
    });
  }

  /** What is under way first: settling makes those ready that only wait, and must not take these for such. */
  #restore(state: RunState): void {
    const places = [...this.#graph.operations.keys()];
    for (const index of places) {
      const operation = state.operations.at(index);
      if (this.#interrupted.has(index)) this.#enqueue(index);
      else if (operation.status === "running") {
        this.#phases[index] = "running";
        this.#running += 1;
      } else if (operation.status === "retrying") this.postpone(index, operation.retryAt);
    }
    for (const index of places) if (SETTLED.has(state.operations.at(index).status)) this.#markSettled(index);
    for (const index of places) if (this.#blockers[index] === 0 && this.#phases[index] === "waiting") this.#enqueue(index);
  }

  #markSettled(index: number): void {
    this.#phases[index] = "settled";
    this.#unsettled -= 1;
    for (const { to } of this.#graph.dependents[index] ?? []) {
      const left = (this.#blockers[to] as number) - 1;
      this.#blockers[to] = left;
      if (left === 0 && this.#phases[to] === "waiting") this.#enqueue(to);
    }
  }

  #enqueue(index: number): void {
    if (this.#graph.operations[index]?.waitCondition !== undefined && !this.#opened.has(index) && !this.#interrupted.has(index)) {
      this.#phases[index] = "gated";
      this.#newlyGated.push(index);
      return;
    }
    this.#phases[index] = "ready";
    this.#ready.push(index);
  }

  #wakeDelayed(now: Instant): void {
    for (let at = this.wakeAt(); at !== undefined && at <= now; at = this.wakeAt()) {
      this.#enqueue((this.#delayed.pop() as { index: number }).index);
    }
  }

  /** Starts it, or puts it aside until a slot is free. One at a time comes back, so a long queue costs no more than a short one. */
  #takeSlots(index: number, now: Instant): boolean {
    const needs = this.#needs[index] ?? [];
    const taken = this.#pool.take(needs, { ...this.#holder(index), since: now });
    if (taken.type === "later") {
      this.#phases[index] = "delayed";
      this.#delayed.push({ index, at: taken.at });
      return false;
    }
    if (taken.type === "busy") {
      const queue = this.#parked.get(taken.name) ?? this.#newHeap();
      this.#parked.set(taken.name, queue);
      queue.push(index);
      this.#wakeOthers(index, taken.name);
      return false;
    }
    this.#phases[index] = "running";
    this.#interrupted.delete(index);
    this.#running += 1;
    return true;
  }

  #stop(index: number): void {
    this.#running -= 1;
    const needs = this.#needs[index] ?? [];
    this.#pool.giveBack(needs, this.#holder(index));
    for (const { name } of needs) this.slotFreed(name);
  }

  /** It was woken for a place that it does not take: the next one may have it. */
  #wakeOthers(index: number, but?: string): void {
    for (const { name } of this.#needs[index] ?? []) if (name !== but) this.slotFreed(name);
  }

  #holder(index: number): SlotUser {
    const { id: operation } = this.#graph.operations[index] as OperationDefinition;
    return { runId: this.#runId, operation, ...(this.#token === undefined ? {} : { token: this.#token }) };
  }

  #newHeap(): Heap<number> {
    return new Heap(
      (left, right) => this.#rank(left) < this.#rank(right) || (this.#rank(left) === this.#rank(right) && left < right),
    );
  }

  #rank(index: number): number {
    return this.#interrupted.has(index) ? Number.NEGATIVE_INFINITY : -(this.#graph.heights[index] ?? 0);
  }
}

const SETTLED: ReadonlySet<OperationStatus> = new Set<OperationStatus>([
  "completed",
  "failed",
  "skipped",
  "passed",
  "cancelled",
  "compensating",
  "compensated",
  "compensationFailed",
]);
