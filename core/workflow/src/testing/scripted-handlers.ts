/**
 * Handlers that do what a test says and remember what was asked of them. They stand for the world outside: what they remember survives
 * any crash of the engine.
 */

import { type Clock, type Json, type OperationId, ProvisioningError, type Retry } from "@provisioning/model";
import type { CompensationContext, Handlers, OperationContext, OperationHandler } from "../handler.js";

/** What one call does: waits, then fails or answers. */
export interface Behaviour {
  readonly delayMs?: number;
  readonly fail?: Retry;
  readonly output?: Json;
  /** Never settles and does not listen to its signal. */
  readonly hang?: boolean;
}

export interface Call {
  readonly kind: "execute" | "compensate";
  readonly operation: OperationId;
  readonly attempt: number;
  readonly idempotencyKey: string;
  result: "pending" | "done" | "failed" | "aborted";
}

export interface Script {
  /** For the actions `sample` (can be undone) and `final` (cannot). */
  readonly handlers: Handlers;
  readonly calls: Call[];
  /** `execute:a`, `compensate:b`, …: successful calls in the order in which they ended. */
  readonly done: string[];
  /** How many calls are running now. */
  readonly running: number;
}

export class ScriptedFailure extends ProvisioningError {
  constructor(retry: Retry) {
    super({ code: "SCRIPTED", message: "It failed as the test said.", retry });
  }
}

/** `behave` is asked at each call; `count` is how often this operation was called before in the same way. */
export function createScript(clock: Clock, behave: (call: Call, count: number) => Behaviour = () => ({})): Script {
  const calls: Call[] = [];
  const done: string[] = [];
  let running = 0;

  const perform = async (kind: Call["kind"], context: OperationContext): Promise<Json> => {
    const { operation, attempt, idempotencyKey, signal } = context;
    const call: Call = { kind, operation: operation.id, attempt, idempotencyKey, result: "pending" };
    const count = calls.filter((other) => other.kind === kind && other.operation === operation.id).length;
    calls.push(call);
    const { delayMs = 0, fail, output = null, hang = false } = behave(call, count);
    running += 1;
    try {
      if (hang) await new Promise(() => {});
      if (delayMs > 0) await clock.sleep(delayMs, signal);
    } catch (error) {
      call.result = "aborted";
      throw error;
    } finally {
      running -= 1;
    }
    if (fail !== undefined) {
      call.result = "failed";
      throw new ScriptedFailure(fail);
    }
    call.result = "done";
    done.push(`${kind}:${operation.id}`);
    return output;
  };
  const final: OperationHandler = { execute: (context) => perform("execute", context) };
  const sample: OperationHandler = {
    ...final,
    async compensate(context: CompensationContext) {
      await perform("compensate", context);
    },
  };
  return {
    handlers: new Map([
      ["sample", sample],
      ["final", final],
    ]),
    calls,
    done,
    get running() {
      return running;
    },
  };
}
