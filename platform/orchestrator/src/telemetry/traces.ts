/** Traces for the OpenTelemetry collector of the configuration: requests, tasks, runs, operations and attempts as spans. */

import { randomBytes } from "node:crypto";
import { openSpanExport, RunSpans, type SpanIds } from "@provisioning/actions";
import type { Clock } from "@provisioning/model";
import type { Logger } from "pino";
import type { AnsweredRequest, RequestMeter } from "../http/server.js";
import type { StorageObserver } from "../metrics/measured-storage.js";

/** A request as it arrives. */
export interface TracedRequest {
  readonly traceId: string;
  /** The span of the caller, of its `traceparent`. */
  readonly parentId: string | undefined;
}

export interface Traces extends Pick<StorageObserver, "stored" | "read"> {
  /** Called when it is answered. */
  received(request: TracedRequest): (answered: AnsweredRequest) => void;
  /** Sends what is left, and waits for that a moment. */
  close(): Promise<void>;
}

export interface TracesOptions {
  /** `http://127.0.0.1:4318` */
  readonly endpoint: string;
  readonly version: string;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** @throws ProvisioningError OTLP_ENDPOINT_INVALID */
export async function openTraces({ endpoint, version, clock, logger }: TracesOptions): Promise<Traces> {
  const sending = await openSpanExport({
    endpoint,
    setting: "orchestrator.otlp_endpoint",
    serviceName: "provisioning-orchestrator",
    version,
    onTrouble: (detail) => logger.warn({ detail }, "traces could not be sent"),
  });
  const { emit } = sending;
  const requests = new Map<string, SpanIds>();
  const spans = new RunSpans(emit, (traceId) => requests.get(traceId));
  return {
    stored: (id, events) => spans.stored(id, events),
    read: (id, definition) => spans.read(id, definition),
    received({ traceId, parentId }) {
      const ids = { traceId, spanId: randomBytes(8).toString("hex") };
      const from = clock.now();
      requests.set(traceId, ids);
      return ({ method, route, status, seconds }) => {
        // A later request of the same trace may have taken its place.
        if (requests.get(traceId) === ids) requests.delete(traceId);
        emit({
          ids,
          parent: parentId === undefined ? undefined : { traceId, spanId: parentId },
          name: `${method} ${route}`,
          kind: "server",
          from,
          to: from + seconds * 1000,
          ...(status >= 500 ? { error: String(status) } : {}),
          attributes: { "http.request.method": method, "http.route": route, "http.response.status_code": status },
        });
      };
    },
    close: () => sending.close(),
  };
}

/** Requests are measured and traced. */
export function withTraces(meter: RequestMeter, traces: Traces): RequestMeter {
  return {
    ...meter,
    received(request) {
      const measured = meter.received(request);
      const traced = traces.received(request);
      return (answered) => {
        measured(answered);
        traced(answered);
      };
    },
  };
}
