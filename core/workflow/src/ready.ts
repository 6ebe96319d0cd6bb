/**
 * Which operations may start now. No clock and no I/O; told of what happens step by step, so that a whole run costs
 * O((operations + dependencies) · log operations) and no recursion, however long a chain is.
 *
 * An operation waits for its dependencies, then for its retry time if it has one, then for its lane, then for one of the
 * run's places. Among those that may start, what a crash interrupted goes first, then the longest remaining chain.
 */

import { Heap, type Instant } from "@provisioning/model";
import type { Graph } from "./graph.js";
import type { OperationStatus, RunState } from "./state.js";

type Phase = "waiting" | "ready" | "delayed" | "running" | "settled";

export class Readiness {
  readonly #graph: Graph;
  readonly #limit: number;
  readonly #phases: Phase[];
  readonly #blockers: number[];
  readonly #interrupted = new Set<number>();
  readonly #ready: Heap<number>;
  readonly #delayed = new Heap<{ readonly index: number; readonly at: Instant }>((a, b) => a.at < b.at);
  readonly #busyLanes = new Set<string>();
  /** What is ready but for its lane. */
  readonly #parked = new Map<string, Heap<number>>();
  #running = 0;
  #unsettled: number;

  constructor(graph: Graph, state: RunState) {
    this.#graph = graph;
    this.#limit = state.definition.parallelLimit;
    this.#phases = graph.operations.map(() => "waiting");
    this.#blockers = graph.dependencyCounts.slice();
    this.#ready = this.#newHeap();
    this.#unsettled = graph.operations.length;
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
        this.#wakeLane(index);
        continue;
      }
      if (this.#park(index)) continue;
      this.#start(index);
      taken.push(index);
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

  /** What is under way first: settling makes those ready that only wait, and must not take these for such. */
  #restore(state: RunState): void {
    const places = [...this.#graph.operations.keys()];
    for (const index of places) {
      const operation = state.operations.at(index);
      if (operation.status === "running") {
        this.#interrupted.add(index);
        this.#enqueue(index);
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
    this.#phases[index] = "ready";
    this.#ready.push(index);
  }

  #wakeDelayed(now: Instant): void {
    for (let at = this.wakeAt(); at !== undefined && at <= now; at = this.wakeAt()) {
      this.#enqueue((this.#delayed.pop() as { index: number }).index);
    }
  }

  #start(index: number): void {
    const lane = this.#graph.operations[index]?.lane;
    if (lane !== undefined) this.#busyLanes.add(lane);
    this.#phases[index] = "running";
    this.#interrupted.delete(index);
    this.#running += 1;
  }

  #stop(index: number): void {
    this.#running -= 1;
    const lane = this.#graph.operations[index]?.lane;
    if (lane !== undefined) this.#busyLanes.delete(lane);
    this.#wakeLane(index);
  }

  /** One of those who wait for the same lane as `index` may try again. */
  #wakeLane(index: number): void {
    const lane = this.#graph.operations[index]?.lane;
    if (lane === undefined || this.#busyLanes.has(lane)) return;
    const waiting = this.#parked.get(lane)?.pop();
    if (waiting !== undefined) this.#ready.push(waiting);
  }

  /** Puts it aside until its lane is free. One at a time comes back, so a long queue for a lane costs no more than a short one. */
  #park(index: number): boolean {
    const lane = this.#graph.operations[index]?.lane;
    if (lane === undefined || !this.#busyLanes.has(lane)) return false;
    const queue = this.#parked.get(lane) ?? this.#newHeap();
    this.#parked.set(lane, queue);
    queue.push(index);
    return true;
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
