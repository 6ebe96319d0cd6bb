/** Starts the service: storage, workers, endpoints; says where it is; ends it in order. */

import { join } from "node:path";
import type { Rotation } from "@provisioning/config";
import { ProvisioningError } from "@provisioning/model";
import type { FastifyInstance } from "fastify";
import type { Endpoint } from "./http/endpoint.js";
import { createGuard } from "./http/guard.js";
import { actionEndpoints } from "./http/routes/actions.js";
import { documentEndpoints } from "./http/routes/documents.js";
import { eventEndpoints } from "./http/routes/events.js";
import { systemEndpoints } from "./http/routes/system.js";
import { taskEndpoints } from "./http/routes/tasks.js";
import { workflowEndpoints } from "./http/routes/workflows.js";
import { referenceEndpoints } from "./http/routes/reference.js";
import { httpLimits } from "./http/limits.js";
import { Once } from "./http/once.js";
import { createServer } from "./http/server.js";
import { addWebSocket } from "./http/web-socket.js";
import { Streams } from "./http/streams.js";
import { serviceFiles } from "@provisioning/api";
import { startOf } from "@provisioning/api/client";
import { RunTelemetry } from "@provisioning/actions";
import { announce, assertNoneRuns, makeToken, withdraw } from "./lifecycle/address-file.js";
import { KeptAnswers } from "./kept-answers.js";
import { RunJournal } from "./logging/run-journal.js";
import { tellAll } from "./metrics/measured-storage.js";
import { createServiceMetrics } from "./metrics/service-metrics.js";
import { openTraces, type Traces, withTraces } from "./telemetry/traces.js";
import { openService, type Service, type ServiceOptions } from "./service.js";
import { EventHub } from "./streams/event-hub.js";

export interface StartOptions extends Omit<ServiceOptions, "observe"> {
  /** Default: `orchestrator.port` of the configuration. */
  readonly port?: number;
  /** Default 127.0.0.1. Other than loopback is refused. */
  readonly host?: string;
}

export interface RunningService {
  readonly url: string;
  readonly token: string;
  /** What the configuration says of its log. */
  readonly log: Rotation;
  close(): Promise<void>;
}

const LOOPBACK: ReadonlySet<string> = new Set(["127.0.0.1", "localhost", "::1"]);

