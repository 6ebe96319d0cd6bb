/** What this process does with runs, as lines of its log: each with the run and the trace of the request that it came from. */

import { traceOf } from "@provisioning/actions";
import type { JsonObject, RunDefinition, RunEvent, RunId } from "@provisioning/model";
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
    switch (event.type) {
      case "runSubmitted":
        this.read(run, event.definition);
        this.#say("debug", run, "run submitted");
        return;
      case "runClaimed":
        this.#say("info", run, "run started");
        return;
      case "operationFailed": {
        const { operation, error } = event;
        // Nobody tries it again by itself.
        const permanent = event.retryAt === undefined;
        this.#say(permanent ? "error" : "warn", run, "operation failed", { operation, code: error.code, permanent });
        return;
      }
      case "rollbackStarted":
        this.#say("warn", run, "rollback started");
        return;
      case "runReleased":
        this.#say("info", run, "run left to others");
        return;
      case "runEnded": {
        const { status, at } = event;
        const seconds = (at - (this.#known.get(run)?.createdAt ?? at)) / 1000;
        this.#say(status === "failed" || status === "rolledBack" ? "error" : "info", run, "run ended", { status, seconds });
        this.#known.delete(run);
        return;
      }
      default:
    }
  }

  /** Most lines of a busy service are below its level: nothing is made for these. */
  #say(level: "debug" | "info" | "warn" | "error", run: RunId, message: string, more?: JsonObject): void {
    if (!this.#logger.isLevelEnabled(level)) return;
    const { createdAt: _, ...about } = this.#known.get(run) ?? {};
    this.#logger[level]({ ...about, run, ...more }, message);
  }
}
