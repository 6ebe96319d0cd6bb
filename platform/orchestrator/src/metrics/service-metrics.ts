/** What the service counts and measures, for Prometheus. */

import type { Clock, Instant, OperationId, RunEvent, RunId } from "@provisioning/model";
import type { AppendedEvents, Storage } from "@provisioning/storage";
import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from "prom-client";
import type { Service } from "../service.js";

/** Seconds. From what a disk takes to what an installation takes. */
const SHORT = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const LONG = [0.01, 0.1, 0.5, 1, 5, 15, 30, 60, 120, 300, 600, 1800, 3600];

export interface ServiceMetrics {
  text(): Promise<string>;
  answered(request: { readonly route: string; readonly method: string; readonly status: number; readonly seconds: number }): void;
  close(): void;
}

interface Known {
  readonly submittedAt: Instant;
  readonly priority: string;
  isClaimed: boolean;
  readonly started: Map<OperationId, Instant>;
  readonly actions: ReadonlyMap<OperationId, string>;
}

export function createServiceMetrics(service: Service): ServiceMetrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry, prefix: "provisioning_" });
  const requests = new Histogram({
    name: "provisioning_http_request_duration_seconds",
    help: "Time from a request to its answer.",
    labelNames: ["route", "method", "status"] as const,
    buckets: SHORT,
    registers,
  });
  const submitted = new Counter({
    name: "provisioning_runs_submitted_total",
    help: "Runs that were accepted.",
    labelNames: ["purpose"] as const,
    registers,
  });
  const ended = new Counter({
    name: "provisioning_runs_ended_total",
    help: "Runs that came to their end.",
    labelNames: ["status"] as const,
    registers,
  });
  const waits = new Histogram({
    name: "provisioning_run_wait_seconds",
    help: "Time from a run's submission until a worker took it.",
    buckets: LONG,
    registers,
  });
  const durations = new Histogram({
    name: "provisioning_run_duration_seconds",
    help: "Time from a run's submission to its end.",
    labelNames: ["status"] as const,
    buckets: LONG,
    registers,
  });
  const attempts = new Counter({
    name: "provisioning_operation_attempts_total",
    help: "Attempts of operations, by how they went.",
    labelNames: ["action", "outcome"] as const,
    registers,
  });
  const active = new Histogram({
    name: "provisioning_operation_duration_seconds",
    help: "Time that one attempt took.",
    labelNames: ["action"] as const,
    buckets: LONG,
    registers,
  });
  const lag = new Histogram({
    name: "provisioning_event_lag_seconds",
    help: "Time from an event to its being told to those who watch.",
    buckets: SHORT,
    registers,
  });
  const store = new Histogram({
    name: "provisioning_store_latency_seconds",
    help: "Time that a look into the storage takes.",
    buckets: SHORT,
    registers,
  });
  new Gauge({
    name: "provisioning_queue_open",
    help: "Runs that wait or run.",
    registers,
    collect() {
      this.set(service.backlog.size);
    },
  });
  new Gauge({
    name: "provisioning_queue_depth",
    help: "Runs that wait for a worker, by priority.",
    labelNames: ["priority"] as const,
    registers,
    collect() {
      this.reset();
      const depths = new Map<string, number>([["0", 0]]);
      for (const { isClaimed, priority } of known.values()) if (!isClaimed) depths.set(priority, (depths.get(priority) ?? 0) + 1);
      for (const [priority, depth] of depths) this.set({ priority }, depth);
    },
  });
  new Gauge({
    name: "provisioning_workers_active",
    help: "Runs that this process carries out.",
    registers,
    collect() {
      this.set(service.worker.active);
    },
  });
  new Gauge({
    name: "provisioning_slots_held",
    help: "Places of servers and of providers' limits that are taken.",
    labelNames: ["slot"] as const,
    registers,
    collect() {
      this.reset();
      for (const { name, holders } of service.slots.views()) this.set({ slot: name }, holders.length);
    },
  });

  const known = new Map<RunId, Known>();
  const { clock } = service.options.context;
  const note = (id: RunId, event: RunEvent): void => {
    const run = known.get(id);
    switch (event.type) {
      case "runSubmitted": {
        const { labels, priority = 0, operations } = event.definition;
        submitted.inc({ purpose: labels.purpose ?? "apply" });
        const actions = new Map(operations.map((operation) => [operation.id, operation.action]));
        known.set(id, { submittedAt: event.at, priority: String(priority), isClaimed: false, started: new Map(), actions });
        return;
      }
      case "runClaimed":
        if (run === undefined || run.isClaimed) return;
        run.isClaimed = true;
        waits.observe((event.at - run.submittedAt) / 1000);
        return;
      case "operationStarted":
        run?.started.set(event.operation, event.at);
        return;
      case "operationCompleted":
      case "operationFailed": {
        const action = run?.actions.get(event.operation) ?? "unknown";
        attempts.inc({ action, outcome: event.type === "operationCompleted" ? "completed" : "failed" });
        const since = run?.started.get(event.operation);
        if (since !== undefined) active.observe({ action }, (event.at - since) / 1000);
        return;
      }
      case "runEnded":
        ended.inc({ status: event.status });
        if (run !== undefined) durations.observe({ status: event.status }, (event.at - run.submittedAt) / 1000);
        known.delete(id);
        return;
      default:
    }
  };
  const stop = service.storage.runs.watch(({ runId, events }: AppendedEvents) => {
    for (const event of events) note(runId, event);
    const last = events.at(-1);
    if (last !== undefined) lag.observe(Math.max(0, clock.now() - last.at) / 1000);
  });
  return {
    async text() {
      store.observe(await latency(service.storage, clock));
      return registry.metrics();
    },
    answered({ route, method, status, seconds }) {
      requests.observe({ route, method, status: String(status) }, seconds);
    },
    close() {
      stop();
      registry.clear();
    },
  };
}

async function latency(storage: Storage, clock: Clock): Promise<number> {
  const began = clock.now();
  await storage.runs.list({ limit: 1 });
  return (clock.now() - began) / 1000;
}
