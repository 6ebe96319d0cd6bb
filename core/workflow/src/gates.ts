/** The conditions that operations of one run wait for: each is watched once, and how its wait ended is kept for whoever decides. */

import type { Clock, Json, OperationDefinition, OperationId } from "@provisioning/model";
import { type Conditions, type ConditionScope, type Opened, waitForCondition } from "./condition.js";
import { ConditionFailedError, WaitTimeoutError } from "./errors.js";
import type { RunState } from "./state.js";

export interface GatesOptions {
  readonly operations: readonly OperationDefinition[];
  readonly conditions: Conditions;
  readonly clock: Clock;
  readonly pollMs: number;
  readonly state: () => RunState;
  /** A wait ended. */
  readonly onOpened: () => void;
}

export class Gates {
  readonly #options: GatesOptions;
  /** By operation, and how those that are over ended. */
  readonly #waits = new Map<number, Opened | undefined>();
  readonly #opened: Opened[] = [];
  /** Made with the first wait. */
  #over: AbortController | undefined;

  constructor(options: GatesOptions) {
    this.#options = options;
  }

  /** Those that ended since this was last asked. */
  takeOpened(): readonly Opened[] {
    return this.#opened.splice(0);
  }

  /** All that ended so far. */
  opened(): readonly Opened[] {
    return [...this.#waits.values()].filter((gate) => gate !== undefined);
  }

  stop(): void {
    this.#over?.abort();
  }

  /** Never rejects. */
  async watch(index: number): Promise<void> {
    const { operations, conditions, clock, pollMs } = this.#options;
    const { title, waitCondition } = operations[index] as OperationDefinition;
    if (waitCondition === undefined || this.#waits.has(index)) return;
    this.#waits.set(index, undefined);
    const { signal } = (this.#over ??= new AbortController());
    const watch = { ...waitCondition, title, pollMs, scope: () => this.#scope() };
    try {
      await waitForCondition(conditions, watch, clock, signal);
      signal.throwIfAborted();
      this.#open({ index });
    } catch (cause) {
      if (signal.aborted) return;
      const error =
        cause instanceof WaitTimeoutError ? cause : new ConditionFailedError(title, waitCondition.expression, { cause });
      this.#open({ index, error });
    }
  }

  #open(gate: Opened): void {
    this.#waits.set(gate.index, gate);
    this.#opened.push(gate);
    this.#options.onOpened();
  }

  #scope(): ConditionScope {
    const { definition, operations } = this.#options.state();
    const { id, name, infra, labels } = definition;
    const outputs: Record<OperationId, Json> = {};
    for (const [operation, state] of operations) if (state.status === "completed") outputs[operation] = state.output;
    return { run: { id, name, infra, labels }, outputs };
  }
}
