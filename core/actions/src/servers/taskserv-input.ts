/** What a taskserv's definition is told about the world: its server, the infra, its peers. */

import { isJsonObject, type Json, type JsonObject, serverAddress, type TaskservName, taskservAddress } from "@provisioning/model";
import type { TaskservInput } from "@provisioning/workspace";
import type { DesiredServer } from "../desired/desired.js";
import type { InfraSession } from "../session.js";

/** Stands for an address that is known only after its server exists. Appears in plans only. */
const pendingAddress = (server: string): string => `(address of ${server})`;

/** `config` takes the place of the desired configuration. */
export async function taskservInput(
  session: InfraSession,
  server: DesiredServer,
  taskserv: TaskservName,
  config?: JsonObject,
): Promise<TaskservInput> {
  const { desired, records } = session;
  const placement = desired.placements.get(taskservAddress(server.name, taskserv));
  const described = desired.servers.map((item) => describeServer(session, item));
  const peers = desired.servers
    .filter((item) => item.taskservs.includes(taskserv))
    .map((item) => {
      const outputs = records.get(taskservAddress(item.name, taskserv))?.attributes.outputs;
      return { ...describeServer(session, item), outputs: isJsonObject(outputs) ? outputs : {} };
    });
  const facts = records.get(server.address)?.attributes.facts;
  return {
    config: await session.resolveSecrets(config ?? placement?.config ?? {}),
    facts: isJsonObject(facts) ? facts : {},
    server: describeServer(session, server),
    infra: { name: session.infra, servers: described },
    peers,
  };
}

function describeServer(session: InfraSession, server: DesiredServer): JsonObject {
  return {
    name: server.name,
    role: server.role ?? null,
    plan: server.plan,
    address: addressOf(session.records.get(server.address)?.attributes) ?? pendingAddress(server.name),
    taskservs: server.taskservs as readonly Json[],
  };
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
