/**
 * Networks: one bridge network of the engine each, with a range of its own, so that servers keep their addresses.
 *
 * An engine may hold several networks of one name. When two calls make the same network at the same time, both look again
 * afterwards and agree on the older one; whoever made the younger removes it.
 */

import {
  type Difference,
  differenceOf,
  ForeignResourceError,
  type NetworkAttributes,
  type NetworkSpec,
  type ProviderContext,
  type ResourceHandler,
  type ResourceObservation,
  type ResourceRef,
} from "@provisioning/extension-sdk";
import { networkAddress, ProvisioningError } from "@provisioning/model";
import type { EngineApi } from "../engine/api.js";
import { EngineResponseError, isGone } from "../engine/errors.js";
import { foreignDetail, isOurs, LABEL, type Owner, ownershipLabels, resourceName, specDigest } from "../ownership.js";
import type { LocalSession } from "../session.js";
import { formatRange, freeRanges, type Ipv4Range, parseRange, parseRoutes, requireRange } from "./ipv4.js";

/** What the engine says about a network. */
export interface EngineNetwork {
  readonly Id: string;
  readonly Name: string;
  readonly Created: string;
  readonly Labels: Readonly<Record<string, string>> | null;
  readonly Options?: Readonly<Record<string, string>> | null;
  readonly IPAM?: { readonly Config?: readonly { readonly Subnet?: string }[] | null } | null;
  readonly Containers?: Readonly<Record<string, unknown>> | null;
}

export function createNetworkHandler(session: LocalSession): ResourceHandler<NetworkSpec, NetworkAttributes> {
  return {
    read: (ref, context) => readNetwork(session, ref, context),
    diff: diffNetwork,
    reconcile: (desired, context) => reconcileNetwork(session, desired, context),
    delete: (ref, context) => deleteNetwork(session, ref, context),
  };
}

export function diffNetwork(desired: NetworkSpec, observed: NetworkAttributes): Difference {
  return differenceOf([
    { path: "cidr", before: normalRange(observed.cidr), after: normalRange(desired.cidr), forcesReplacement: true },
    { path: "isolated", before: observed.isolated ?? false, after: desired.isolated ?? false, forcesReplacement: true },
  ]);
}

function normalRange(cidr: string | undefined): string | undefined {
  const range = cidr === undefined ? undefined : parseRange(cidr);
  return range === undefined ? cidr : formatRange(range);
}

async function readNetwork(
  session: LocalSession,
  ref: ResourceRef,
  context: ProviderContext,
): Promise<ResourceObservation<NetworkAttributes>> {
  const { api } = await session.engine(context.signal);
  const owner = await session.owner(context);
  const found = await lookAt(api, owner, ref.name, context.signal);
  if (found.ours !== undefined) return { status: "present", attributes: attributesOf(found.ours) };
  if (found.foreign === undefined) return { status: "absent" };
  return { status: "foreign", detail: foreignDetail("network", found.foreign.Name, found.foreign.Labels) };
}

async function reconcileNetwork(
  session: LocalSession,
  desired: NetworkSpec,
  context: ProviderContext,
): Promise<NetworkAttributes> {
  const { api } = await session.engine(context.signal);
  const owner = await session.owner(context);
  const existing = await requireNotForeign(api, owner, desired.name, context.signal);
  if (existing !== undefined) {
    const attributes = attributesOf(existing);
    if (!diffNetwork(desired, attributes).replace) return attributes;
    await removeNetwork(api, existing, desired.name, context.signal);
  }
  return attributesOf(await ensureNetwork(session, owner, desired, context, {}));
}

/** The network `desired` asks for, made when it is not there. @throws ForeignResourceError, ProvisioningError NETWORK_NO_RANGE */
export async function ensureNetwork(
  session: LocalSession,
  owner: Owner,
  desired: NetworkSpec,
  context: ProviderContext,
  extraLabels: Readonly<Record<string, string>>,
): Promise<EngineNetwork> {
  const { api, product } = await session.engine(context.signal);
  if (desired.isolated === true && product === "podman") throw isolationUnsupported(desired.name);
  return session.inTurn("network", async () => {
    const existing = await requireNotForeign(api, owner, desired.name, context.signal);
    if (existing !== undefined) return existing;
    const labels = {
      ...ownershipLabels(owner, networkAddress(desired.name)),
      [LABEL.spec]: specDigest(desired),
      [LABEL.key]: context.idempotencyKey,
      ...extraLabels,
    };
    const madeId = await createNetwork(session, api, owner, desired, labels, context);
    return settle(api, owner, desired.name, madeId, context.signal);
  });
}

