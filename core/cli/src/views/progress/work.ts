/** What is known of a run while it is under way: which operations run, which wait and for what, how long they usually take. Pure but for its own state. */

import type { ActionEvent } from "@provisioning/actions";
import type { OperationId, RunEvent } from "@provisioning/model";

type Started = Extract<ActionEvent, { type: "runStarted" }>;
export type AnnouncedOperation = Started["operations"][number];

export interface RunningOperation {
  readonly title: string;
  readonly since: number;
  /** What it is doing right now. */
  text: string;
  readonly usualMs?: number;
}

export interface Waiting {
  readonly title: string;
  /** What of it runs already, where all of it does. */
  readonly under?: OperationId;
  /** Titles of what it waits for; empty: for a free place. */
  readonly for: readonly string[];
}

export class Work {
  readonly running = new Map<OperationId, RunningOperation>();
  readonly changedSteps = new Map<OperationId, number>();
  finished = 0;
  readonly #operations = new Map<OperationId, AnnouncedOperation>();
  readonly #ended = new Set<OperationId>();

  announce(operations: readonly AnnouncedOperation[]): void {
    for (const operation of operations) this.#operations.set(operation.id, operation);
  }

  get total(): number {
    return this.#operations.size;
  }

  titleOf(id: OperationId): string {
    return this.#operations.get(id)?.title ?? id;
  }

  start(id: OperationId, since: number): void {
    const usualMs = this.#operations.get(id)?.usualMs;
    this.running.set(id, { title: this.titleOf(id), since, text: "", ...(usualMs === undefined ? {} : { usualMs }) });
  }

  /** The operation as it ran, when it did. */
  end(id: OperationId): RunningOperation | undefined {
    const found = this.running.get(id);
    this.running.delete(id);
    this.#ended.add(id);
    this.finished += 1;
    return found;
  }

  /** Those that wait, the next one first: what it waits for runs already, as far as possible, and is the least. */
  waiting(): readonly Waiting[] {
    const found = [...this.#operations.values()].filter(({ id }) => !this.#ended.has(id) && !this.running.has(id));
    return found
      .map(({ title, dependsOn = [] }) => {
        const open = dependsOn.filter((on) => this.#operations.has(on) && !this.#ended.has(on));
        const behind = open.filter((on) => !this.running.has(on)).length;
        const [under] = behind === 0 ? open : [];
        const waiting = { title, for: open.map((on) => this.titleOf(on)), ...(under === undefined ? {} : { under }) };
        return { behind, waiting };
      })
      .sort((left, right) => left.behind - right.behind || left.waiting.for.length - right.waiting.for.length)
      .map(({ waiting }) => waiting);
  }
}

/** How an event of a run ends an operation. */
export type OperationEnd = Extract<RunEvent, { type: "operationCompleted" | "operationFailed" | "operationCancelled" }>;
