/** What a taskserv's definition is told about the world: its server, the infra, its peers. */

import {
  type Address,
  isJsonObject,
  type Json,
  type JsonObject,
  serverAddress,
  type TaskservName,
  taskservAddress,
} from "@provisioning/model";
import type { TaskservInput } from "@provisioning/workspace";
import type { DesiredServer } from "../desired/desired.js";
import type { InfraSession } from "../session.js";
import { type MaybeUnknown, placeholderAddress } from "./placeholder-address.js";

/**
 * `plan`: a server that does not exist yet, or that is to be made anew, has a placeholder for its address. `act`: one that does not exist is left
 * out of the infra and of the peers, for it could not be made.
 */
export type InputPurpose = "plan" | "act";

/** Addresses of servers. */
export type Anew = ReadonlySet<Address>;
const NONE: Anew = new Set();

export interface InputOptions {
  readonly purpose: InputPurpose;
  /** Servers that will be created or replaced: the address that is recorded is not the one they will have. Default: none. */
  readonly anew?: Anew;
  /** In the place of the desired configuration. */
  readonly config?: JsonObject;
}

export async function taskservInput(
  session: InfraSession,
  server: DesiredServer,
  taskserv: TaskservName,
  { purpose, config, anew = NONE }: InputOptions,
): Promise<TaskservInput> {
  const { desired, records } = session;
  const placement = desired.placements.get(taskservAddress(server.name, taskserv));
  const described = desired.servers
    .map((item, position) => ({ item, description: describeServer(session, item, position, anew) }))
    .filter(({ item }) => purpose === "plan" || knownAddress(session, item, anew) !== undefined);
  const peers = described
    .filter(({ item }) => item.taskservs.includes(taskserv))
    .map(({ item, description }) => {
      const outputs = records.get(taskservAddress(item.name, taskserv))?.attributes.outputs;
      return { ...description, outputs: isJsonObject(outputs) ? outputs : {} };
    });
  const facts = records.get(server.address)?.attributes.facts;
  return {
    config: await session.resolveSecrets(config ?? placement?.config ?? {}),
    facts: isJsonObject(facts) ? facts : {},
    server: describeServer(session, server, desired.servers.indexOf(server), anew),
    infra: { name: session.infra, servers: described.map(({ description }) => description) },
    peers,
  };
}

/** For looking after what is installed: with the configuration it was installed with, not the one of a definition that was edited since. */
export function installedInput(session: InfraSession, server: DesiredServer, taskserv: TaskservName): InputOptions {
  const config = session.records.get(taskservAddress(server.name, taskserv))?.spec.config;
  return { purpose: "act", ...(isJsonObject(config) ? { config } : {}) };
}

function describeServer(session: InfraSession, server: DesiredServer, position: number, anew: Anew): JsonObject {
  return {
    name: server.name,
    role: server.role ?? null,
    plan: server.plan,
    address: knownAddress(session, server, anew) ?? placeholderAddress(position),
    taskservs: server.taskservs as readonly Json[],
  };
}

function knownAddress(session: InfraSession, server: DesiredServer, anew: Anew): string | undefined {
  return anew.has(server.address) ? undefined : addressOf(session.records.get(server.address)?.attributes);
}

/** The servers of the definition in its order, and whether a plan has to do with a placeholder for the address. */
export function addressesKnown(session: InfraSession, anew: Anew = NONE): readonly MaybeUnknown[] {
  return session.desired.servers.map((server) => ({
    name: server.name,
    isUnknown: knownAddress(session, server, anew) === undefined,
  }));
}

/** Where other servers reach it: its address in the infra's network, else the one for SSH. */
export function addressOf(attributes: JsonObject | undefined): string | undefined {
  const addresses = attributes?.addresses;
  if (!isJsonObject(addresses)) return undefined;
  if (typeof addresses.private === "string") return addresses.private;
  return isJsonObject(addresses.ssh) && typeof addresses.ssh.host === "string" ? addresses.ssh.host : undefined;
}

/** Servers whose address is not known yet, of those that `taskserv` on `server` would name. */
export function missingPeers(session: InfraSession, taskserv: TaskservName): readonly string[] {
  return session.desired.servers
    .filter((item) => item.taskservs.includes(taskserv))
    .filter((item) => addressOf(session.records.get(serverAddress(item.name))?.attributes) === undefined)
    .map((item) => item.name);
}
