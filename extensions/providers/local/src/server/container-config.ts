/**
 * The container that behaves like a server. Pure: the body of the engine's "create container" call.
 *
 * It gets a cgroup name space of its own that is made writable before systemd starts. It must not be the host's hierarchy
 * bind-mounted: with a second container all would share one tree. Engines also bind-mount three files in /etc, which programs replace
 * by renaming (impossible on a mount): they are copied and unmounted before systemd starts, at the first boot with the engine's
 * content, later keeping what the server has made of them. Podman could boot systemd by itself, but would keep these mounts and a
 * read-only /proc/sys/net, so it is started in the same way.
 */

import type { ServerSpec } from "@provisioning/extension-sdk";
import { serverAddress, type ServerName } from "@provisioning/model";
import { prefixed } from "../network/handler.js";
import { LABEL, type Owner, ownershipLabels, resourceName, specDigest } from "../ownership.js";
import { engineLimits, type Limits } from "../plans.js";

export interface ContainerInput {
  readonly owner: Owner;
  readonly spec: ServerSpec;
  readonly image: string;
  readonly product: "docker" | "podman";
  readonly networkId: string;
  readonly networkName: string;
  readonly address: string;
  readonly limits: Limits;
  /** The host cannot reach the server's private address: publish port 22 on loopback. */
  readonly publishSsh: boolean;
  /** Device files of the host that servers may use (tun, fuse). */
  readonly devices: readonly string[];
  readonly idempotencyKey: string;
}

export const SSH_PORT = "22/tcp";

/** Container engines inside a server need a file system that is not an overlay. */
const VOLUMES = { docker: "/var/lib/docker", containerd: "/var/lib/containerd", containers: "/var/lib/containers" } as const;

const BOOT = `
for dir in /sys/fs/cgroup /sys/fs/cgroup/*/; do
  mountpoint -q "$dir" && mount -o remount,bind,rw "$dir"
done 2>/dev/null
mount --bind /proc/sys/net /proc/sys/net && mount -o remount,bind,rw /proc/sys/net
for file in hosts hostname resolv.conf; do
  mountpoint -q "/etc/$file" || continue
  cp "/etc/$file" /run/first-boot && umount "/etc/$file" || continue
  [ -e "/etc/.$file.booted" ] || { install -m 644 /run/first-boot "/etc/$file" && : >"/etc/.$file.booted"; }
done
rm -f /run/first-boot
exec /sbin/init
`;

/** Labels by which the container is known again. The spec's digest tells in `docker inspect` whether two servers were asked alike. */
function containerLabels({ owner, spec, image, address, idempotencyKey }: ContainerInput): Record<string, string> {
  return {
    ...prefixed(spec.labels),
    ...ownershipLabels(owner, serverAddress(spec.name as ServerName)),
    [LABEL.spec]: specDigest(spec),
    [LABEL.key]: idempotencyKey,
    [LABEL.privateAddress]: address,
    [LABEL.image]: image,
  };
}

export function containerConfig(input: ContainerInput): Record<string, unknown> {
  const { spec, owner } = input;
  return {
    Hostname: spec.name,
    Image: input.image,
    Cmd: ["/bin/sh", "-c", BOOT],
    Env: ["container=docker"],
    Labels: containerLabels(input),
    StopSignal: "SIGRTMIN+3",
    ...(input.publishSsh ? { ExposedPorts: { [SSH_PORT]: {} } } : {}),
    HostConfig: {
      ...engineLimits(input.limits),
      ...isolation(input),
      NetworkMode: input.networkName,
      RestartPolicy: { Name: "unless-stopped" },
      Mounts: volumeMounts(owner, spec),
      Devices: input.devices.map((path) => ({ PathOnHost: path, PathInContainer: path, CgroupPermissions: "rwm" })),
      ...(input.publishSsh ? { PortBindings: { [SSH_PORT]: [{ HostIp: "127.0.0.1", HostPort: "" }] } } : {}),
    },
    NetworkingConfig: {
      EndpointsConfig: {
        [input.networkName]: {
          NetworkID: input.networkId,
          IPAMConfig: { IPv4Address: input.address },
          Aliases: [spec.name],
        },
      },
    },
  };
}

function isolation({ product }: ContainerInput): Record<string, unknown> {
  return {
    CgroupnsMode: "private",
    CapAdd: ["SYS_ADMIN", "NET_ADMIN", "NET_RAW"],
    SecurityOpt: product === "podman" ? ["seccomp=unconfined"] : ["seccomp=unconfined", "apparmor=unconfined"],
    Tmpfs: { "/run": "mode=755", "/run/lock": "mode=1777", "/tmp": "exec,mode=1777" },
  };
}

/** Named and labelled, so that what a crash leaves behind is found. */
function volumeMounts(owner: Owner, spec: ServerSpec): Record<string, unknown>[] {
  return Object.entries(VOLUMES).map(([name, target]) => ({
    Type: "volume",
    Source: volumeName(owner, spec.name, name),
    Target: target,
  }));
}

function volumeName(owner: Owner, server: string, volume: string): string {
  return `${resourceName(owner, server)}.${volume}`;
}

export function volumeNames(owner: Owner, server: string): string[] {
  return Object.keys(VOLUMES).map((volume) => volumeName(owner, server, volume));
}
