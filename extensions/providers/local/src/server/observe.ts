/** What the engine says about a server's container, and the attributes that are made of it. */

import type { ServerAttributes, SshAddress } from "@provisioning/extension-sdk";
import { type ServerName, serverAddress } from "@provisioning/model";
import type { Engine } from "../engine/discover.js";
import { isOurs, LABEL, type Owner, resourceName } from "../ownership.js";
import { limitsFromEngine } from "../plans.js";
import { SSH_PORT } from "./container-config.js";
import { firstFile } from "./tar.js";

export interface EngineContainer {
  readonly Id: string;
  readonly Name: string;
  readonly State: {
    readonly Running: boolean;
    readonly Paused?: boolean;
    readonly StartedAt: string;
    readonly ExitCode?: number;
    readonly Error?: string;
  };
  readonly Config: { readonly Image: string; readonly Labels: Readonly<Record<string, string>> | null };
  readonly HostConfig: { readonly NanoCpus?: number; readonly Memory?: number };
  readonly NetworkSettings: {
    readonly Ports?: Readonly<Record<string, readonly { readonly HostIp: string; readonly HostPort: string }[] | null>>;
    readonly Networks?: Readonly<Record<string, { readonly IPAddress?: string }>>;
  };
}

export type ContainerLook =
  | { readonly kind: "absent" }
  | { readonly kind: "ours"; readonly container: EngineContainer }
  | { readonly kind: "foreign"; readonly container: EngineContainer };

export async function lookAtContainer(engine: Engine, owner: Owner, name: string, signal: AbortSignal): Promise<ContainerLook> {
  const container = await engine.api.find<EngineContainer>(`/containers/${resourceName(owner, name)}/json`, { signal });
  if (container === undefined) return { kind: "absent" };
  const ours = isOurs(container.Config.Labels, owner, serverAddress(name as ServerName));
  return { kind: ours ? "ours" : "foreign", container };
}

/** It was made, but never started: its key may not be in it yet. */
export function neverStarted(container: EngineContainer): boolean {
  return !container.State.Running && container.State.StartedAt.startsWith("0001-");
}

export function containerStatus(container: EngineContainer): "running" | "stopped" {
  return container.State.Running && container.State.Paused !== true ? "running" : "stopped";
}

/** Where the host reaches sshd: on the published port when there is one, else at the private address. */
export function sshAddressOf(container: EngineContainer): SshAddress | undefined {
  const published = container.NetworkSettings.Ports?.[SSH_PORT]?.[0];
  if (published !== undefined) {
    const host = published.HostIp === "" || published.HostIp === "0.0.0.0" ? "127.0.0.1" : published.HostIp;
    return { host, port: Number(published.HostPort) };
  }
  const address = privateAddressOf(container);
  return address === undefined ? undefined : { host: address, port: 22 };
}

function privateAddressOf(container: EngineContainer): string | undefined {
  return container.Config.Labels?.[LABEL.privateAddress];
}

export function imageOf(container: EngineContainer): string {
  return container.Config.Labels?.[LABEL.image] ?? container.Config.Image;
}

/** Name of the network within the infra. */
export function networkNameOf(container: EngineContainer, owner: Owner): string | undefined {
  const prefix = resourceName(owner, "");
  const name = Object.keys(container.NetworkSettings.Networks ?? {}).find((network) => network.startsWith(prefix));
  return name?.slice(prefix.length);
}

const HOST_KEY = "/etc/ssh/ssh_host_ed25519_key.pub";

/** The server's public host key, read through the engine: so it is never taken from the network on trust. */
export async function readHostKey(engine: Engine, containerId: string, signal: AbortSignal): Promise<string | undefined> {
  const archive = await engine.api.findBytes(`/containers/${containerId}/archive`, { query: { path: HOST_KEY }, signal });
  const line = archive === undefined ? undefined : firstFile(archive)?.toString("utf8");
  return line === undefined ? undefined : /^(ssh-ed25519 [A-Za-z0-9+/=]+)(?:\s|$)/.exec(line)?.[1];
}

export async function observeServer(
  engine: Engine,
  owner: Owner,
  container: EngineContainer,
  identityFile: string,
  signal: AbortSignal,
): Promise<ServerAttributes> {
  const hostKey = await readHostKey(engine, container.Id, signal);
  const privateAddress = privateAddressOf(container);
  const network = networkNameOf(container, owner);
  const limits = limitsFromEngine(container.HostConfig);
  return {
    id: container.Id,
    container: container.Name.replace(/^\//, ""),
    status: containerStatus(container),
    addresses: {
      ssh: sshAddressOf(container) ?? { host: "127.0.0.1", port: 0 },
      ...(privateAddress === undefined ? {} : { private: privateAddress }),
    },
    hostKeys: hostKey === undefined ? [] : [hostKey],
    user: "root",
    identityFile,
    image: imageOf(container),
    ...(network === undefined ? {} : { network }),
    cpu: limits.cpu,
    memoryMiB: limits.memoryMiB,
    host: { cpus: engine.info.cpus, memoryMiB: engine.info.memoryMiB },
  };
}
