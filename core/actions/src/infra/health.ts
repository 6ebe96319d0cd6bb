/** Checks the health of what is installed, by using it. */

import type { ServerReport } from "@provisioning/extension-sdk";
import { isJsonObject, nearest, ProvisioningError, type TaskservName, taskservAddress, counted } from "@provisioning/model";
import { infraNameSchema, serverNameSchema, taskservNameSchema } from "@provisioning/model/wire";
import * as z from "zod/mini";
import { defineAction } from "../action.js";
import type { ActionContext } from "../context.js";
import type { DesiredServer } from "../desired/desired.js";
import { connectionTarget } from "../servers/connection-target.js";
import { installedInput } from "../servers/taskserv-input.js";
import { sectionFor, type TitledSection, titleOf } from "../servers/section.js";
import { type InfraSession, openInfraSession } from "../session.js";

export interface HealthInput {
  readonly infra?: string;
  /** Names of taskservs; empty or `all`: every one. */
  readonly services?: readonly string[];
}

const healthInputSchema: z.ZodMiniType<HealthInput> = z.strictObject({
  infra: z.exactOptional(z.string()),
  services: z.exactOptional(z.array(z.string())),
});

export interface ServiceHealth {
  readonly server: string;
  readonly name: string;
  /** `unknown`: it is not installed, or its server could not be reached. */
  readonly status: "healthy" | "unhealthy" | "unknown";
  readonly healthy: boolean;
  readonly checks: readonly {
    readonly title: string;
    readonly ok: boolean;
    readonly durationMs: number;
    readonly output?: string;
  }[];
  readonly detail?: string;
}

export interface HealthReport {
  readonly infra: string;
  readonly healthy: boolean;
  readonly services: readonly ServiceHealth[];
}

const healthReportSchema: z.ZodMiniType<HealthReport> = z.strictObject({
  infra: infraNameSchema,
  healthy: z.boolean(),
  services: z.array(
    z.strictObject({
      server: serverNameSchema,
      name: taskservNameSchema,
      status: z.enum(["healthy", "unhealthy", "unknown"]),
      healthy: z.boolean(),
      checks: z.array(
        z.strictObject({
          title: z.string(),
          ok: z.boolean(),
          durationMs: z.number(),
          output: z.exactOptional(z.string()),
        }),
      ),
      detail: z.exactOptional(z.string()),
    }),
  ),
});

export const checkHealth = defineAction({
  name: "infra.health",
  cedar: { action: "checkHealth", resource: "Infra" },
  effect: "read",
  summary: "Checks the health of what is installed, by using it.",
  input: healthInputSchema,
  output: healthReportSchema,
  run: health,
});

async function health(context: ActionContext, input: HealthInput): Promise<HealthReport> {
  const session = await openInfraSession(context, { ...input, mode: "read", definition: "use" });
  try {
    const wanted = wantedServices(session, input.services ?? []);
    context.report({
      type: "phase",
      title: `Check the health of ${counted(wanted.size, "service")} on ${counted(session.desired.servers.length, "server")}`,
    });
    const services = (await Promise.all(session.desired.servers.map((server) => serverHealth(session, server, wanted)))).flat();
    // Nothing checked is not a success.
    return { infra: session.infra, services, healthy: services.length > 0 && services.every((service) => service.healthy) };
  } finally {
    await session.close();
  }
}

function wantedServices(session: InfraSession, names: readonly string[]): ReadonlySet<TaskservName> {
  const known = new Set(session.desired.servers.flatMap((server) => server.taskservs));
  if (names.length === 0 || names.includes("all")) return known;
  for (const name of names) {
    if (known.has(name as TaskservName)) continue;
    const suggestion = nearest(name, known);
    throw new ProvisioningError({
      code: "TARGET_UNKNOWN",
      message: `This infra has no service ${JSON.stringify(name)}.`,
      hint: suggestion === undefined ? `It has: ${[...known].join(", ")}.` : `Did you mean ${suggestion}?`,
    });
  }
  return new Set(names as TaskservName[]);
}

async function serverHealth(
  session: InfraSession,
  server: DesiredServer,
  wanted: ReadonlySet<TaskservName>,
): Promise<ServiceHealth[]> {
  const names = server.taskservs.filter((name) => wanted.has(name));
  const installed = names.filter((name) => session.records.get(taskservAddress(server.name, name)) !== undefined);
  const missing = names.filter((name) => !installed.includes(name)).map((name) => unknown(server, name, "it is not installed"));
  const attributes = session.records.get(server.address)?.attributes;
  if (installed.length === 0 || !isJsonObject(attributes?.addresses)) return missing;
  try {
    const sections = await Promise.all(
      installed.map((name) => sectionFor(session, server, name, installedInput(session, server, name))),
    );
    const report = await session.servers.run(connectionTarget(attributes), {
      mode: "health",
      sections,
      signal: session.context.signal,
    });
    const checked = sections.map((section) => healthOf(server, section, report));
    return [...checked, ...missing];
  } catch (error) {
    session.context.signal.throwIfAborted();
    if (!(error instanceof ProvisioningError)) throw error;
    return [...installed.map((name) => unknown(server, name, error.message)), ...missing];
  }
}

function healthOf(server: DesiredServer, section: TitledSection, report: ServerReport): ServiceHealth {
  const checks = report.health
    .filter((check) => check.taskserv === section.taskserv)
    .map((check) => ({
      title: titleOf(section, check.check),
      ok: check.status === "ok",
      durationMs: check.ms,
      ...(check.output === undefined || check.status === "ok" ? {} : { output: check.output }),
    }));
  const failed = checks.find((check) => !check.ok);
  return {
    server: server.name,
    name: section.taskserv,
    status: failed === undefined ? "healthy" : "unhealthy",
    healthy: failed === undefined,
    checks,
    ...(failed === undefined ? {} : { detail: failed.title }),
  };
}

function unknown(server: DesiredServer, name: TaskservName, detail: string): ServiceHealth {
  return { server: server.name, name, status: "unknown", healthy: false, checks: [], detail };
}
