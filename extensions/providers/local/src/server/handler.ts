/**
 * Servers: containers with systemd and sshd.
 *
 * The container's name is the lock: the engine gives it to one creation only, so a crash or a second call at the same time meets the
 * container of the first and goes on with it. Life of a container: created (key may be missing) → started → ready. Every step can
 * be repeated; a container that never started gets its key again before it is started.
 */

import {
  ForeignResourceError,
  type ProviderContext,
  type ResourceHandler,
  type ResourceObservation,
  type ResourceRef,
  type ServerAttributes,
  type ServerSpec,
} from "@provisioning/extension-sdk";
import { ProvisioningError, serverAddress, type ServerName } from "@provisioning/model";
import type { Engine } from "../engine/discover.js";
import { EngineResponseError, isConflict, isGone } from "../engine/errors.js";
import { BASE_IMAGE } from "../image/recipe.js";
import { foreignDetail, infraFilter, LABEL, type Owner, ownershipLabels, resourceName } from "../ownership.js";
import { engineLimits, limitNotes, limitsFor } from "../plans.js";
import type { LocalSession } from "../session.js";
import { ensureNetwork, localRoutes, rangeOf, removeImplicitNetwork, requireNotForeign } from "../network/handler.js";
import { formatRange, freeAddress } from "../network/ipv4.js";
import { containerConfig, volumeNames } from "./container-config.js";
import { diffServer } from "./difference.js";
import { isExistingMachine, isRecordedMachine, readExistingMachine, reconcileExistingMachine } from "./existing-machine.js";
import {
  containerStatus,
  type EngineContainer,
  imageOf,
  lookAtContainer,
  neverStarted,
  networkNameOf,
  observeServer,
} from "./observe.js";
import { waitUntilReady } from "./ready.js";
import { packTar } from "./tar.js";

/** For servers that name no network. */
const DEFAULT_NETWORK = "default";
/** Rounds of look-and-act: others may make, start or remove the same container in between. */
const MAX_ROUNDS = 10;

export function createServerHandler(session: LocalSession): ResourceHandler<ServerSpec, ServerAttributes> {
  return {
    read: (ref, context) => readServer(session, ref, context),
    diff: diffServer,
    reconcile: (desired, context) => reconcileServer(session, desired, context),
    delete: (ref, context) => deleteServer(session, ref, context),
  };
}

async function readServer(
  session: LocalSession,
  ref: ResourceRef,
  context: ProviderContext,
): Promise<ResourceObservation<ServerAttributes>> {
  if (isRecordedMachine(ref)) return { status: "present", attributes: await readExistingMachine(ref, context) };
  const engine = await session.engine(context.signal);
  const owner = await session.owner(context);
  const look = await lookAtContainer(engine, owner, ref.name, context.signal);
  if (look.kind === "absent") return { status: "absent" };
  if (look.kind === "foreign") return { status: "foreign", detail: detailOf(look.container) };
  return { status: "present", attributes: await attributesOf(session, engine, owner, look.container, context) };
}

async function attributesOf(
  session: LocalSession,
  engine: Engine,
  owner: Owner,
  container: EngineContainer,
  context: ProviderContext,
): Promise<ServerAttributes> {
  const { identityFile } = await session.key();
  return observeServer(engine, owner, container, identityFile, context.signal);
}

async function reconcileServer(session: LocalSession, desired: ServerSpec, context: ProviderContext): Promise<ServerAttributes> {
  if (isExistingMachine(desired)) return reconcileExistingMachine(session, desired, context);
  const engine = await session.engine(context.signal);
  const owner = await session.owner(context);
  for (const note of limitNotes(desired, engine.info)) context.report({ stage: `${desired.name}: ${note}` });
  const id = await ensureStarted({ session, engine, owner, desired, context });
  context.report({ stage: "booting" });
  const container = await waitUntilReady(engine, { id, name: desired.name, limitMs: session.settings.bootTimeoutMs }, context);
  return attributesOf(session, engine, owner, container, context);
}

interface Work {
  readonly session: LocalSession;
  readonly engine: Engine;
  readonly owner: Owner;
  readonly desired: ServerSpec;
  readonly context: ProviderContext;
}

/** Looks and does the next thing that is missing, until the container runs with the right size. Gives its id. */
async function ensureStarted(work: Work): Promise<string> {
  const { engine, owner, desired, context } = work;
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    context.signal.throwIfAborted();
    const look = await lookAtContainer(engine, owner, desired.name, context.signal);
    if (look.kind === "foreign") throw new ForeignResourceError("server", desired.name, detailOf(look.container));
    if (look.kind === "absent") await create(work);
    else if (mustReplace(work, look.container))
      await remove(work.engine, { owner, name: desired.name, id: look.container.Id, limitMs: removalMs(work) }, context);
    else if (await bringInLine(work, look.container)) return look.container.Id;
  }
  throw new ProvisioningError({
    code: "SERVER_CONTENDED",
    message: `Server ${desired.name} kept changing while it was being made.`,
    hint: "Look for another process that works on this infra.",
    retry: "later",
    details: { server: desired.name },
  });
}

