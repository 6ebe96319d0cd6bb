/**
 * Calls to handlers: what they are told, what is asked of them before and after. Nothing is recorded here; what a handler sees before it does anything
 * is handed to `inspected`, which makes it durable.
 */

import {
  type Clock,
  InvariantError,
  type Json,
  type JsonObject,
  type OperationDefinition,
  type OperationId,
  type RunEvent,
  type RunId,
} from "@provisioning/model";
import { type Result, isStorable } from "./attempt.js";
import { HandlerMissingError } from "./errors.js";
import type { FaultPoint } from "./fault-point.js";
import type { Handlers, LiveEvent, OperationContext, OperationHandler, Progress } from "./handler.js";
import type { RunState } from "./state.js";

export interface CallerOptions {
  readonly state: () => RunState;
  readonly token: number;
  readonly handlers: Handlers;
  readonly clock: Clock;
  readonly observe: (event: RunEvent | LiveEvent) => void;
  readonly faultPoint: FaultPoint | undefined;
  /** Resolves when it is stored, or when the attempt is over without that. */
  readonly inspected: (inspection: Inspection) => Promise<void>;
  /** Nothing more is recorded. */
  readonly abandon: (error: unknown) => void;
}

/** What was there before an attempt did anything. */
export interface Inspection {
  readonly operation: OperationId;
  readonly attempt: number;
  readonly found: Json;
}

export interface Call {
  readonly operation: OperationDefinition;
  readonly attempt: number;
  readonly isCompensation: boolean;
}

export class Caller {
  readonly #options: CallerOptions;

  constructor(options: CallerOptions) {
    this.#options = options;
  }

  /** `signalled` has the signal for whoever asks for it. @throws what the handler throws */
  async call(call: Call, signalled: { readonly signal: AbortSignal }): Promise<Result> {
    const { operation, isCompensation } = call;
    const handler = this.#options.handlers.get(operation.action);
    if (handler === undefined) return this.#stopWithout(operation.action);
    const { faultPoint } = this.#options;
    if (faultPoint !== undefined) await faultPoint("effect.before");
    const context = this.#contextOf(call, signalled);
    try {
      if (isCompensation) return await this.#undo(handler, context);
      if (handler.inspect !== undefined) await this.#inspect(handler, context);
      return { output: (await handler.execute(context)) ?? null };
    } finally {
      if (faultPoint !== undefined) await faultPoint("effect.after");
    }
  }

  async #undo(handler: OperationHandler, context: OperationContext): Promise<Result> {
    const state = this.#options.state().operations.get(context.operation.id);
    const output = state.status === "compensating" ? state.output : null;
    await handler.compensate?.(Object.assign(context, { output }));
    const found = await handler.inspect?.(context);
    return { output: null, ...(found === undefined ? {} : { found }) };
  }

  /** Once for an operation, and durable before anything is done. */
  async #inspect(handler: OperationHandler, context: OperationContext): Promise<void> {
    const { id: operation, action } = context.operation;
    if (this.#isInspected(operation)) return;
    const found = (await handler.inspect?.(context)) ?? null;
    if (!isStorable(found)) throw new InvariantError(`what "${action}" found is not plain data`);
    await this.#options.inspected({ operation, attempt: context.attempt, found });
    // It was told to stop meanwhile, or was given up: then nobody listens any more.
    if (!this.#isInspected(operation)) throw new InvariantError(`attempt ${context.attempt} of ${operation} is over`);
  }

  #isInspected(operation: OperationId): boolean {
    const { status, trace } = this.#options.state().operations.get(operation);
    return status === "running" && trace?.before !== undefined;
  }

  #contextOf({ operation, attempt }: Call, signalled: { readonly signal: AbortSignal }): OperationContext {
    const { state, token, clock, observe } = this.#options;
    const { definition: run, operations } = state();
    const { trace } = operations.get(operation.id);
    const live = () => ({ at: clock.now(), operation: operation.id, attempt });
    const context = {
      run,
      operation,
      attempt,
      token,
      idempotencyKey: idempotencyKeyOf(run.id, operation.id, trace?.generation ?? 0),
      outputOf(id: OperationId) {
        const now = state().operations;
        const other = now.has(id) ? now.get(id) : undefined;
        return other !== undefined && "output" in other ? other.output : undefined;
      },
      report: (progress: Progress) => observe({ type: "operationProgress", ...live(), progress }),
      log: (message: string, fields: JsonObject = {}) => observe({ type: "operationLog", ...live(), message, fields }),
      [SIGNALLED]: signalled,
    };
    return Object.defineProperty(context, "signal", LAZY_SIGNAL) as unknown as OperationContext;
  }

  /** Nothing is recorded of it: a worker that has the handler goes on from here. */
  #stopWithout(action: string): never {
    const error = new HandlerMissingError([action]);
    this.#options.abandon(error);
    throw error;
  }
}

/** Where a context keeps who has its signal. */
const SIGNALLED = Symbol("signalled");

/**
 * Asked for once somebody reads it, also by copying the context. One getter for all contexts: with one each they would be of different kinds to
 * the engine that runs this, which makes them slow and, once forgotten, keeps each alive through the next.
 */
const LAZY_SIGNAL: PropertyDescriptor = {
  enumerable: true,
  configurable: true,
  get(this: { readonly [SIGNALLED]: { readonly signal: AbortSignal } }) {
    return this[SIGNALLED].signal;
  },
};

/** What was undone and is made again is something new, also for those who remember what they made for a key. */
function idempotencyKeyOf(run: RunId, operation: OperationId, generation: number): string {
  return generation === 0 ? `${run}/${operation}` : `${run}/${operation}/${generation}`;
}