/** The network of this infra, or `undefined`. @throws ForeignResourceError */
export async function requireNotForeign(
  api: EngineApi,
  owner: Owner,
  name: string,
  signal: AbortSignal,
): Promise<EngineNetwork | undefined> {
  const { ours, foreign } = await lookAt(api, owner, name, signal);
  if (ours === undefined && foreign !== undefined) {
    throw new ForeignResourceError("network", name, foreignDetail("network", foreign.Name, foreign.Labels));
  }
  return ours;
}

async function lookAt(
  api: EngineApi,
  owner: Owner,
  name: string,
  signal: AbortSignal,
): Promise<{ readonly ours: EngineNetwork | undefined; readonly foreign: EngineNetwork | undefined }> {
  const engineName = resourceName(owner, name);
  const filters = JSON.stringify({ name: [engineName] });
  const listed = await api.call<readonly EngineNetwork[]>("GET", "/networks", { query: { filters }, signal });
  const sameName = listed.filter((network) => network.Name === engineName);
  const ours = sameName.filter((network) => isOurs(network.Labels, owner, networkAddress(name))).sort(byAge);
  return { ours: ours[0], foreign: sameName.find((network) => !ours.includes(network)) };
}

function byAge(left: EngineNetwork, right: EngineNetwork): number {
  return left.Created.localeCompare(right.Created) || left.Id.localeCompare(right.Id);
}

async function createNetwork(
  session: LocalSession,
  api: EngineApi,
  owner: Owner,
  desired: NetworkSpec,
  labels: Readonly<Record<string, string>>,
  context: ProviderContext,
): Promise<string> {
  const name = resourceName(owner, desired.name);
  const ranges =
    desired.cidr === undefined ? await rangesToTry(session, api, name, context.signal) : [requireRange(desired.cidr)];
  for (const range of ranges) {
    context.log(`creating network ${name} with ${formatRange(range)}`);
    const body = {
      Name: name,
      CheckDuplicate: true,
      Driver: "bridge",
      Labels: { ...prefixed(desired.labels), ...labels },
      IPAM: { Config: [{ Subnet: formatRange(range) }] },
      ...(desired.isolated === true ? { Options: { [BETWEEN_CONTAINERS]: "false" } } : {}),
    };
    try {
      return (await api.call<{ Id: string }>("POST", "/networks/create", { body, signal: context.signal })).Id;
    } catch (error) {
      if (isNameTaken(error)) return "";
      if (desired.cidr !== undefined || !isRangeTaken(error)) throw error;
    }
  }
  throw new ProvisioningError({
    code: "NETWORK_NO_RANGE",
    message: `No free range was found for network ${desired.name}.`,
    hint: "Remove networks that are not used any more (docker network prune), or give the network a cidr.",
  });
}

function isolationUnsupported(name: string): ProvisioningError {
  return new ProvisioningError({
    code: "NETWORK_ISOLATION_UNSUPPORTED",
    message: `Network ${name} is to keep its servers from each other, and Podman cannot do that.`,
    hint: 'Use Docker, or put "security_group" back into shared_resources of the provider\'s kcl/dependencies.k.',
    details: { network: name },
  });
}

/** Docker's word for whether the containers of a bridge reach each other. */
const BETWEEN_CONTAINERS = "com.docker.network.bridge.enable_icc";

/** A range that is used by someone we did not see is refused by the engine; then the next one is tried, up to this many. */
const MAX_RANGE_TRIES = 16;

async function rangesToTry(session: LocalSession, api: EngineApi, seed: string, signal: AbortSignal): Promise<Ipv4Range[]> {
  const networks = await api.call<readonly EngineNetwork[]>("GET", "/networks", { signal });
  const used = networks.flatMap((network) =>
    (network.IPAM?.Config ?? []).flatMap(({ Subnet }) => parseRange(Subnet ?? "") ?? []),
  );
  return freeRanges(session.settings.addressPool, [...used, ...localRoutes(session)], seed).slice(0, MAX_RANGE_TRIES);
}

/** Where this machine sends packets by rule; empty where it cannot be looked at. */
export function localRoutes(session: Pick<LocalSession, "machine">): Ipv4Range[] {
  try {
    return parseRoutes(session.machine.readFile("/proc/net/route"));
  } catch {
    return [];
  }
}

