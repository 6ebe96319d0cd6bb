/**
 * Sends spans to an OpenTelemetry collector, in batches over HTTP. The libraries are loaded when somebody has a collector. One that does not answer
 * costs spans, nothing else.
 */

import { ProvisioningError } from "@provisioning/model";
import type { FinishedSpan } from "./run-spans.js";
import type { SpanIds } from "./span-ids.js";

export interface SpanExport {
  readonly emit: (span: FinishedSpan) => void;
  /** Sends what is left, and waits for that a moment. */
  close(): Promise<void>;
}

export interface SpanExportOptions {
  /** `http://127.0.0.1:4318` */
  readonly endpoint: string;
  /** What says the endpoint, for whoever has to correct it. */
  readonly setting: string;
  readonly serviceName: string;
  readonly version: string;
  /** Spans wait this long for others at most. Default 5 s. */
  readonly delayMs?: number;
  /** A batch could not be sent. */
  readonly onTrouble: (reason: string) => void;
}

/** Whoever ends a process does not wait for a collector for long. */
const PATIENCE_MS = 2_000;
const DELAY_MS = 5_000;
/** Of the results of an exporter. */
const SENT = 0;

/** @throws ProvisioningError OTLP_ENDPOINT_INVALID */
export async function openSpanExport(options: SpanExportOptions): Promise<SpanExport> {
  const { endpoint, setting, serviceName, version, delayMs = DELAY_MS, onTrouble } = options;
  const url = tracesAddress(endpoint);
  if (url === undefined) throw new EndpointInvalidError(setting, endpoint);
  const [api, { BasicTracerProvider, BatchSpanProcessor }, { OTLPTraceExporter }, { resourceFromAttributes }] = await Promise.all(
    [
      import("@opentelemetry/api"),
      import("@opentelemetry/sdk-trace-node"),
      import("@opentelemetry/exporter-trace-otlp-http"),
      import("@opentelemetry/resources"),
    ],
  );
  // Ids are asked for while a span is made: they are the ones of the span that is made right now.
  let next: SpanIds = { traceId: "", spanId: "" };
  const exporter = new OTLPTraceExporter({ url, timeoutMillis: PATIENCE_MS });
  const telling: Pick<typeof exporter, "export" | "shutdown" | "forceFlush"> = {
    export: (spans, done) =>
      exporter.export(spans, (result) => {
        if (Number(result.code) !== SENT) onTrouble(result.error?.message ?? "the collector does not take them");
        done(result);
      }),
    shutdown: () => exporter.shutdown(),
    forceFlush: () => exporter.forceFlush(),
  };
  const provider = new BasicTracerProvider({
    resource: resourceFromAttributes({ "service.name": serviceName, "service.version": version }),
    idGenerator: { generateTraceId: () => next.traceId, generateSpanId: () => next.spanId },
    spanProcessors: [new BatchSpanProcessor(telling, { scheduledDelayMillis: delayMs })],
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
    },
  };
}

/** The path of traces is the protocol's own (OTLP/HTTP), below what the endpoint says. Absent: that is no address. */
export function tracesAddress(endpoint: string): string | undefined {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  if (url === undefined || !["http:", "https:"].includes(url.protocol)) return undefined;
  return `${endpoint.replace(/\/+$/, "")}/v1/traces`;
}

/** Nothing is sent. */
class EndpointInvalidError extends ProvisioningError {
  constructor(setting: string, endpoint: string) {
    super({
      code: "OTLP_ENDPOINT_INVALID",
      message: `${setting} is ${JSON.stringify(endpoint)}, which is no address.`,
      hint: "Say http://HOST:4318, or leave it empty to send no traces.",
    });
  }
}
