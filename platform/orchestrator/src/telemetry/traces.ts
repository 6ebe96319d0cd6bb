/**
 * Traces for an OpenTelemetry collector: requests, tasks, runs, operations and attempts as spans, sent in batches over HTTP. The libraries are
 * loaded only where an endpoint is configured. A collector that does not answer costs spans, nothing else.
 */

import { randomBytes } from "node:crypto";
import { ProvisioningError, type Clock } from "@provisioning/model";
import type { Logger } from "pino";
import type { AnsweredRequest, RequestMeter } from "../http/server.js";
import type { StorageObserver } from "../metrics/measured-storage.js";
import { type FinishedSpan, RunSpans } from "./run-spans.js";
import type { SpanIds } from "./span-ids.js";

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
  const sending = await openExport(addressOf(endpoint), version, logger);
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

interface Export {
  readonly emit: (span: FinishedSpan) => void;
  close(): Promise<void>;
}

/** Whoever ends the service does not wait for a collector for long. */
const PATIENCE_MS = 2_000;

async function openExport(url: string, version: string, logger: Logger): Promise<Export> {
  const [api, { BasicTracerProvider, BatchSpanProcessor }, { OTLPTraceExporter }, { resourceFromAttributes }] = await Promise.all(
    [
      import("@opentelemetry/api"),
      import("@opentelemetry/sdk-trace-node"),
      import("@opentelemetry/exporter-trace-otlp-http"),
      import("@opentelemetry/resources"),
    ],
  );
  const warn = (message: string) => logger.warn({ detail: message }, "traces could not be sent");
  api.diag.setLogger({ error: warn, warn, info() {}, debug() {}, verbose() {} }, api.DiagLogLevel.WARN);
  // Ids are asked for while a span is made: they are the ones of the span that is made right now.
  let next: SpanIds = { traceId: "", spanId: "" };
  const provider = new BasicTracerProvider({
    resource: resourceFromAttributes({ "service.name": "provisioning-orchestrator", "service.version": version }),
    idGenerator: { generateTraceId: () => next.traceId, generateSpanId: () => next.spanId },
    spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter({ url, timeoutMillis: PATIENCE_MS }))],
  });
  const tracer = provider.getTracer("provisioning", version);
  return {
    emit({ ids, parent, name, kind, from, to, error, attributes }) {
      next = ids;
      const around =
        parent === undefined
          ? api.ROOT_CONTEXT
          : api.trace.setSpanContext(api.ROOT_CONTEXT, { ...parent, traceFlags: api.TraceFlags.SAMPLED, isRemote: true });
      // As dates: a number could be taken for a time since the start of the process.
      const startTime = new Date(from);
      const spanKind = kind === "server" ? api.SpanKind.SERVER : api.SpanKind.INTERNAL;
      const span = tracer.startSpan(name, { kind: spanKind, startTime, attributes: { ...attributes } }, around);
      if (error !== undefined) span.setStatus({ code: api.SpanStatusCode.ERROR, message: error });
      span.end(new Date(to));
    },
    async close() {
      const over = new Promise<void>((resolve) => setTimeout(resolve, PATIENCE_MS).unref());
      await Promise.race([provider.shutdown().catch(() => {}), over]);
      api.diag.disable();
    },
  };
}

/** The path of traces is the protocol's own (OTLP/HTTP), below what the endpoint says. */
function addressOf(endpoint: string): string {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  if (url === undefined || !["http:", "https:"].includes(url.protocol)) {
    throw new ProvisioningError({
      code: "OTLP_ENDPOINT_INVALID",
      message: `orchestrator.otlp_endpoint is ${JSON.stringify(endpoint)}, which is no address.`,
      hint: "Say http://HOST:4318, or leave it empty to send no traces.",
    });
  }
  return `${endpoint.replace(/\/+$/, "")}/v1/traces`;
}
