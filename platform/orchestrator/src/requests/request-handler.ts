/** Carries out requests: the action runs here, what it tells goes to the task's log, what it answers is the operation's output. */

import { createHash } from "node:crypto";
import {
  type ActionContext,
  type ActionEvent,
  type ActionName,
  actionTable,
  invoke,
  type ServiceContext,
  underInfraLease,
} from "@provisioning/actions";
import { canonicalJson, type Json, type Plan, ProvisioningError, type RunId } from "@provisioning/model";
import { rankOf, type Storage } from "@provisioning/storage";
import { AttemptLeftError, type OperationContext, type OperationHandler } from "@provisioning/workflow";
import type { OpenLog, TaskLogs } from "../streams/task-logs.js";
import type { Confirmations } from "./confirmations.js";
import { type ActionRequest, requestIn } from "./request.js";

export type CancelMode = "drain" | "abort";

export interface RequestHandlerOptions {
  /** For one request; `report`, `confirm` and the signals are its own. */
  readonly contextFor: (request: ActionRequest) => Omit<ActionContext, "signal" | "drain" | "report" | "confirm">;
  readonly storage: Storage;
  readonly logs: TaskLogs;
  readonly confirmations: Confirmations;
  readonly service: ServiceContext;
}

/** What a task writes down, one line each; what `/tasks/{id}/events` tells. */
export interface TaskLine {
  readonly time: string;
  readonly level: "debug" | "info" | "warn" | "error";
  readonly traceId: string;
  readonly event: "action" | "confirm";
  readonly data: unknown;
}

/** One that is under way in this process. */
interface Live {
  readonly drain: AbortController;
  readonly abort: AbortController;
  /** The run that the action made. */
  run?: RunId;
}

export class RequestHandler implements OperationHandler {
  readonly #options: RequestHandlerOptions;
  readonly #live = new Map<RunId, Live>();

  constructor(options: RequestHandlerOptions) {
    this.#options = options;
  }

  /** The run that a task of this process has made so far. */
  runOf(task: RunId): RunId | undefined {
    return this.#live.get(task)?.run;
  }

  /** False when the task is not under way here. */
  cancel(task: RunId, mode: CancelMode): boolean {
    const live = this.#live.get(task);
    if (live === undefined) return false;
    const reason = new ProvisioningError({ code: "INTERRUPTED", message: "Interrupted.", retry: "later" });
    (mode === "drain" ? live.drain : live.abort).abort(reason);
    return true;
  }

  async execute(operation: OperationContext): Promise<Json> {
    const { logs, service } = this.#options;
    const task = operation.run.id;
    const request = requestIn(operation.run);
    if (request === undefined || !isAction(request.action)) throw new ProvisioningError(UNKNOWN);
    const live: Live = { drain: new AbortController(), abort: new AbortController() };
    const opened = await logs.open(task);
    try {
      const result = await this.#invoke(request.action, request, { operation, live, opened });
      // It was cut short because this process ends. Nothing came of it yet: whoever takes the task next does it again.
      if (service.release.aborted && isUnfinished(result)) throw new AttemptLeftError();
      refuseFailed(result);
      return { result } as Json;
    } catch (error) {
      if (service.release.aborted && !(error instanceof AttemptLeftError)) throw new AttemptLeftError({ cause: error });
      throw error;
    } finally {
      await opened.log.flush();
      await opened.release();
      this.#live.delete(task);
    }
  }