function mustReplace({ desired, owner }: Work, container: EngineContainer): boolean {
  const network = networkNameOf(container, owner);
  const otherImage = desired.image !== undefined && desired.image !== imageOf(container);
  return otherImage || (desired.network !== undefined && network !== undefined && desired.network !== network);
}

async function create(work: Work): Promise<void> {
  const { session, engine, owner, desired, context } = work;
  const image = desired.image ?? BASE_IMAGE;
  await session.ensureImage(image, context);
  const network = await networkFor(work);
  const range = rangeOf(network);
  if (range === undefined)
    throw new ProvisioningError({ code: "NETWORK_NO_RANGE", message: `Network ${network.Name} has no IPv4 range.` });
  context.report({ stage: "creating" });
  await createVolumes(work);
  await session.inTurn(`addresses ${network.Id}`, async () => {
    const address = freeAddress(range, await reservedAddresses(work), desired.name);
    const body = containerConfig({
      owner,
      spec: desired,
      image,
      product: engine.product,
      networkId: network.Id,
      networkName: network.Name,
      address,
      limits: limitsFor(desired, engine.info),
      publishSsh: !localRoutes(session).some((route) => formatRange(route) === formatRange(range)),
      devices: hostDevices(session),
      idempotencyKey: context.idempotencyKey,
    });
    const query = { name: resourceName(owner, desired.name) };
    await engine.api.call("POST", "/containers/create", { query, body, signal: context.signal }).catch((error: unknown) => {
      // Someone else was first: the next round finds that container.
      if (!isConflict(error)) throw error;
    });
  });
}

/** By themselves, not with the container: Podman would leave out the labels. An existing one is taken. */
async function createVolumes(work: Work): Promise<void> {
  const { engine, owner, desired, context } = work;
  const labels = ownershipLabels(owner, serverAddress(desired.name as ServerName));
  for (const name of volumeNames(owner, desired.name)) {
    const body = { Name: name, Labels: labels };
    await engine.api.call("POST", "/volumes/create", { body, signal: context.signal }).catch(ignoreRaces);
  }
}

async function networkFor({ session, engine, owner, desired, context }: Work) {
  if (desired.network === undefined) {
    return ensureNetwork(session, owner, { name: DEFAULT_NETWORK }, context, { [LABEL.implicit]: "true" });
  }
  const network = await requireNotForeign(engine.api, owner, desired.network, context.signal);
  if (network !== undefined) return network;
  throw new ProvisioningError({
    code: "NETWORK_MISSING",
    message: `Server ${desired.name} needs network ${desired.network}, which does not exist.`,
    hint: "Apply the whole infra, so that its networks are made first.",
    details: { server: desired.name, network: desired.network },
  });
}

/** Of all servers of the infra, started or not. */
async function reservedAddresses({ engine, owner, context }: Work): Promise<Set<string>> {
  const containers = await engine.api.call<readonly { Labels?: Readonly<Record<string, string>> }[]>("GET", "/containers/json", {
    query: { all: true, filters: infraFilter(owner) },
    signal: context.signal,
  });
  return new Set(containers.flatMap((container) => container.Labels?.[LABEL.privateAddress] ?? []));
}

const DEVICES = ["/dev/net/tun", "/dev/fuse"] as const;

function hostDevices(session: LocalSession): string[] {
  return DEVICES.filter((path) => session.machine.exists(path));
}

/** True when the container runs and has the right size. Errors that another call can cause end in another round. */
async function bringInLine(work: Work, container: EngineContainer): Promise<boolean> {
  try {
    await updateLimits(work, container);
    if (containerStatus(container) === "running") return true;
    if (container.State.Paused) await post(work, `/containers/${container.Id}/unpause`);
    else await start(work, container);
    return true;
  } catch (error) {
    // Removed, or changed by another call: look again.
    if (isGone(error) || isConflict(error)) return false;
    throw error;
  }
}

async function updateLimits(work: Work, container: EngineContainer): Promise<void> {
  const wanted = engineLimits(limitsFor(work.desired, work.engine.info));
  const { NanoCpus = 0, Memory = 0 } = container.HostConfig;
  if (NanoCpus === wanted.NanoCpus && Memory === wanted.Memory) return;
  work.context.report({ stage: "changing size" });
  try {
    await post(work, `/containers/${container.Id}/update`, wanted);
  } catch (error) {
    if (isGone(error) && (await stillThere(work, container.Id))) throw cannotResize(work, error);
    throw error;
  }
}

