/** The runs that wait or run, with what is needed to measure them. */

import type { Instant, OperationId, RunDefinition, RunEvent, RunId } from "@provisioning/model";
import type { RunStore } from "@provisioning/storage";

export interface BookedRun {
  readonly submittedAt: Instant;
  readonly priority: number;
  /** Before that it is not due. */
  readonly notBefore: Instant;
  /** A worker took it, here or elsewhere. */
  isClaimed: boolean;
  isOver: boolean;
  /** Its wait counts once: until the first claim. */
  isWaitMeasured: boolean;
  /** When the last attempts began; absent before the first. */
  started: Map<OperationId, Instant> | undefined;
  /** Empty of a run that was there before this process, until it is read. */
  actions: ReadonlyMap<OperationId, string>;
}

/** Whoever counts a run's end may come after the end was told: so many that ended last stay, twice as many at most. */
const ENDED_KEPT = 500;
const PAGE = 1000;
const UNKNOWN: BookedRun["actions"] = new Map();

export class RunBook {
  readonly #runs = new Map<RunId, BookedRun>();
  #ended: RunId[] = [];
  #endedBefore: readonly RunId[] = [];

  /** What was submitted before this process began. */
  async load(runs: RunStore): Promise<void> {
    let cursor: string | undefined;
    do {
      const page = await runs.list({
        status: ["pending", "running", "rollingBack", "paused"],
        limit: PAGE,
        ...(cursor === undefined ? {} : { cursor }),
      });
      for (const { id, createdAt, priority = 0, notBefore = 0, status } of page.runs) {
        if (!this.#runs.has(id)) this.#book(id, { submittedAt: createdAt, priority, notBefore, isClaimed: status !== "pending" });
      }
      cursor = page.next;
    } while (cursor !== undefined);
  }

  get(id: RunId): BookedRun | undefined {
    return this.#runs.get(id);
  }

  /** What a process that reads the run found out about it. */
  describe(id: RunId, { operations }: RunDefinition): void {
    const run = this.#runs.get(id);
    if (run !== undefined && !run.isOver && run.actions.size === 0)
      run.actions = new Map(operations.map((operation) => [operation.id, operation.action]));
  }

  note(id: RunId, event: RunEvent): void {
    const run = this.#runs.get(id);
    switch (event.type) {
      case "runSubmitted":
        this.#submitted(id, event.at, event.definition);
        return;
      case "runClaimed":
        if (run !== undefined) run.isClaimed = true;
        return;
      case "runRetried":
        this.#book(id, { submittedAt: event.at, priority: run?.priority ?? 0, notBefore: 0 });
        return;
      case "operationStarted":
        if (run !== undefined) (run.started ??= new Map()).set(event.operation, event.at);
        return;
      case "runEnded":
        this.#forget(id);
        return;
      default:
    }
  }

  /** Its last event is counted: what only the others needed is let go of. */
  settle(id: RunId): void {
    const run = this.#runs.get(id);
    if (run === undefined) return;
    run.started = undefined;
    run.actions = UNKNOWN;
  }

  /** Of those that are due at `now`. */
  depths(now: Instant): ReadonlyMap<number, number> {
    const depths = new Map<number, number>();
    for (const { isClaimed, priority, notBefore } of this.#runs.values()) {
      if (!isClaimed && notBefore <= now) depths.set(priority, (depths.get(priority) ?? 0) + 1);
    }
    return depths;
  }

  #submitted(id: RunId, submittedAt: Instant, definition: RunDefinition): void {
    const { priority = 0, notBefore = 0 } = definition;
    if (!this.#runs.has(id)) this.#book(id, { submittedAt, priority, notBefore });
    this.describe(id, definition);
  }

  #book(id: RunId, run: Pick<BookedRun, "submittedAt" | "priority" | "notBefore"> & { readonly isClaimed?: boolean }): void {
    const isClaimed = run.isClaimed ?? false;
    this.#runs.set(id, { ...run, isClaimed, isOver: false, isWaitMeasured: isClaimed, started: undefined, actions: UNKNOWN });
  }

  #forget(id: RunId): void {
    const run = this.#runs.get(id);
    if (run === undefined) return;
    run.isClaimed = true;
    run.isOver = true;
    this.#ended.push(id);
    if (this.#ended.length < ENDED_KEPT) return;
    for (const old of this.#endedBefore) if (this.#runs.get(old)?.isOver === true) this.#runs.delete(old);
    this.#endedBefore = this.#ended;
    this.#ended = [];
  }
}
