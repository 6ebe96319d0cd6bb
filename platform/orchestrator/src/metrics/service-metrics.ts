/** Measures the service: what its storage, its runs and its endpoints do becomes numbers for Prometheus. */

import type { Clock, RunEvent, RunId } from "@provisioning/model";
import { ENDED_STATUSES, type RunStore } from "@provisioning/storage";
import type { AnsweredRequest } from "../http/server.js";
import type { LeaseKind, StorageObserver } from "./measured-storage.js";
import { SHARED_METRICS_PATH } from "@provisioning/actions";
import { createMetrics, type GaugeSources, LONG, type Metrics } from "./metrics.js";
import { RunBook } from "./run-book.js";
import { WorkflowMetrics } from "./workflow-metrics.js";

export interface ServiceMetrics {
  /** For the storage, from before it is used for the first time. */
  readonly observer: StorageObserver;
  /** For the storage, too. */
  readonly workflows: WorkflowMetrics;
  /** Begins to tell of a service: what waits already is counted. */
  attach(service: MeasuredService): Promise<void>;
  text(): Promise<string>;
  received(): (answered: AnsweredRequest) => void;
  over(): void;
  turnedAway(seconds: number): void;
  streamOpened(): void;
  streamClosed(): void;
  close(): void;
}

/** The parts of the service that are looked at when somebody asks. */
export interface MeasuredService {
  readonly storage: { readonly runs: RunStore };
  readonly backlog: { readonly size: number };
  readonly worker: { readonly active: number };
  readonly slots: { views(): ReturnType<GaugeSources["slots"]> };
  readonly storageType: string;
  readonly workspace: {
    readonly config: { get(key: "orchestrator.max_queued"): number; get(key: "orchestrator.metrics_path"): string };
  };
}

export function createServiceMetrics(clock: Clock, version: string): ServiceMetrics {
  const book = new RunBook();
  const held: HeldScopes = new Map([
    ["run", new Set()],
    ["infra", new Set()],
  ]);
  let service: MeasuredService | undefined;
  let stop = () => {};
  const metrics = createMetrics(
    {
      open: () => service?.backlog.size ?? 0,
      limit: () => service?.workspace.config.get("orchestrator.max_queued") ?? 0,
      depths: () => book.depths(clock.now()),
      active: () => service?.worker.active ?? 0,
      slots: () => service?.slots.views() ?? [],
      leases: () => held,
      storage: () => service?.storageType ?? "none",
    },
    version,
  );
  const isShared = (path: string) =>
    path === SHARED_METRICS_PATH || path === service?.workspace.config.get("orchestrator.metrics_path");
  const workflows = new WorkflowMetrics({ shared: metrics.workflows, buckets: LONG, isShared });
  return {
    observer: observerOf(metrics, book, held),
    workflows,
    async attach(given) {
      service = given;
      stop = given.storage.runs.watch(({ runId, events }) => {
        for (const event of events) book.note(runId, event);
        const last = events.at(-1);
        if (last !== undefined) metrics.eventLag.observe(Math.max(0, clock.now() - last.at) / 1000);
      });
      await book.load(given.storage.runs);
      await workflows.load(given.storage.runs);
    },
    text: () => metrics.registry.metrics(),
    received() {
      metrics.httpInFlight.inc();
      return ({ route, method, status, seconds }) =>
        metrics.httpDuration.observe({ route, method, status: String(status) }, seconds);
    },
    over: () => metrics.httpInFlight.dec(),
    turnedAway: (seconds) => metrics.httpDuration.observe({ route: "busy", method: "POST", status: "429" }, seconds),
    streamOpened: () => metrics.streamsOpen.inc(),
    streamClosed: () => metrics.streamsOpen.dec(),
    close() {
      stop();
      metrics.registry.clear();
    },
  };
}

/** Of the leases that this process holds. */
type HeldScopes = ReadonlyMap<LeaseKind, Set<string>>;

function observerOf(metrics: Metrics, book: RunBook, held: HeldScopes): StorageObserver {
  for (const kind of held.keys()) metrics.leasesLost.inc({ kind }, 0);
  for (const status of ENDED_STATUSES) metrics.ended.inc({ status }, 0);
  return {
    called: (operation, seconds) => metrics.storeDuration.observe({ operation }, seconds),
    failed: (operation, code) => metrics.storeFailures.inc({ operation, code }),
    stored(runId, events) {
      for (const event of events) count(metrics, book, runId, event);
    },
    read: (runId, definition) => book.describe(runId, definition),
    leaseTaken: (kind, scope) => void held.get(kind)?.add(scope),
    leaseGiven: (kind, scope) => void held.get(kind)?.delete(scope),
    leaseLost(kind, scope) {
      if (held.get(kind)?.delete(scope) === true) metrics.leasesLost.inc({ kind });
    },
  };
}

/** An event that this process stored. */
function count(metrics: Metrics, book: RunBook, runId: RunId, event: RunEvent): void {
  const run = book.get(runId);
  const since = (began: number | undefined) => (began === undefined ? undefined : Math.max(0, event.at - began) / 1000);
  switch (event.type) {
    case "runSubmitted":
      metrics.submitted.inc({ purpose: event.definition.labels.purpose ?? "apply" });
      book.note(runId, event);
      return;
    case "runClaimed":
      if (run === undefined || run.isWaitMeasured) return;
      run.isWaitMeasured = true;
      metrics.waits.observe({ priority: String(run.priority) }, since(run.submittedAt) ?? 0);
      return;
    case "operationStarted":
      book.note(runId, event);
      return;
    case "operationCompleted":
    case "operationFailed": {
      const action = run?.actions.get(event.operation) ?? "unknown";
      metrics.attempts.inc({ action, outcome: event.type === "operationCompleted" ? "completed" : "failed" });
      const seconds = since(run?.started?.get(event.operation));
      if (seconds !== undefined) metrics.attemptDuration.observe({ action }, seconds);
      return;
    }
    case "runEnded": {
      metrics.ended.inc({ status: event.status });
      const seconds = since(run?.submittedAt);
      if (seconds !== undefined) metrics.durations.observe({ status: event.status }, seconds);
      book.settle(runId);
      return;
    }
    default:
  }
}
