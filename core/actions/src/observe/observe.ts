/**
 * Looks at everything an infra has or should have: providers are asked about networks and servers, and every server that is there
 * runs one program that looks at all its taskservs at once. Changes nothing. One round trip per server, all servers in parallel.
 */

import type { Provider, ResourceObservation } from "@provisioning/extension-sdk";
import {
  type Address,
  type DesiredResource,
  isJsonObject,
  type JsonObject,
  parseAddress,
  ProvisioningError,
  taskservAddress,
  type TaskservName,
} from "@provisioning/model";
import type { ResourceView } from "@provisioning/planner";
import type { DesiredServer } from "../desired/desired.js";
import { handlerFor, providerContext } from "../provider-context.js";
import { connectionTarget } from "../servers/connection-target.js";
import { addressesKnown, type Anew } from "../servers/taskserv-input.js";
import { serversNamed } from "../servers/placeholder-address.js";
import { sectionFor } from "../servers/section.js";
import type { InfraSession } from "../session.js";
import { viewOfSection } from "./taskserv-view.js";

export interface ObservedInfra {
  /** Of networks and servers. */
  readonly views: Views;
  /** Of networks and servers that are there. */
  readonly attributes: ReadonlyMap<Address, JsonObject>;
}

/** Asks providers. No server is connected to. */
export async function observeInfra(session: InfraSession): Promise<ObservedInfra> {
  const made = session.desired.resources.filter((resource) => resource.kind !== "taskserv");
  const views = new Map<Address, ResourceView>();
  const attributes = new Map<Address, JsonObject>();
  await Promise.all(
    made.map(async (resource) => {
      const observation = await observeResource(session, resource);
      if (observation.status === "present") attributes.set(resource.address, observation.attributes);
      views.set(resource.address, viewOf(await session.providers.get(resource.provider), resource, observation));
    }),
  );
  return { views, attributes };
}

/** Looks into the servers that are there. What is asked for has placeholders for the addresses of servers that are made `anew`. */
export async function observeAllTaskservs(session: InfraSession, { attributes }: ObservedInfra, anew: Anew): Promise<Views> {
  const views = await Promise.all(
    session.desired.servers.map((server) => observeTaskservs(session, server, attributes.get(server.address), anew)),
  );
  return new Map(views.flatMap((view) => [...view]));
}

export async function observeResource(
  session: InfraSession,
  resource: DesiredResource,
): Promise<ResourceObservation<JsonObject>> {
  const provider = await session.providers.get(resource.provider);
  const address = parseAddress(resource.address);
  const name = address.kind === "network" ? session.infra : address.server;
  const recorded = session.records.get(resource.address)?.attributes;
  return handlerFor(provider, resource.kind).read(
    { name, ...(recorded === undefined ? {} : { recorded }) },
    providerContext(session, { operation: "read", signal: session.context.signal, report: () => undefined }),
  );
}

function viewOf(provider: Provider, resource: DesiredResource, observation: ResourceObservation<JsonObject>): ResourceView {
  if (observation.status !== "present") return observation;
  const difference = handlerFor(provider, resource.kind).diff(resource.spec, observation.attributes);
  const faults = observation.attributes.status === "stopped" ? ["it is stopped"] : [];
  return { status: "present", fields: difference.fields, steps: [], faults };
}

type Views = ReadonlyMap<Address, ResourceView>;

/** Fresh attributes of the server, or nothing when it is not there: then its taskservs are not either. */
async function observeTaskservs(
  session: InfraSession,
  server: DesiredServer,
  attributes: JsonObject | undefined,
  anew: Anew,
): Promise<Views> {
  const addresses = server.taskservs.map((taskserv) => taskservAddress(server.name, taskserv));
  const all = (view: ResourceView): Views => new Map(addresses.map((address) => [address, view]));
  const facts = session.records.get(server.address)?.attributes.facts;
  if (attributes === undefined || !isJsonObject(facts)) return all({ status: "absent" });
  if (attributes.status === "stopped") return all({ status: "unknown", reason: `${server.name} is stopped` });
  try {
    const servers = addressesKnown(session, anew);
    const compiled = await Promise.all(
      server.taskservs.map((taskserv) => sectionFor(session, server, taskserv, { purpose: "plan", anew })),
    );
    // What is to answer at an address that is not known yet cannot be asked now.
    const sections = compiled.map((section) => ({
      ...section,
      health: section.health.filter((check) => serversNamed(JSON.stringify(check), servers).length === 0),
    }));
    const report = await session.servers.run(connectionTarget(attributes), {
      mode: "check",
      sections,
      signal: session.context.signal,
    });
    return new Map(
      sections.map((section) => {
        const address = taskservAddress(server.name, section.taskserv as TaskservName);
        return [address, viewOfSection(session, address, section, report, anew)];
      }),
    );
  } catch (error) {
    session.context.signal.throwIfAborted();
    if (!(error instanceof ProvisioningError)) throw error;
    return all({ status: "unknown", reason: error.message });
  }
}