/** @throws ProvisioningError HOST_REFUSED, SERVICE_RUNNING, PORT_IN_USE; what opening the workspace and its storage throws */
export async function startService(options: StartOptions): Promise<RunningService> {
  const { host = "127.0.0.1", logger } = options;
  if (!LOOPBACK.has(host)) throw hostRefused(host);
  const metrics = createServiceMetrics(options.context.clock, options.context.platformVersion);
  const onTrouble = (detail: string) => logger.warn({ detail }, "traces of a workflow could not be sent");
  const telemetry = new RunTelemetry({ version: options.context.platformVersion, onTrouble });
  let traces: Traces | undefined;
  const service = await openService({
    ...options,
    async observe(config) {
      if (config.provenance("orchestrator.log_level").layer !== "defaults") logger.level = config.get("orchestrator.log_level");
      const endpoint = config.get("orchestrator.otlp_endpoint");
      const { clock, platformVersion: version } = options.context;
      if (endpoint !== "") traces = await openTraces({ endpoint, version, clock, logger });
      return tellAll(
        metrics.observer,
        new RunJournal(logger),
        telemetry,
        metrics.workflows,
        ...(traces === undefined ? [] : [traces]),
      );
    },
  });
  const { runtimeDir } = service.workspace.workspace.layout;
  const closing: (() => Promise<void> | void)[] = [() => telemetry.close(), () => traces?.close(), () => service.close()];
  const close = async () => {
    for (const step of closing.toReversed()) await step();
  };
  try {
    await assertNoneRuns(runtimeDir);
    await metrics.attach(service);
    const hub = new EventHub(
      service.storage.runs,
      service.startedAt.toString(36),
      service.workspace.config.get("orchestrator.event_buffer"),
    );
    closing.push(
      () => metrics.close(),
      () => hub.close(),
    );
    const all: Endpoint[] = [];
    all.push(
      ...systemEndpoints(
        service,
        () => all,
        () => metrics.text(),
      ),
      ...referenceEndpoints(() => ({
        endpoints: all,
        version: options.context.platformVersion,
        kclDir: options.context.platform.kclDir,
      })),
      ...taskEndpoints(service),
      ...documentEndpoints(service),
      ...workflowEndpoints(service),
      ...actionEndpoints(service),
      ...eventEndpoints(service, hub),
    );
    assertOnePathEach(all);
    const token = await makeToken(runtimeDir);
    let port = options.port ?? service.workspace.config.get("orchestrator.port");
    const guard = createGuard(token, () => port);
    const limits = httpLimits(service);
    const meter = traces === undefined ? metrics : withTraces(metrics, traces);
    const streams = new Streams(limits.maxStreams, meter);
    const keepIn = (folder: string) =>
      KeptAnswers.open({
        // All replicas have this folder; "orchestrator" beside it is each one's own.
        dir: join(runtimeDir, "answers", folder),
        clock: options.context.clock,
        ttlMs: service.workspace.config.get("orchestrator.idempotency_hours") * 3_600_000,
      });
    const once = new Once({
      keys: service.keys,
      answers: await keepIn("changes"),
      readings: await keepIn("readings"),
      onTrouble: (error) => logger.warn({ err: error }, "an answer could not be kept for its idempotency key"),
    });
    const app = createServer({
      endpoints: all,
      guard,
      logger,
      limits,
      meter,
      streams,
      once,
      metricsAt: (path) => metrics.workflows.text(path),
    });
    await addWebSocket(app, service, { hub, guard, streams });
    port = await listen(app, host, port);
    closing.push(() => app.close());
    const url = `http://${host.includes(":") ? `[${host}]` : host}:${port}`;
    await announce(runtimeDir, {
      url,
      pid: process.pid,
      startedAt: (await startOf(process.pid)) ?? "",
      version: options.context.platformVersion,
      workspace: service.workspace.workspace.layout.root,
      platform: options.context.platform.root,
    });
    closing.push(() => withdraw(runtimeDir));
    // The first document should not wait for it; if it cannot be made, its sender is told why.
    service.workflowCompiler().catch(() => undefined);
    logger.info({ url, storage: service.storageType, workspace: service.workspace.workspace.layout.root }, "listening");
    return { url, token, log: rotationOf(service.workspace), close };
  } catch (error) {
    await close();
    throw error;
  }
}

function rotationOf({ workspace, config }: Service["workspace"]): Rotation {
  return {
    file: serviceFiles(workspace.layout.runtimeDir).log,
    maxBytes: config.get("orchestrator.log_max_mib") * 1024 * 1024,
    keep: config.get("orchestrator.log_keep"),
  };
}

/** The path of the metrics is free to choose, as long as nothing else is there. @throws ProvisioningError METRICS_PATH_INVALID */
function assertOnePathEach(endpoints: readonly Endpoint[]): void {
  const seen = new Set<string>();
  for (const { method, path } of endpoints) {
    if (/^\/[\w./:-]*$/.test(path) && !seen.has(`${method} ${path}`)) seen.add(`${method} ${path}`);
    else {
      throw new ProvisioningError({
        code: "METRICS_PATH_INVALID",
        message: `${JSON.stringify(path)} is no path for the metrics, or one that something else has.`,
        hint: "Set orchestrator.metrics_path to a path of its own, such as /metrics.",
      });
    }
  }
}

async function listen(app: FastifyInstance, host: string, port: number): Promise<number> {
  try {
    await app.listen({ host, port });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EADDRINUSE") throw error;
    throw new ProvisioningError({
      code: "PORT_IN_USE",
      message: `Something else listens on port ${port}.`,
      hint: "Choose another one: provisioning orchestrator start --port 9090",
    });
  }
  const address = app.server.address();
  return typeof address === "object" && address !== null ? address.port : port;
}

function hostRefused(host: string): ProvisioningError {
  return new ProvisioningError({
    code: "HOST_REFUSED",
    message: `The service does not listen on ${host}: it knows no identities yet, only one token.`,
    hint: "Listen on 127.0.0.1, and reach it from elsewhere through ssh -L 8080:127.0.0.1:8080.",
  });
}
