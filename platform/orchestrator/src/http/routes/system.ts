/** Health, metrics, and what the service offers. */

import { type ActionName, actionTable } from "@provisioning/actions";
import * as z from "zod/mini";
import { defineEndpoint, type Endpoint } from "../endpoint.js";
import { isServed } from "../invoke-now.js";
import { openApiDocument } from "../open-api.js";
import { METRICS_TYPE } from "../parts.js";
import type { Service } from "../../service.js";
import { askStorage, StorageProbe } from "../../storage-probe.js";

const healthSchema = z.strictObject({
  status: z.enum(["ok", "stopping", "failing"]),
  /** The code of the error, when it is failing. */
  reason: z.exactOptional(z.string()),
  version: z.string(),
  storage: z.string(),
  uptimeSeconds: z.number(),
  queue: z.strictObject({ open: z.int(), active: z.int(), limit: z.int() }),
});

const actionSchema = z.strictObject({
  name: z.string(),
  summary: z.string(),
  effect: z.enum(["read", "change"]),
  cedar: z.strictObject({ action: z.string(), resource: z.string() }),
});

export function systemEndpoints(service: Service, all: () => readonly Endpoint[], metrics: () => Promise<string>): Endpoint[] {
  const { options, startedAt } = service;
  const probe = new StorageProbe({ ask: askStorage(service.storage), now: () => performance.now() });
  const { platformVersion: version, platform } = options.context;
  const describe = () => ({ endpoints: all(), version, kclDir: platform.kclDir });
  return [
    defineEndpoint({
      method: "GET",
      path: "/health",
      tag: "System",
      summary: "Whether the service is well.",
      isOpen: true,
      answers: {
        200: { description: "It is.", schema: healthSchema },
        503: { description: "It stops, or its storage does not answer: `reason` is the code.", schema: healthSchema },
      },
      async serve() {
        const { context } = options;
        const reason = probe.failure();
        const failing = reason === undefined ? "ok" : "failing";
        const status = service.release.aborted ? "stopping" : failing;
        return {
          status: status === "ok" ? 200 : 503,
          body: {
            status,
            ...(status === "failing" && reason !== undefined ? { reason } : {}),
            version: context.platformVersion,
            storage: service.storageType,
            uptimeSeconds: Math.round((context.clock.now() - startedAt) / 1000),
            queue: {
              open: service.backlog.size,
              active: service.worker.active,
              limit: service.workspace.config.get("orchestrator.max_queued"),
            },
          },
        };
      },
    }),
    defineEndpoint({
      method: "GET",
      path: "/actions",
      tag: "Actions",
      summary: "Everything that can be asked for.",
      answers: { 200: { description: "By name.", schema: z.strictObject({ data: z.array(actionSchema) }) } },
      async serve() {
        const names = Object.keys(actionTable).filter(isServed) as ActionName[];
        const actions = await Promise.all(names.map((name) => actionTable[name]()));
        return {
          status: 200,
          body: { data: actions.map(({ name, summary, effect, cedar }) => ({ name, summary, effect, cedar })) },
        };
      },
    }),
    defineEndpoint({
      method: "GET",
      path: service.workspace.config.get("orchestrator.metrics_path"),
      tag: "System",
      summary: "Metrics for Prometheus.",
      answers: { 200: { description: "The text format.", type: METRICS_TYPE } },
      serve: async () => ({ status: 200, text: await metrics(), type: METRICS_TYPE }),
    }),
    defineEndpoint({
      method: "GET",
      path: "/openapi.json",
      tag: "System",
      summary: "This interface, described.",
      isOpen: false,
      answers: { 200: { description: "OpenAPI 3.1.", schema: z.looseObject({ openapi: z.string() }) } },
      serve: async () => ({ status: 200, body: await openApiDocument(describe()) }),
    }),
  ];
}
