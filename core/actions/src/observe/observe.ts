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
import { sectionFor } from "../servers/section.js";
import type { InfraSession } from "../session.js";
import { viewOfSection } from "./taskserv-view.js";

export interface ObserveOptions {
  /** Look inside the servers too. */
  readonly taskservs: boolean;
}

export interface ObservedInfra {
  readonly views: ReadonlyMap<Address, ResourceView>;
  /** Of networks and servers that are there. */
  readonly attributes: ReadonlyMap<Address, JsonObject>;
}

export async function observeInfra(session: InfraSession, options: ObserveOptions): Promise<ObservedInfra> {
  const made = session.desired.resources.filter((resource) => resource.kind !== "taskserv");
  const observed = new Map<Address, ResourceView>();
  const attributes = new Map<Address, JsonObject>();
  await Promise.all(
    made.map(async (resource) => {
      const observation = await observeResource(session, resource);
      if (observation.status === "present") attributes.set(resource.address, observation.attributes);
      observed.set(resource.address, viewOf(await session.providers.get(resource.provider), resource, observation));
    }),
  );
  if (options.taskservs) {
    const views = await Promise.all(
      session.desired.servers.map((server) => observeTaskservs(session, server, attributes.get(server.address))),
    );
    for (const view of views) for (const [address, found] of view) observed.set(address, found);
  }
  return { views: observed, attributes };
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
): Promise<Views> {
  const addresses = server.taskservs.map((taskserv) => taskservAddress(server.name, taskserv));
  const all = (view: ResourceView): Views => new Map(addresses.map((address) => [address, view]));
  const facts = session.records.get(server.address)?.attributes.facts;
  if (attributes === undefined || !isJsonObject(facts)) return all({ status: "absent" });
  if (attributes.status === "stopped") return all({ status: "unknown", reason: `${server.name} is stopped` });
  try {
    const sections = await Promise.all(
      server.taskservs.map((taskserv) => sectionFor(session, server, taskserv, { purpose: "plan" })),
    );
    const report = await session.servers.run(connectionTarget(attributes), {
      mode: "check",
      sections,
      signal: session.context.signal,
    });
    return new Map(
      sections.map((section) => {
        const address = taskservAddress(server.name, section.taskserv as TaskservName);
        return [address, viewOfSection(session, address, section, report)];
      }),
    );
  } catch (error) {
    session.context.signal.throwIfAborted();
    if (!(error instanceof ProvisioningError)) throw error;
    return all({ status: "unknown", reason: error.message });
  }
}
