/** What an operation does, given from outside by its action's name. */

import type {
  FencingToken,
  Instant,
  Json,
  JsonObject,
  OperationDefinition,
  OperationId,
  RunDefinition,
} from "@provisioning/model";

/** How far an operation is, for people who watch. Not stored. */
export type Progress = JsonObject & { readonly message: string };

export interface OperationContext {
  readonly run: RunDefinition;
  readonly operation: OperationDefinition;
  /** From 1. */
  readonly attempt: number;
  /** For effects that can be fenced themselves. */
  readonly token: FencingToken;
  /**
   * The same for every attempt and for undoing, also after a crash; another one when it is done again after a rollback. Who creates
   * something marks it with this.
   */
  readonly idempotencyKey: string;
  /** Aborts when the run is cancelled, the attempt takes too long or the lease is lost. Stop the effect and reject soon. */
  readonly signal: AbortSignal;
  /** What another operation of this run reported; absent while it has not completed. */
  readonly outputOf: (id: OperationId) => Json | undefined;
  readonly report: (progress: Progress) => void;
  readonly log: (message: string, fields?: JsonObject) => void;
}

export interface CompensationContext extends OperationContext {
  /** What `execute` gave; `null` when it did not complete. */
  readonly output: Json;
}

export interface OperationHandler {
  /**
   * Makes it so and says what came out. Called again after a crash for an operation without a result, so it must look before it acts. One whose
   * worker stops may throw `AttemptLeftError`: then it is called again by whoever takes the run next.
   * Holds no secret values in what it returns or throws: both are stored.
   */
  execute(context: OperationContext): Promise<Json>;
  /** Undoes a completed `execute`. Called again after a crash. Without it the operation counts as not undone. */
  compensate?(context: CompensationContext): Promise<void>;
  /** `compensate` also undoes what an `execute` may have left that failed or was cut short. Default: only what completed is undone. */
  readonly undoesHalves?: boolean;
  /**
   * What is there now, as plain data without secrets: equal data, equal state. Asked before the first attempt and after undoing, so that a
   * rollback can prove that everything is as it was. Changes nothing.
   */
  inspect?(context: OperationContext): Promise<Json>;
}

/** By action. */
export type Handlers = ReadonlyMap<string, OperationHandler>;

/** What happens but is not stored. */
export type LiveEvent =
  | {
      readonly type: "operationProgress";
      readonly at: Instant;
      readonly operation: OperationId;
      readonly attempt: number;
      readonly progress: Progress;
    }
  | {
      readonly type: "operationLog";
      readonly at: Instant;
      readonly operation: OperationId;
      readonly attempt: number;
      readonly message: string;
      readonly fields: JsonObject;
    };
