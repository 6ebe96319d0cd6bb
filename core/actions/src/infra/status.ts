/**
 * What an infra is right now: its servers, how to reach them, and what was installed on them. What exists is told as it was made, not
 * as a definition that was edited since describes it; that is for the plan to tell. What is gone from the definition is told too.
 */

import {
  invariant,
  isJsonObject,
  type JsonObject,
  parseAddress,
  type ResourceRecord,
  type ServerName,
  serverAddress,
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
  /** Whether the definition still has it. */
  readonly described: boolean;
  readonly provider: string;
  /** The size that it was made with; the described one when there is no server. */
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
  /** Every described server runs and every described taskserv passed its checks when it was last applied. `infra.health` checks anew. */
  readonly healthy: boolean;
  /** Names of the servers that run. */
  readonly nodes: readonly string[];
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
  described: z.boolean(),
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
  output: z.strictObject({
    infra: infraNameSchema,
    healthy: z.boolean(),
    nodes: z.array(serverNameSchema),
    servers: z.array(serverStatusSchema),
  }) as z.ZodMiniType<InfraStatus>,
  run: status,
});

async function status(context: ActionContext, input: InfraStatusInput): Promise<InfraStatus> {
  const session = await openInfraSession(context, { ...input, mode: "read", definition: "use" });
  try {
    const servers = await Promise.all(serverNames(session).map((name) => serverStatus(session, name)));
    const nodes = servers.filter(isRunning).map(({ name }) => name);
    return { infra: session.infra, healthy: isHealthy(session, servers), nodes, servers };
  } finally {
    await session.close();
  }
}

function isRunning({ status }: ServerStatus): boolean {
  return status === "running";
}

function isHealthy({ desired }: InfraSession, servers: readonly ServerStatus[]): boolean {
  const ready = new Set(servers.flatMap(({ taskservs }) => taskservs.filter((item) => item.status === "ready").map(placeOf)));
  return (
    servers.filter(({ described }) => described).every(isRunning) &&
    desired.servers.every(({ name: server, taskservs }) => taskservs.every((name) => ready.has(placeOf({ server, name }))))
  );
}

function placeOf({ server, name }: { readonly server: string; readonly name: string }): string {
  return `${server} ${name}`;
}

/** In the order of the definition; behind them those that only the records know. */
function serverNames({ desired, records }: InfraSession): readonly ServerName[] {
  const recorded = records.list().map((record) => parseAddress(record.address));
  return [
    ...new Set([
      ...desired.servers.map((server) => server.name),
      ...recorded.flatMap((address) => (address.kind === "server" ? [address.server] : [])),
    ]),
  ];
}

async function serverStatus(session: InfraSession, name: ServerName): Promise<ServerStatus> {
  const address = serverAddress(name);
  const server = session.desired.servers.find((item) => item.name === name);
  const described = session.desired.resources.find((item) => item.address === address);
  const known = session.records.get(address) ?? described;
  invariant(known !== undefined, "it is recorded or described");
  const observation = await observeResource(session, known);
  const attributes: JsonObject | undefined = observation.status === "present" ? observation.attributes : undefined;
  const made = observation.status === "absent" ? (described ?? known) : known;
  const { role } = made.spec;
  const reachedAt = addressOf(attributes);
  const ssh = sshOf(attributes);
  return {
    name,
    described: server !== undefined,
    provider: made.provider,
    plan: textOf(made.spec.plan),
    status: observation.status === "present" ? (attributes?.status === "stopped" ? "stopped" : "running") : observation.status,
    taskservs: await Promise.all(taskservNames(session, name, server).map((taskserv) => taskservStatus(session, name, taskserv))),
    ...(typeof role === "string" ? { role } : {}),
    ...(reachedAt === undefined ? {} : { address: reachedAt }),
    ...(ssh === undefined ? {} : { ssh }),
  };
}

/** In the order of installation; behind them those that only the records know. */
function taskservNames({ records }: InfraSession, name: ServerName, server: DesiredServer | undefined): readonly TaskservName[] {
  const recorded = records.list().map((record) => parseAddress(record.address));
  return [
    ...new Set([
      ...(server?.taskservs ?? []),
      ...recorded.flatMap((address) => (address.kind === "taskserv" && address.server === name ? [address.taskserv] : [])),
    ]),
  ];
}

async function taskservStatus(session: InfraSession, server: ServerName, name: TaskservName): Promise<TaskservStatus> {
  const address = taskservAddress(server, name);
  const record = session.records.get(address);
  const requiredBy = session.desired.placements.get(address)?.requiredBy;
  const version = record?.spec.version;
  const described = session.desired.servers.find((item) => item.name === server && item.taskservs.includes(name));
  return {
    server,
    name,
    status: record?.status ?? "absent",
    endpoints: record === undefined || described === undefined ? [] : await endpointsOf(session, described, name),
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
