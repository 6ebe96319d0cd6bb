/**
 * Every metric of the service, in one place: what is registered here is what `/metrics` tells, what the reference describes and what
 * dashboards and alerts may name.
 *
 * Counters and histograms belong to one process, so that the sum over several replicas is right. Gauges that tell of the whole storage say
 * so: of them replicas show the same, and the maximum is right.
 */

import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from "prom-client";
import { type WorkflowSeries, workflowSeries } from "./workflow-metrics.js";

/** Seconds. From what a disk takes to what an installation takes. */
const SHORT = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
export const LONG = [0.01, 0.1, 0.5, 1, 5, 15, 30, 60, 120, 300, 600, 1800, 3600];

/** What is read when somebody asks for it. */
export interface GaugeSources {
  readonly open: () => number;
  /** More than so many are refused. */
  readonly limit: () => number;
  /** Runs that wait, by priority. */
  readonly depths: () => ReadonlyMap<number, number>;
  readonly active: () => number;
  readonly slots: () => readonly { readonly name: string; readonly holders: readonly unknown[] }[];
  /** Leases that this process holds, by kind. */
  readonly leases: () => ReadonlyMap<string, { readonly size: number }>;
  readonly storage: () => string;
}

export interface Metrics {
  readonly registry: Registry;
  readonly httpDuration: Histogram<"route" | "method" | "status">;
  readonly httpInFlight: Gauge;
  readonly streamsOpen: Gauge;
  readonly submitted: Counter<"purpose">;
  readonly ended: Counter<"status">;
  readonly waits: Histogram<"priority">;
  readonly durations: Histogram<"status">;
  readonly attempts: Counter<"action" | "outcome">;
  readonly attemptDuration: Histogram<"action">;
  readonly eventLag: Histogram;
  readonly storeDuration: Histogram<"operation">;
  readonly storeFailures: Counter<"operation" | "code">;
  readonly leasesLost: Counter<"kind">;
  /** Of batch workflows that want no place of their own. */
  readonly workflows: WorkflowSeries;
}

export function createMetrics(sources: GaugeSources, version: string): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry, prefix: "provisioning_" });
  withoutTotalGauges(registry);
  addStateGauges(registry, sources, version);
  return {
    registry,
    httpDuration: new Histogram({
      name: "provisioning_http_request_duration_seconds",
      help: "Time from a request to the end of its answer; of a stream, for as long as it was open. Route busy: turned away unread.",
      labelNames: ["route", "method", "status"],
      buckets: SHORT,
      registers,
    }),
    httpInFlight: new Gauge({
      name: "provisioning_http_requests_in_flight",
      help: "Requests that are not answered to their end, streams included.",
      registers,
    }),
    streamsOpen: new Gauge({ name: "provisioning_streams_open", help: "Event streams and logs that are followed.", registers }),
    submitted: new Counter({
      name: "provisioning_runs_submitted_total",
      help: "Runs that this process accepted.",
      labelNames: ["purpose"],
      registers,
    }),
    ended: new Counter({
      name: "provisioning_runs_ended_total",
      help: "Runs that came to their end in this process.",
      labelNames: ["status"],
      registers,
    }),
    waits: new Histogram({
      name: "provisioning_run_wait_seconds",
      help: "Time from a run's submission until a worker of this process took it for the first time.",
      labelNames: ["priority"],
      buckets: LONG,
      registers,
    }),
    durations: new Histogram({
      name: "provisioning_run_duration_seconds",
      help: "Time from a run's submission to its end.",
      labelNames: ["status"],
      buckets: LONG,
      registers,
    }),
    attempts: new Counter({
      name: "provisioning_operation_attempts_total",
      help: "Attempts of operations, by how they went.",
      labelNames: ["action", "outcome"],
      registers,
    }),
    attemptDuration: new Histogram({
      name: "provisioning_operation_duration_seconds",
      help: "Time that one attempt of an operation took.",
      labelNames: ["action"],
      buckets: LONG,
      registers,
    }),
    eventLag: new Histogram({
      name: "provisioning_event_lag_seconds",
      help: "Time from an event to its being told to this process, also of events that another one stored.",
      buckets: SHORT,
      registers,
    }),
    storeDuration: new Histogram({
      name: "provisioning_store_call_duration_seconds",
      help: "Time that a call of the storage took.",
      labelNames: ["operation"],
      buckets: SHORT,
      registers,
    }),
    storeFailures: new Counter({
      name: "provisioning_store_failures_total",
      help: "Calls of the storage that failed; refusals that belong to the work, such as a lease that is held, are not among them.",
      labelNames: ["operation", "code"],
      registers,
    }),
    leasesLost: new Counter({
      name: "provisioning_leases_lost_total",
      help: "Leases that somebody else took from this process while it still counted on them.",
      labelNames: ["kind"],
      registers,
    }),
    workflows: workflowSeries(registry, LONG),
  };
}

function addStateGauges(
  registry: Registry,
  { open, limit, depths, active, slots, leases, storage }: GaugeSources,
  version: string,
): void {
  const registers = [registry];
  new Gauge({
    name: "provisioning_service_info",
    help: "Always 1; the labels say which version runs on which storage.",
    labelNames: ["version", "storage"],
    registers,
    collect() {
      this.reset();
      this.set({ version, storage: storage() }, 1);
    },
  });
  new Gauge({
    name: "provisioning_queue_open",
    help: "Runs of the whole storage that wait or run.",
    registers,
    collect() {
      this.set(open());
    },
  });
  new Gauge({
    name: "provisioning_queue_limit",
    help: "Runs that may wait or run before more are refused.",
    registers,
    collect() {
      this.set(limit());
    },
  });
  new Gauge({
    name: "provisioning_queue_depth",
    help: "Runs of the whole storage that are due and wait for a worker, by priority.",
    labelNames: ["priority"],
    registers,
    collect() {
      this.reset();
      for (const [priority, depth] of new Map([[0, 0], ...depths()])) this.set({ priority: String(priority) }, depth);
    },
  });
  new Gauge({
    name: "provisioning_workers_active",
    help: "Runs that this process carries out.",
    registers,
    collect() {
      this.set(active());
    },
  });
  new Gauge({
    name: "provisioning_leases_held",
    help: "Leases that this process holds, of runs and of infras.",
    labelNames: ["kind"],
    registers,
    collect() {
      for (const [kind, { size }] of leases()) this.set({ kind }, size);
    },
  });
  new Gauge({
    name: "provisioning_slots_held",
    help: "Places of servers and of providers' limits that are taken in this process.",
    labelNames: ["slot"],
    registers,
    collect() {
      this.reset();
      for (const { name, holders } of slots()) this.set({ slot: name }, holders.length);
    },
  });
}

/** Gauges whose names end like those of counters. The same numbers, by type, are in the gauges without the ending. */
function withoutTotalGauges(registry: Registry): void {
  for (const name of ["handles", "requests", "resources"])
    registry.removeSingleMetric(`provisioning_nodejs_active_${name}_total`);
}
