/** The way forward: start what is ready, settle what finished, retry, skip, stop, conclude. Decides only, see phase.ts. */

import { type ErrorRecord, type Instant, type OperationDefinition, type OperationId, toErrorRecord } from "@provisioning/model";
import type { Opened } from "./condition.js";
import type { Graph } from "./graph.js";
import type { Draft, Finished, Mode, Phase, Start } from "./phase.js";
import { Readiness } from "./ready.js";
import { retryAt } from "./retry.js";
import type { SlotPool } from "./slots.js";
import type { OperationState, RunState } from "./state.js";

export interface ForwardOptions {
  /** A checkpoint after this many completed operations, where the definition does not say. */
  readonly checkpointInterval: number;
  /** From 0 to below 1. */
  readonly random: () => number;
  readonly slots: SlotPool;
  /** What this worker has begun and has no recorded result of; what else counts as running was cut short by a crash. */
  readonly live: ReadonlySet<number>;
}

export class Forward implements Phase {
  readonly #graph: Graph;
  readonly #options: ForwardOptions;
  readonly #readiness: Readiness;
  /** Completed after the last checkpoint, in that order. */
  #uncheckpointed: OperationId[];
  /** Those among them that count. */
  #uncounted: number;
  /** The first failure after which nothing more starts. */
  #stoppedBy: OperationId | undefined;
  /** The first failure that asks for a rollback. */
  #rollbackFor: OperationId | undefined;
  #isWoundDown = false;
  /** What they waited for did not come: they fail instead of being started. */
  readonly #doomed = new Map<number, ErrorRecord>();

  constructor(graph: Graph, state: RunState, options: ForwardOptions) {
    this.#graph = graph;
    this.#options = options;
    this.#readiness = new Readiness(graph, state, options.slots, options.live);
    const since = completedSinceCheckpoint(graph, state);
    this.#uncheckpointed = since.map(({ id }) => id);
    this.#uncounted = since.filter((operation) => isCounted(operation, state)).length;
    graph.operations.forEach((operation, index) => {
      if (state.operations.at(index).status === "failed") this.#noteFailure(operation);
    });
  }

