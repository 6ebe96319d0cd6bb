/** What this process does with runs, as lines of its log: each with the run and the trace of the request that it came from. */

import { traceOf } from "@provisioning/actions";
import type { RunDefinition, RunEvent, RunId } from "@provisioning/model";
import type { Logger } from "pino";
import type { StorageObserver } from "../metrics/measured-storage.js";

interface Facts {
  readonly trace_id: string;
  readonly name: string;
  readonly infra: string;
  readonly createdAt: number;
}

/** Runs that are read again and again, by streams and by whoever looks at them, are more than those that are at work. */
const KNOWN_RUNS = 5_000;

export class RunJournal implements Pick<StorageObserver, "stored" | "read"> {
  readonly #logger: Logger;
  readonly #known = new Map<RunId, Facts>();

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  read(id: RunId, definition: RunDefinition): void {
    if (this.#known.has(id)) return;
    const { name, infra, createdAt } = definition;
    this.#known.set(id, { trace_id: traceOf(definition), name, infra, createdAt });
    if (this.#known.size <= KNOWN_RUNS) return;
    const [oldest] = this.#known.keys();
    if (oldest !== undefined) this.#known.delete(oldest);
  }

  stored(run: RunId, events: readonly RunEvent[]): void {
    for (const event of events) this.#write(run, event);
  }

  #write(run: RunId, event: RunEvent): void {
    if (event.type === "runSubmitted") this.read(run, event.definition);
    const { createdAt, ...about } = this.#known.get(run) ?? { createdAt: event.at };
    const facts = { ...about, run };
    switch (event.type) {
      case "runSubmitted":
        this.#logger.debug(facts, "run submitted");
        return;
      case "runClaimed":
        this.#logger.info(facts, "run started");
        return;
      case "operationFailed": {
        const { operation, error, retryAt } = event;
        const level = retryAt === undefined ? "error" : "warn";
        this.#logger[level]({ ...facts, operation, code: error.code }, "operation failed");
        return;
      }
      case "rollbackStarted":
        this.#logger.warn(facts, "rollback started");
        return;
      case "runReleased":
        this.#logger.info(facts, "run left to others");
        return;
      case "runEnded": {
        const { status } = event;
        const seconds = (event.at - createdAt) / 1000;
        const level = status === "failed" || status === "rolledBack" ? "error" : "info";
        this.#logger[level]({ ...facts, status, seconds }, "run ended");
        this.#known.delete(run);
        return;
      }
      default:
    }
  }
}
