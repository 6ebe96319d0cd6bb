/** Events of runs, as this process stores them, become spans: the run, its operations, their attempts. Pure but for what it remembers. */

import type { Instant, OperationId, RunDefinition, RunEvent, RunId } from "@provisioning/model";
import { REQUEST_PURPOSE } from "../run/find-run.js";
import { attemptSpan, operationSpan, runSpan, type SpanIds, traceOf } from "./span-ids.js";

/** A span that is over. */
export interface FinishedSpan {
  readonly ids: SpanIds;
  readonly parent: SpanIds | undefined;
  readonly name: string;
  readonly kind: "server" | "internal";
  readonly from: Instant;
  readonly to: Instant;
  /** A code. Absent: it went well. */
  readonly error?: string;
  readonly attributes: Readonly<Record<string, string | number>>;
}

export type EmitSpan = (span: FinishedSpan, run: RunDefinition) => void;

interface RunAtWork {
  readonly traceId: string;
  readonly definition: RunDefinition;
  readonly parent: SpanIds | undefined;
  readonly operations: Map<OperationId, { readonly from: Instant; attemptFrom: Instant; attempt: number }>;
}

/** Runs that are only looked at are remembered, too, until others take their place. */
const KNOWN_RUNS = 5_000;

/** Told of the runs that are read and of the events that are stored. */
export class RunSpans {
  readonly #emit: EmitSpan;
  /** The request that is being answered in a trace. */
  readonly #requestOf: (traceId: string) => SpanIds | undefined;
  readonly #runs = new Map<RunId, RunAtWork>();

  constructor(emit: EmitSpan, requestOf: (traceId: string) => SpanIds | undefined) {
    this.#emit = emit;
    this.#requestOf = requestOf;
  }

  /** Whether there is something to tell of it. */
  has(id: RunId): boolean {
    return this.#runs.has(id);
  }

  read(id: RunId, definition: RunDefinition): void {
    if (this.#runs.has(id)) return;
    const traceId = traceOf(definition);
    this.#runs.set(id, { traceId, definition, parent: this.#parentOf(definition, traceId), operations: new Map() });
    if (this.#runs.size <= KNOWN_RUNS) return;
    const [oldest] = this.#runs.keys();
    if (oldest !== undefined) this.#runs.delete(oldest);
  }

  stored(id: RunId, events: readonly RunEvent[]): void {
    for (const event of events) {
      if (event.type === "runSubmitted") this.read(id, event.definition);
      const run = this.#runs.get(id);
      if (run !== undefined) this.#note(id, run, event);
    }
  }

  /** The operation of the task that made the run, or the request that asked for it. */
  #parentOf({ labels }: RunDefinition, traceId: string): SpanIds | undefined {
    const task = labels.request as RunId | undefined;
    return task === undefined ? this.#requestOf(traceId) : operationSpan(traceId, task, "request" as OperationId);
  }

  #note(id: RunId, run: RunAtWork, event: RunEvent): void {
    switch (event.type) {
      case "operationStarted": {
        const from = run.operations.get(event.operation)?.from ?? event.at;
        run.operations.set(event.operation, { from, attemptFrom: event.at, attempt: event.attempt });
        return;
      }
      case "operationCompleted":
        this.#attemptEnded(id, run, event, undefined);
        this.#operationEnded(id, run, event, undefined);
        return;
      case "operationFailed":
        this.#attemptEnded(id, run, event, event.error.code);
        if (event.retryAt === undefined) this.#operationEnded(id, run, event, event.error.code);
        return;
      case "runEnded":
        this.#runEnded(id, run, event);
        this.#runs.delete(id);
        return;
      default:
    }
  }

  #attemptEnded(id: RunId, run: RunAtWork, { operation, at }: Ended, error: string | undefined): void {
    const { traceId } = run;
    const known = run.operations.get(operation);
    if (known === undefined) return;
    const span: FinishedSpan = {
      ids: attemptSpan(traceId, id, operation, known.attemptFrom),
      parent: operationSpan(traceId, id, operation),
      name: `attempt ${known.attempt}`,
      kind: "internal",
      from: known.attemptFrom,
      to: at,
      ...(error === undefined ? {} : { error }),
      attributes: { "provisioning.run": id, "provisioning.operation": operation, "provisioning.attempt": known.attempt },
    };
    this.#emit(span, run.definition);
  }

  #operationEnded(id: RunId, run: RunAtWork, { operation, at }: Ended, error: string | undefined): void {
    const known = run.operations.get(operation);
    if (known === undefined) return;
    run.operations.delete(operation);
    const { title, action = "" } = run.definition.operations.find((one) => one.id === operation) ?? { title: operation };
    const span: FinishedSpan = {
      ids: operationSpan(run.traceId, id, operation),
      parent: runSpan(run.traceId, id),
      name: title,
      kind: "internal",
      from: known.from,
      to: at,
      ...(error === undefined ? {} : { error }),
      attributes: { "provisioning.run": id, "provisioning.operation": operation, "provisioning.action": action },
    };
    this.#emit(span, run.definition);
  }

  #runEnded(id: RunId, run: RunAtWork, { status, at }: Extract<RunEvent, { type: "runEnded" }>): void {
    const { name, infra, labels, createdAt } = run.definition;
    const purpose = labels.purpose ?? "apply";
    const span: FinishedSpan = {
      ids: runSpan(run.traceId, id),
      parent: run.parent,
      name: `${purpose === REQUEST_PURPOSE ? "task" : "run"} ${name}`,
      kind: "internal",
      from: createdAt,
      to: at,
      ...(status === "failed" || status === "rolledBack" ? { error: status } : {}),
      attributes: {
        "provisioning.run": id,
        "provisioning.infra": infra,
        "provisioning.purpose": purpose,
        "provisioning.status": status,
      },
    };
    this.#emit(span, run.definition);
  }
}

type Ended = { readonly operation: OperationId; readonly at: Instant };