function isNameTaken(error: unknown): boolean {
  return error instanceof EngineResponseError && /already (?:exists|used)/i.test(error.engineMessage) && !isRangeTaken(error);
}

function isRangeTaken(error: unknown): boolean {
  return (
    error instanceof EngineResponseError &&
    /overlap|already used on the host|subnet .* is already|conflicts with network/i.test(error.engineMessage)
  );
}

/** The oldest network of the name is the one; ours is removed if it is not. `madeId` is empty when another call made it. */
async function settle(api: EngineApi, owner: Owner, name: string, madeId: string, signal: AbortSignal): Promise<EngineNetwork> {
  const chosen = await requireNotForeign(api, owner, name, signal);
  if (chosen === undefined) {
    throw new ProvisioningError({
      code: "NETWORK_VANISHED",
      message: `Network ${name} was removed while it was being made.`,
      hint: "Try again; look for another process that works on this infra.",
      retry: "now",
    });
  }
  if (madeId !== "" && chosen.Id !== madeId) await ignoreGone(api.call("DELETE", `/networks/${madeId}`, { signal }));
  return chosen;
}

async function deleteNetwork(session: LocalSession, ref: ResourceRef, context: ProviderContext): Promise<void> {
  const { api } = await session.engine(context.signal);
  const owner = await session.owner(context);
  for (;;) {
    const network = await requireNotForeign(api, owner, ref.name, context.signal);
    if (network === undefined) return;
    await removeNetwork(api, network, ref.name, context.signal);
  }
}

/** @throws ProvisioningError NETWORK_IN_USE */
async function removeNetwork(api: EngineApi, network: EngineNetwork, name: string, signal: AbortSignal): Promise<void> {
  const users = await serversOn(api, network, signal);
  if (users.length > 0) {
    throw new ProvisioningError({
      code: "NETWORK_IN_USE",
      message: `Network ${name} cannot be removed: ${users.join(", ")} still use it.`,
      hint: "Remove these servers first.",
      retry: "later",
      details: { users },
    });
  }
  await ignoreGone(api.call("DELETE", `/networks/${network.Id}`, { signal }));
}

/** Removes a network that was made for servers without one, when no server is left on it. */
export async function removeImplicitNetwork(
  session: LocalSession,
  owner: Owner,
  name: string,
  signal: AbortSignal,
): Promise<void> {
  const { api } = await session.engine(signal);
  await session.inTurn("network", async () => {
    const network = await requireNotForeign(api, owner, name, signal);
    if (network?.Labels?.[LABEL.implicit] !== "true" || (await serversOn(api, network, signal)).length > 0) return;
    await api.call("DELETE", `/networks/${network.Id}`, { signal }).catch((error: unknown) => {
      // A server of another process came in between: then the network is needed.
      if (!(error instanceof EngineResponseError)) throw error;
    });
  });
}

/** Names of containers that are attached, running or not. */
async function serversOn(api: EngineApi, network: EngineNetwork, signal: AbortSignal): Promise<string[]> {
  const filters = JSON.stringify({ network: [network.Id] });
  const containers = await api.call<readonly { Names: readonly string[] }[]>("GET", "/containers/json", {
    query: { all: true, filters },
    signal,
  });
  return containers.map((container) => (container.Names[0] ?? "?").replace(/^\//, ""));
}

async function ignoreGone(work: Promise<unknown>): Promise<void> {
  await work.catch((error: unknown) => {
    if (!isGone(error)) throw error;
  });
}

function attributesOf(network: EngineNetwork): NetworkAttributes {
  const cidr = rangeOf(network);
  return {
    id: network.Id,
    name: network.Name,
    ...(cidr === undefined ? {} : { cidr: formatRange(cidr) }),
    ...(network.Options?.[BETWEEN_CONTAINERS] === "false" ? { isolated: true } : {}),
  };
}

export function rangeOf(network: EngineNetwork): Ipv4Range | undefined {
  return parseRange(network.IPAM?.Config?.find((config) => config.Subnet?.includes("."))?.Subnet ?? "");
}

/** The user's labels, in a corner where they cannot be taken for ours. */
export function prefixed(labels: Readonly<Record<string, string>> | undefined): Record<string, string> {
  return Object.fromEntries(Object.entries(labels ?? {}).map(([name, value]) => [`provisioning.label.${name}`, value]));
}