  step(draft: Draft, finished: readonly Finished[], mode: Mode): readonly Start[] {
    for (const { index, outcome } of finished) {
      switch (outcome.type) {
        case "completed":
          draft.add({ type: "operationCompleted", at: draft.now, ...this.#identity(draft, index), output: outcome.output });
          this.#readiness.settle(index);
          this.#checkpoint(draft, index);
          break;
        case "failed":
          this.#fail(draft, index, outcome.error);
          break;
        case "cancelled":
          this.#cancel(draft, index);
          break;
      }
    }
    if (draft.isCancelled) this.#cancelRest(draft);
    else if (this.#stoppedBy !== undefined) this.#skipRest(draft, this.#stoppedBy);
    if (this.#readiness.isDone) {
      this.#conclude(draft);
      return [];
    }
    const starts = draft.isCancelled ? [] : this.#start(draft, mode);
    if (draft.state.counts.running === 0) this.#stand(draft, mode);
    return starts;
  }

  /** Nothing runs: a pause begins now, and a run that is to be left to others can be left. */
  #stand(draft: Draft, mode: Mode): void {
    if (draft.isCancelled) return;
    if (draft.isPausing) draft.add({ type: "runPaused", at: draft.now });
    else if (mode === "release") draft.add({ type: "runReleased", at: draft.now, holder: draft.holder });
  }

  wakeAt(): Instant | undefined {
    return this.#readiness.wakeAt();
  }

  gates(): readonly number[] {
    return this.#readiness.takeGated();
  }

  opened({ index, error }: Opened): void {
    if (error !== undefined) this.#doomed.set(index, toErrorRecord(error));
    this.#readiness.open(index);
  }

  slotFreed(name: string): void {
    this.#readiness.slotFreed(name);
  }

  leave(live: ReadonlySet<number>): void {
    this.#readiness.leave(live);
  }

  /** What a crash interrupted is brought to a result even when nothing new is to start, unless others will do that. */
  #start(draft: Draft, mode: Mode): readonly Start[] {
    if (mode === "release") return [];
    const taken = this.#readiness.take(draft.now, draft.isPausing || this.#stoppedBy !== undefined);
    return taken.flatMap((index) => {
      const before = draft.state.operations.at(index);
      if (this.#stoppedBy !== undefined && before.status !== "running") {
        this.#readiness.giveBack(index);
        return [];
      }
      const attempt = ("attempt" in before ? before.attempt : 0) + 1;
      const operation = this.#operation(index).id;
      draft.add({ type: "operationStarted", at: draft.now, operation, attempt, token: draft.token });
      const error = this.#doomed.get(index);
      if (error === undefined) return [{ index, attempt }];
      this.#fail(draft, index, error);
      return [];
    });
  }

  #checkpoint(draft: Draft, index: number): void {
    const operation = this.#operation(index);
    this.#uncheckpointed.push(operation.id);
    if (isCounted(operation, draft.state)) this.#uncounted += 1;
    const { checkpointInterval = this.#options.checkpointInterval } = draft.state.definition;
    if (this.#uncounted < checkpointInterval) return;
    const number = draft.state.checkpoints.size + 1;
    draft.add({ type: "checkpointReached", at: draft.now, number, completed: this.#uncheckpointed });
    this.#uncheckpointed = [];
    this.#uncounted = 0;
  }

  #fail(draft: Draft, index: number, error: ErrorRecord): void {
    const operation = this.#operation(index);
    const at = this.#retryAt(draft, index, error);
    const failure = { type: "operationFailed", at: draft.now, ...this.#identity(draft, index), error } as const;
    if (at !== undefined) {
      draft.add({ ...failure, retryAt: at });
      this.#readiness.postpone(index, at);
      return;
    }
    draft.add(failure);
    this.#noteFailure(operation);
    const skipped = this.#stoppedBy === undefined ? this.#needing(draft, index) : [];
    for (const other of skipped) {
      draft.add({ type: "operationSkipped", at: draft.now, operation: this.#operation(other).id, because: operation.id });
    }
    for (const settled of [index, ...skipped]) this.#readiness.settle(settled);
  }

  #retryAt(draft: Draft, index: number, error: ErrorRecord): Instant | undefined {
    const state = draft.state.operations.at(index);
    const failures = state.status === "running" ? state.failures + 1 : 1;
    if (draft.isCancelled || this.#stoppedBy !== undefined) return undefined;
    return retryAt(this.#operation(index).retry, failures, error, draft.now, this.#options.random());
  }

  #noteFailure(operation: OperationDefinition): void {
    if (operation.onFailure !== "continue") this.#stoppedBy ??= operation.id;
    if (operation.onFailure === "rollback") this.#rollbackFor ??= operation.id;
  }

  /** All that cannot start without it, over any number of hard dependencies. */
  #needing(draft: Draft, failed: number): readonly number[] {
    const found = new Set([failed]);
    for (const index of found) {
      for (const { to, type } of this.#graph.dependents[index] ?? []) {
        if (type === "hard" && draft.state.operations.at(to).status === "pending") found.add(to);
      }
    }
    found.delete(failed);
    return [...found];
  }

  #cancel(draft: Draft, index: number): void {
    draft.add({ type: "operationCancelled", at: draft.now, operation: this.#operation(index).id });
    this.#readiness.settle(index);
  }

  /** Once: what does not run is not going to. What a crash interrupted is not tried again either. */
  #cancelRest(draft: Draft): void {
    this.#forRest(draft, (state, index) => {
      if (state.status !== "running" || this.#readiness.isInterrupted(index)) this.#cancel(draft, index);
    });
  }

  /** Once: nothing new starts after such a failure. What a crash interrupted is brought to a result all the same. */
  #skipRest(draft: Draft, because: OperationId): void {
    this.#forRest(draft, (state, index) => {
      const operation = this.#operation(index).id;
      if (state.status === "retrying") {
        const { attempt, error } = state;
        draft.add({ type: "operationFailed", at: draft.now, operation, attempt, error });
        this.#noteFailure(this.#operation(index));
      } else if (state.status === "pending") {
        draft.add({ type: "operationSkipped", at: draft.now, operation, because });
      } else return;
      this.#readiness.settle(index);
    });
  }

  #forRest(
    draft: Draft,
    visit: (state: OperationState & { status: "pending" | "running" | "retrying" }, index: number) => void,
  ): void {
    if (this.#isWoundDown) return;
    this.#isWoundDown = true;
    for (const index of this.#graph.operations.keys()) {
      const state = draft.state.operations.at(index);
      if (state.status === "pending" || state.status === "running" || state.status === "retrying") visit(state, index);
    }
  }

  #conclude(draft: Draft): void {
    const { counts, operations } = draft.state;
    const isComplete = counts.completed + counts.passed === operations.size;
    if (draft.isCancelled && !isComplete) draft.add({ type: "runEnded", at: draft.now, status: "cancelled" });
    else if (this.#rollbackFor !== undefined && !isComplete)
      draft.add({ type: "rollbackStarted", at: draft.now, because: this.#rollbackFor });
    else draft.add({ type: "runEnded", at: draft.now, status: isComplete ? "completed" : "failed" });
  }

  #identity(draft: Draft, index: number): { readonly operation: OperationId; readonly attempt: number } {
    const state = draft.state.operations.at(index);
    return { operation: this.#operation(index).id, attempt: state.status === "running" ? state.attempt : 0 };
  }

  #operation(index: number): OperationDefinition {
    return this.#graph.operations[index] as OperationDefinition;
  }
}

function completedSinceCheckpoint(graph: Graph, state: RunState): OperationDefinition[] {
  const from = state.checkpoints.at(state.checkpoints.size - 1)?.completions ?? 0;
  const found: { readonly definition: OperationDefinition; readonly order: number }[] = [];
  graph.operations.forEach((definition, index) => {
    const operation = state.operations.at(index);
    if (operation.status === "completed" && operation.order >= from) found.push({ definition, order: operation.order });
  });
  return found.sort((a, b) => a.order - b.order).map(({ definition }) => definition);
}

function isCounted({ action }: OperationDefinition, { definition: { checkpointAction = action } }: RunState): boolean {
  return action === checkpointAction;
}