  async #invoke(name: ActionName, request: ActionRequest, at: Place): Promise<unknown> {
    const { contextFor, service, storage } = this.#options;
    const { operation, live } = at;
    const { effect } = await actionTable[name]();
    const signal = AbortSignal.any([operation.signal, live.abort.signal]);
    const report = (event: ActionEvent) => this.#report(at, request, event);
    const context: ActionContext = {
      ...contextFor(request),
      service: { ...service, request: operation.run.id, ...(effect === "change" ? { holds: operation.run.infra } : {}) },
      signal,
      drain: live.drain.signal,
      report,
      confirm: (plan) => this.#confirm(at, request, plan),
    };
    const run = () => {
      this.#live.set(operation.run.id, live);
      return invoke(name, context, request.input as never) as Promise<unknown>;
    };
    if (effect === "read") return run();
    const lease = {
      leases: storage.leases,
      holder: context.holder,
      turns: service.turns,
      rank: rankOf(operation.run),
      signal: AbortSignal.any([signal, service.release]),
      onWait: (holder = "an earlier task") => {
        report({ type: "phase", title: `Wait for ${holder}, who changes ${operation.run.infra}` });
        return service.waits(operation.run.id);
      },
      onLost: () => live.abort.abort(new ProvisioningError(LEASE_LOST)),
    };
    return underInfraLease(operation.run.infra, lease, run);
  }

  #report({ live, opened, operation }: Place, { traceId }: ActionRequest, event: ActionEvent): void {
    if (event.type === "runStarted") live.run = event.runId;
    write(opened, { level: levelOf(event), traceId, event: "action", data: event });
    if (event.type === "runStarted") operation.report({ message: "run started", run: event.runId });
  }

  async #confirm({ opened, operation, live }: Place, { approve, traceId }: ActionRequest, plan: Plan): Promise<boolean> {
    if (approve === "given") return true;
    const digest = createHash("sha256")
      .update(canonicalJson(plan as unknown as Json))
      .digest("hex");
    write(opened, { level: "info", traceId, event: "confirm", data: { digest, plan } });
    const { service, confirmations } = this.#options;
    const gone = AbortSignal.any([operation.signal, live.abort.signal, live.drain.signal, service.release]);
    return confirmations.ask(operation.run.id, digest, gone);
  }
}

interface Place {
  readonly operation: OperationContext;
  readonly live: Live;
  readonly opened: OpenLog;
}

const UNKNOWN = {
  code: "ACTION_UNKNOWN",
  message: "This version of the service has no such action.",
  hint: "The request was made by another version; ask again.",
};

const LEASE_LOST = { code: "LEASE_LOST", message: "Somebody else changes this infra now.", retry: "later" } as const;

function isAction(name: string): name is ActionName {
  return Object.hasOwn(actionTable, name);
}

/** What was asked for was not achieved: then the task did not complete. What came of it is in the error. @throws ProvisioningError */
function refuseFailed(result: unknown): void {
  const code = typeof result === "object" && result !== null && "outcome" in result ? FAILURES.get(result.outcome) : undefined;
  if (code === undefined) return;
  const hint = "What happened, operation by operation: provisioning workflow status";
  throw new ProvisioningError({ code, message: "The run did not complete.", hint, details: { result } });
}

const RUN_FAILED = "RUN_FAILED";
export const RUN_CANCELLED = "RUN_CANCELLED";

const FAILURES: ReadonlyMap<unknown, string> = new Map([
  ["failed", RUN_FAILED],
  ["rolledBack", RUN_FAILED],
  ["cancelled", RUN_CANCELLED],
]);

/** An action whose run was left in the middle says that it was interrupted. */
function isUnfinished(result: unknown): boolean {
  if (typeof result !== "object" || result === null) return false;
  const { outcome, interrupted } = result as { readonly outcome?: unknown; readonly interrupted?: unknown };
  return outcome === "cancelled" || outcome === "declined" || interrupted === true;
}

function levelOf(event: ActionEvent): TaskLine["level"] {
  if (event.type === "warning") return "warn";
  if (event.type === "progress") return "debug";
  return event.type === "run" && event.event.type === "operationFailed" ? "error" : "info";
}

function write({ log }: OpenLog, line: Omit<TaskLine, "time">): void {
  log.append(JSON.stringify({ time: new Date().toISOString(), ...line }));
}
