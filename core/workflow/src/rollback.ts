/**
 * The way back: compensates what was done, the last first, one at a time. A compensation that fails for good is recorded and
 * the next one follows. Decides only, see phase.ts.
 */

import { type Instant, type OperationDefinition, toErrorRecord } from "@provisioning/model";
import { NotCompensableError, RunCancelledError } from "./errors.js";
import type { Graph } from "./graph.js";
import type { Draft, Finished, Mode, Phase, Start } from "./phase.js";
import { retryAt } from "./retry.js";
import { isHalf, type OperationState, type RunState } from "./state.js";

export interface BackwardOptions {
  readonly canCompensate: (operation: OperationDefinition) => boolean;
  /** Whether it also undoes what was begun and did not complete. */
  readonly undoesHalves: (operation: OperationDefinition) => boolean;
  readonly random: () => number;
  /** What this worker is undoing already. */
  readonly undoing: Undoing | undefined;
}

export interface Undoing {
  readonly index: number;
  readonly failures: number;
  readonly retryAt?: Instant;
}

export class Backward implements Phase {
  readonly #graph: Graph;
  readonly #options: BackwardOptions;
  /** Places of what is still to be undone; the next one is the last. */
  readonly #left: number[];
  /** The one that is being undone. */
  #current: Undoing | undefined;
  /** As it was before the last step, which may not have been stored. */
  #before: Undoing | undefined;

  constructor(graph: Graph, state: RunState, options: BackwardOptions) {
    this.#graph = graph;
    this.#options = options;
    const { undoing } = options;
    this.#current = undoing;
    this.#left = toUndo(graph, state, options.undoesHalves).filter((index) => index !== undoing?.index);
  }

  /** What is being undone according to what is stored. */
  undoing(state: RunState): Undoing | undefined {
    const token = "claim" in state ? state.claim?.token : undefined;
    return [this.#current, this.#before].find((undoing) => {
      const operation = undoing === undefined ? undefined : state.operations.at(undoing.index);
      return operation?.status === "compensating" && operation.token === token;
    });
  }

  step(draft: Draft, finished: readonly Finished[], mode: Mode): readonly Start[] {
    this.#before = this.#current;
    for (const { index, outcome } of finished) {
      const operation = this.#operation(index);
      if (outcome.type === "completed") {
        const { found } = outcome;
        const seen = found === undefined ? {} : { found };
        draft.add({ type: "compensationCompleted", at: draft.now, operation: operation.id, ...seen });
        this.#current = undefined;
      } else if (outcome.type === "failed") this.#fail(draft, index, outcome.error);
      else this.#giveUp(draft, index);
    }
    if (mode === "release" && !draft.isCancelled) return [];
    if (this.#current !== undefined) return this.#again(draft);
    return this.#next(draft);
  }

  wakeAt(): Instant | undefined {
    return this.#current?.retryAt;
  }

  /** Undoing waits for no conditions. */
  gates(): readonly number[] {
    return [];
  }

  opened(): void {}

  /** One compensation at a time needs no slots. */
  slotFreed(): void {}

  leave(): void {}

  #next(draft: Draft): readonly Start[] {
    if (draft.isCancelled) return this.#stop(draft);
    for (let index = this.#left.pop(); index !== undefined; index = this.#left.pop()) {
      const operation = this.#operation(index);
      draft.add({ type: "compensationStarted", at: draft.now, operation: operation.id, token: draft.token });
      if (this.#options.canCompensate(operation)) {
        this.#current = { index, failures: 0 };
        return [{ index, attempt: 1 }];
      }
      const error = toErrorRecord(new NotCompensableError(operation.title));
      draft.add({ type: "compensationFailed", at: draft.now, operation: operation.id, error });
    }
    draft.add({ type: "runEnded", at: draft.now, status: "rolledBack" });
    return [];
  }

  /** Somebody cancelled. A compensation that a crash interrupted is not tried again either. */
  #stop(draft: Draft): readonly Start[] {
    for (const index of this.#left) {
      if (draft.state.operations.at(index).status === "compensating") this.#giveUp(draft, index);
    }
    draft.add({ type: "runEnded", at: draft.now, status: "cancelled" });
    return [];
  }

  #again(draft: Draft): readonly Start[] {
    const { index, failures, retryAt: at } = this.#current as Undoing;
    if (at === undefined) return [];
    if (draft.isCancelled) {
      this.#giveUp(draft, index);
      return this.#next(draft);
    }
    if (at > draft.now) return [];
    this.#current = { index, failures };
    return [{ index, attempt: failures + 1 }];
  }

  #fail(draft: Draft, index: number, error: ReturnType<typeof toErrorRecord>): void {
    const operation = this.#operation(index);
    const failures = (this.#current?.failures ?? 0) + 1;
    const at = draft.isCancelled ? undefined : retryAt(operation.retry, failures, error, draft.now, this.#options.random());
    if (at === undefined) {
      draft.add({ type: "compensationFailed", at: draft.now, operation: operation.id, error });
      this.#current = undefined;
    } else this.#current = { index, failures, retryAt: at };
  }

  #giveUp(draft: Draft, index: number): void {
    const cancellation = "cancellation" in draft.state ? draft.state.cancellation : undefined;
    const error = toErrorRecord(new RunCancelledError(cancellation?.by ?? "", cancellation?.reason ?? ""));
    draft.add({ type: "compensationFailed", at: draft.now, operation: this.#operation(index).id, error });
    this.#current = undefined;
  }

  #operation(index: number): OperationDefinition {
    return this.#graph.operations[index] as OperationDefinition;
  }
}

/**
 * First completed first, so that the last one can be popped; halves were begun after what they need had completed. What failed in an
 * earlier rollback is tried again.
 */
function toUndo(graph: Graph, state: RunState, undoesHalves: BackwardOptions["undoesHalves"]): number[] {
  const keep = state.status === "rollingBack" ? state.rollback.keep : 0;
  const found: { readonly index: number; readonly order: number }[] = [];
  for (const [index, definition] of graph.operations.entries()) {
    const order = orderOf(state.operations.at(index), state, () => undoesHalves(definition));
    if (order !== undefined && order >= keep) found.push({ index, order });
  }
  return found.sort((a, b) => a.order - b.order).map(({ index }) => index);
}

/** Absent for what is not to be undone. */
function orderOf(operation: OperationState, state: RunState, undoesHalves: () => boolean): number | undefined {
  switch (operation.status) {
    case "completed":
    case "compensating":
      return operation.order;
    case "compensationFailed":
      return operation.rollback < state.rollbacks ? operation.order : undefined;
    default:
      return isHalf(operation) && undoesHalves() ? state.completions : undefined;
  }
}