async function stillThere({ engine, context }: Work, id: string): Promise<boolean> {
  return (await engine.api.find(`/containers/${id}/json`, { signal: context.signal })) !== undefined;
}

/** The call itself is missing: Podman 4. */
function cannotResize({ desired, engine }: Work, cause: unknown): ProvisioningError {
  return new ProvisioningError(
    {
      code: "SERVER_RESIZE_UNSUPPORTED",
      message: `${engine.product} ${engine.version} cannot change the size of server ${desired.name} while it exists.`,
      hint: "Delete the server and create it again, or use Docker or a newer Podman.",
      details: { server: desired.name },
    },
    { cause },
  );
}

async function start(work: Work, container: EngineContainer): Promise<void> {
  if (neverStarted(container)) await putKey(work, container.Id);
  work.context.report({ stage: "starting" });
  try {
    await post(work, `/containers/${container.Id}/start`);
  } catch (error) {
    if (!isAddressTaken(error) || !neverStarted(container)) throw error;
    // Another process chose the same address at the same time and started first.
    const { engine, owner, desired, context } = work;
    await remove(engine, { owner, name: desired.name, id: container.Id, limitMs: removalMs(work) }, context);
    throw new EngineResponseError(409, "the address was taken", "start");
  }
}

function isAddressTaken(error: unknown): boolean {
  return error instanceof EngineResponseError && /address already in use/i.test(error.engineMessage);
}

async function putKey({ session, engine, context }: Work, id: string): Promise<void> {
  const { publicLine } = await session.key();
  const archive = packTar([
    { path: "root/.ssh/", mode: 0o700 },
    { path: "root/.ssh/authorized_keys", mode: 0o600, content: Buffer.from(`${publicLine}\n`) },
  ]);
  await engine.api.call("PUT", `/containers/${id}/archive`, { query: { path: "/" }, archive, signal: context.signal });
}

async function post({ engine, context }: Work, path: string, body?: unknown): Promise<void> {
  await engine.api.call("POST", path, { ...(body === undefined ? {} : { body }), signal: context.signal });
}

async function deleteServer(session: LocalSession, ref: ResourceRef, context: ProviderContext): Promise<void> {
  if (isRecordedMachine(ref)) return;
  const engine = await session.engine(context.signal);
  const owner = await session.owner(context);
  const look = await lookAtContainer(engine, owner, ref.name, context.signal);
  if (look.kind === "foreign") throw new ForeignResourceError("server", ref.name, detailOf(look.container));
  const id = look.kind === "ours" ? look.container.Id : undefined;
  await remove(engine, { owner, name: ref.name, id, limitMs: removalMs({ session }) }, context);
  await removeImplicitNetwork(session, owner, DEFAULT_NETWORK, context.signal);
}

function removalMs({ session }: Pick<Work, "session">): number {
  return session.settings.removalTimeoutMs;
}

interface RemovedServer {
  readonly owner: Owner;
  readonly name: string;
  /** Of its container, when there is one. */
  readonly id: string | undefined;
  /** How long the end of the container is waited for. */
  readonly limitMs: number;
}

/** The container, and the volumes that were made for it: also those that an earlier, interrupted removal has left. */
async function remove(engine: Engine, { owner, name, id, limitMs }: RemovedServer, context: ProviderContext): Promise<void> {
  if (id !== undefined) {
    context.report({ stage: "removing" });
    await engine.api
      .call("DELETE", `/containers/${id}`, { query: { force: true, v: true }, signal: context.signal })
      .catch(ignoreRaces);
    await waitUntilGone(engine, id, limitMs, context);
  }
  for (const volume of volumeNames(owner, name)) {
    await engine.api.call("DELETE", `/volumes/${volume}`, { signal: context.signal }).catch(ignoreGone);
  }
}

const GONE_POLL_MS = 50;

/** A second removal at the same time is refused ("already in progress"): then the first one is waited for. */
async function waitUntilGone(engine: Engine, id: string, limitMs: number, context: ProviderContext): Promise<void> {
  const deadline = context.clock.now() + limitMs;
  while (context.clock.now() < deadline) {
    if ((await engine.api.find(`/containers/${id}/json`, { signal: context.signal })) === undefined) return;
    await context.clock.sleep(GONE_POLL_MS, context.signal);
  }
}

function ignoreGone(error: unknown): void {
  if (!isGone(error)) throw error;
}

function ignoreRaces(error: unknown): void {
  if (!isGone(error) && !isConflict(error)) throw error;
}

function detailOf(container: EngineContainer): string {
  return foreignDetail("container", container.Name.replace(/^\//, ""), container.Config.Labels);
}
