/** What an infra is right now: its servers, how to reach them, and what was installed on them. */

import {
  isJsonObject,
  type JsonObject,
  type ResourceRecord,
  taskservAddress,
  type TaskservName,
  textOf,
} from "@provisioning/model";
import { infraNameSchema, providerNameSchema, serverNameSchema, taskservNameSchema } from "@provisioning/model/wire";
import type { Endpoint } from "@provisioning/workspace";
import * as z from "zod/mini";
import { defineAction } from "../action.js";
import type { ActionContext } from "../context.js";
import type { DesiredServer } from "../desired/desired.js";
import { observeResource } from "../observe/observe.js";
import { addressOf, installedInput, taskservInput } from "../servers/taskserv-input.js";
import { type InfraSession, openInfraSession } from "../session.js";

export type ServerStatusName = "running" | "stopped" | "absent" | "foreign" | "unknown";
export type TaskservStatusName = ResourceRecord["status"] | "absent";

export interface TaskservStatus {
  readonly server: string;
  readonly name: string;
  readonly version?: string;
  readonly status: TaskservStatusName;
  /** One that requires it, when the user did not name it. */
  readonly requiredBy?: string;
  readonly endpoints: readonly Endpoint[];
}

export interface ServerStatus {
  readonly name: string;
  readonly provider: string;
  readonly plan: string;
  readonly role?: string;
  readonly status: ServerStatusName;
  readonly address?: string;
  /** `user@host:port`. */
  readonly ssh?: string;
  readonly taskservs: readonly TaskservStatus[];
}

export interface InfraStatusInput {
  readonly infra?: string;
}

export interface InfraStatus {
  readonly infra: string;
  readonly servers: readonly ServerStatus[];
}

const taskservStatusSchema: z.ZodMiniType<TaskservStatus> = z.strictObject({
  server: serverNameSchema,
  name: taskservNameSchema,
  version: z.exactOptional(z.string()),
  status: z.enum(["changing", "ready", "failed", "absent"]),
  requiredBy: z.exactOptional(taskservNameSchema),
  endpoints: z.array(z.strictObject({ title: z.string(), url: z.string() })),
});

const serverStatusSchema: z.ZodMiniType<ServerStatus> = z.strictObject({
  name: serverNameSchema,
  provider: providerNameSchema,
  plan: z.string(),
  role: z.exactOptional(z.string()),
  status: z.enum(["running", "stopped", "absent", "foreign", "unknown"]),
  address: z.exactOptional(z.string()),
  ssh: z.exactOptional(z.string()),
  taskservs: z.array(taskservStatusSchema),
});

export const infraStatus = defineAction({
  name: "infra.status",
  cedar: { action: "infraStatus", resource: "Infra" },
  effect: "read",
  summary: "Tells what an infra is right now: its servers, how to reach them, and what is installed on them.",
  input: z.strictObject({ infra: z.exactOptional(z.string()) }) as z.ZodMiniType<InfraStatusInput>,
  output: z.strictObject({ infra: infraNameSchema, servers: z.array(serverStatusSchema) }) as z.ZodMiniType<InfraStatus>,
  run: status,
});

async function status(context: ActionContext, input: InfraStatusInput): Promise<InfraStatus> {
  const session = await openInfraSession(context, { ...input, mode: "read", definition: "use" });
  try {
    return {
      infra: session.infra,
      servers: await Promise.all(session.desired.servers.map((server) => serverStatus(session, server))),
    };
  } finally {
    await session.close();
  }
}

async function serverStatus(session: InfraSession, server: DesiredServer): Promise<ServerStatus> {
  const resource = session.desired.resources.find((item) => item.address === server.address);
  const observation = resource === undefined ? { status: "absent" as const } : await observeResource(session, resource);
  const attributes: JsonObject | undefined = observation.status === "present" ? observation.attributes : undefined;
  const address = addressOf(attributes);
  const ssh = sshOf(attributes);
  return {
    name: server.name,
    provider: server.provider,
    plan: server.plan,
    status: observation.status === "present" ? (attributes?.status === "stopped" ? "stopped" : "running") : observation.status,
    taskservs: await Promise.all(server.taskservs.map((name) => taskservStatus(session, server, name))),
    ...(server.role === undefined ? {} : { role: server.role }),
    ...(address === undefined ? {} : { address }),
    ...(ssh === undefined ? {} : { ssh }),
  };
}

async function taskservStatus(session: InfraSession, server: DesiredServer, name: TaskservName): Promise<TaskservStatus> {
  const address = taskservAddress(server.name, name);
  const record = session.records.get(address);
  const requiredBy = session.desired.placements.get(address)?.requiredBy;
  const version = record?.spec.version;
  return {
    server: server.name,
    name,
    status: record?.status ?? "absent",
    endpoints: record === undefined ? [] : await endpointsOf(session, server, name),
    ...(typeof version === "string" ? { version } : {}),
    ...(requiredBy === undefined ? {} : { requiredBy }),
  };
}

async function endpointsOf(session: InfraSession, server: DesiredServer, name: TaskservName): Promise<readonly Endpoint[]> {
  const extension = session.catalog.get(name);
  if (extension === undefined) return [];
  return (
    await session.compiler.compile(extension, await taskservInput(session, server, name, installedInput(session, server, name)))
  ).endpoints;
}

function sshOf(attributes: JsonObject | undefined): string | undefined {
  const addresses = attributes?.addresses;
  if (attributes === undefined || !isJsonObject(addresses) || !isJsonObject(addresses.ssh)) return undefined;
  return `${textOf(attributes.user)}@${textOf(addresses.ssh.host)}:${Number(addresses.ssh.port)}`;
}
