/**
 * Traces of runs whose workflow names a collector of its own (`MonitoringConfig.telemetry`): sent there by whoever carries the run out, a command or
 * a service, at least every `checkpoint_frequency` seconds. A process that dies takes no more spans with it than those.
 */

import type { RunDefinition, RunEvent, RunId } from "@provisioning/model";
import { monitoringOf } from "../run/monitoring.js";
import { type FinishedSpan, RunSpans } from "./run-spans.js";
import { openSpanExport, type SpanExport, type SpanExportOptions } from "./span-export.js";

export interface RunTelemetryOptions {
  readonly version: string;
  /** Traces that could not be sent. Nothing else is the matter. */
  readonly onTrouble: (reason: string) => void;
}

type Wanted = Pick<SpanExportOptions, "endpoint" | "serviceName" | "delayMs">;

/** After these nothing more is told of a run, for now. */
const AT_REST: ReadonlySet<RunEvent["type"]> = new Set<RunEvent["type"]>(["runEnded", "runReleased", "runPaused"]);

export class RunTelemetry {
  readonly #options: RunTelemetryOptions;
  readonly #spans = new RunSpans(
    (span, run) => this.#emit(span, run),
    () => undefined,
  );
  readonly #open = new Map<RunId, Promise<SpanExport | undefined>>();
  readonly #closing = new Set<Promise<void>>();

  constructor(options: RunTelemetryOptions) {
    this.#options = options;
  }

  /** A run that this process may come to work on. */
  read(id: RunId, definition: RunDefinition): void {
    if (wantedOf(definition) !== undefined) this.#spans.read(id, definition);
  }

  /** Events that this process stored. */
  stored(id: RunId, events: readonly RunEvent[]): void {
    const [first] = events;
    if (first?.type === "runSubmitted") this.read(id, first.definition);
    // Most runs want none.
    if (!this.#spans.has(id)) return;
    this.#spans.stored(id, events);
    if (events.some(({ type }) => AT_REST.has(type))) this.#close(id);
  }

  /** Sends what is left. */
  async close(): Promise<void> {
    for (const id of this.#open.keys()) this.#close(id);
    await Promise.all(this.#closing);
  }

  #emit(span: FinishedSpan, run: RunDefinition): void {
    const wanted = wantedOf(run);
    if (wanted === undefined) return;
    const known = this.#open.get(run.id) ?? this.#openFor(wanted);
    this.#open.set(run.id, known);
    void known.then((opened) => opened?.emit(span));
  }

  #openFor(wanted: Wanted): Promise<SpanExport | undefined> {
    const { version, onTrouble } = this.#options;
    return openSpanExport({ ...wanted, setting: "telemetry.endpoint of the workflow", version, onTrouble }).catch(
      (error: unknown) => {
        onTrouble(error instanceof Error ? error.message : String(error));
        return undefined;
      },
    );
  }

  #close(id: RunId): void {
    const open = this.#open.get(id);
    if (open === undefined) return;
    this.#open.delete(id);
    const closing = open.then((opened) => opened?.close()).finally(() => this.#closing.delete(closing));
    this.#closing.add(closing);
  }
}

function wantedOf(run: RunDefinition): Wanted | undefined {
  const monitoring = monitoringOf(run);
  if (monitoring === undefined) return undefined;
  const { telemetry, checkpointFrequencyMs } = monitoring;
  const { enabled, endpoint, serviceName } = telemetry;
  return enabled && endpoint !== undefined ? { endpoint, serviceName, delayMs: checkpointFrequencyMs } : undefined;
}
