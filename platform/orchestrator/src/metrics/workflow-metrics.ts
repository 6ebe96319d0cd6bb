/**
 * Metrics of batch workflows by their names. A workflow whose `monitoring.metrics_endpoint` names a path of its own has them there and nowhere
 * else; those of all others are among the metrics of the service. What is not to be watched is not measured.
 */

import { monitoringOf } from "@provisioning/actions";
import type { Instant, RunDefinition, RunEvent, RunId } from "@provisioning/model";
import type { RunStore } from "@provisioning/storage";
import { Counter, Histogram, Registry } from "prom-client";
import type { StorageObserver } from "./measured-storage.js";

export interface WorkflowSeries {
  readonly runs: Counter<"workflow" | "infra" | "status">;
  readonly durations: Histogram<"workflow" | "infra">;
  readonly attempts: Counter<"workflow" | "infra" | "outcome">;
}

export function workflowSeries(registry: Registry, buckets: number[]): WorkflowSeries {
  const registers = [registry];
  return {
    runs: new Counter({
      name: "provisioning_workflow_runs_ended_total",
      help: "Runs of a batch workflow that came to their end in this process.",
      labelNames: ["workflow", "infra", "status"],
      registers,
    }),
    durations: new Histogram({
      name: "provisioning_workflow_run_duration_seconds",
      help: "Time from the submission of a batch workflow's run to its end.",
      labelNames: ["workflow", "infra"],
      buckets,
      registers,
    }),
    attempts: new Counter({
      name: "provisioning_workflow_attempts_total",
      help: "Attempts of a batch workflow's operations, by how they went.",
      labelNames: ["workflow", "infra", "outcome"],
      registers,
    }),
  };
}

interface Watched {
  readonly workflow: string;
  readonly infra: string;
  readonly createdAt: Instant;
  readonly series: WorkflowSeries;
}

/** Runs that are only looked at are remembered, too, until others take their place. */
const KNOWN_RUNS = 5_000;
/** The newest runs of the storage, when the process begins. */
const LOOKED_AT = 1_000;
/** Whoever makes up names does not fill the memory: the path that was named first goes. */
const KNOWN_PATHS = 200;

export interface WorkflowMetricsOptions {
  readonly shared: WorkflowSeries;
  readonly buckets: number[];
  /** Paths that are no paths of their own. */
  readonly isShared: (path: string) => boolean;
}

export class WorkflowMetrics implements Pick<StorageObserver, "stored" | "read"> {
  readonly #options: WorkflowMetricsOptions;
  readonly #runs = new Map<RunId, Watched>();
  readonly #paths = new Map<string, { readonly registry: Registry; readonly series: WorkflowSeries }>();

  constructor(options: WorkflowMetricsOptions) {
    this.#options = options;
  }

  /** The paths of workflows that ran before this process: nobody who scrapes them finds nothing there after a restart. */
  async load(runs: RunStore): Promise<void> {
    for (const summary of (await runs.list({ limit: LOOKED_AT })).runs) {
      const monitoring = monitoringOf(summary);
      if (monitoring !== undefined) this.#seriesAt(monitoring.metricsEndpoint);
    }
  }

  /** Absent: no workflow has its metrics there. */
  text(path: string): Promise<string> | undefined {
    return this.#paths.get(path)?.registry.metrics();
  }

  read(id: RunId, definition: RunDefinition): void {
    const monitoring = this.#runs.has(id) ? undefined : monitoringOf(definition);
    if (monitoring === undefined) return;
    const { name: workflow, infra, createdAt } = definition;
    remember(this.#runs, id, { workflow, infra, createdAt, series: this.#seriesAt(monitoring.metricsEndpoint) }, KNOWN_RUNS);
  }

  stored(id: RunId, events: readonly RunEvent[]): void {
    for (const event of events) {
      if (event.type === "runSubmitted") this.read(id, event.definition);
      const run = this.#runs.get(id);
      if (run !== undefined) count(run, event);
    }
  }

  #seriesAt(path: string): WorkflowSeries {
    const { isShared, shared, buckets } = this.#options;
    if (isShared(path)) return shared;
    const known = this.#paths.get(path);
    if (known !== undefined) return known.series;
    const registry = new Registry();
    const series = workflowSeries(registry, buckets);
    remember(this.#paths, path, { registry, series }, KNOWN_PATHS);
    return series;
  }
}

function remember<Key, Value>(known: Map<Key, Value>, key: Key, value: Value, most: number): void {
  known.set(key, value);
  const [oldest] = known.keys();
  if (known.size > most && oldest !== undefined) known.delete(oldest);
}

function count({ workflow, infra, createdAt, series }: Watched, event: RunEvent): void {
  const about = { workflow, infra };
  switch (event.type) {
    case "operationCompleted":
      series.attempts.inc({ ...about, outcome: "completed" });
      return;
    case "operationFailed":
      series.attempts.inc({ ...about, outcome: "failed" });
      return;
    case "runEnded":
      series.runs.inc({ ...about, status: event.status });
      series.durations.observe(about, Math.max(0, event.at - createdAt) / 1000);
      return;
    default:
  }
}
