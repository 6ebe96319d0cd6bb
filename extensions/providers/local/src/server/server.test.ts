import { createServer } from "node:net";
import type { ProviderContext, ServerAttributes, ServerSpec } from "@provisioning/extension-sdk";
import { infraName, systemClock, workspaceName } from "@provisioning/model";
import { describe, expect, it } from "vitest";
import type { Owner } from "../ownership.js";
import { type ContainerInput, containerConfig, volumeNames } from "./container-config.js";
import { diffServer } from "./difference.js";
import { reconcileExistingMachine } from "./existing-machine.js";
import { sshGreets } from "./ready.js";
import { firstFile, packTar } from "./tar.js";

const owner: Owner = { workspace: workspaceName("dev"), workspaceId: "0a1b2c3d", infra: infraName("shop") };
const spec: ServerSpec = { name: "db-01", plan: "small", cpu: 1, memoryMiB: 1024, diskGiB: 10 };
const input: ContainerInput = {
  owner,
  spec,
  image: "image:1",
  product: "docker",
  networkId: "n1",
  networkName: "0a1b2c3d.shop.lan",
  address: "10.213.1.9",
  limits: { cpu: 0.5, memoryMiB: 512 },
  publishSsh: false,
  devices: ["/dev/fuse"],
  idempotencyKey: "key-1",
};

describe("containerConfig", () => {
  it("labels what it makes and keeps the address", () => {
    expect(containerConfig(input)).toMatchObject({
      Hostname: "db-01",
      StopSignal: "SIGRTMIN+3",
      Labels: {
        "provisioning.workspace-id": "0a1b2c3d",
        "provisioning.infra": "shop",
        "provisioning.address": "server.db-01",
        "provisioning.key": "key-1",
        "provisioning.private-address": "10.213.1.9",
      },
      HostConfig: { NanoCpus: 5e8, Memory: 512 * 1024 ** 2, RestartPolicy: { Name: "unless-stopped" }, CgroupnsMode: "private" },
      NetworkingConfig: {
        EndpointsConfig: { "0a1b2c3d.shop.lan": { IPAMConfig: { IPv4Address: "10.213.1.9" }, Aliases: ["db-01"] } },
      },
    });
  });

  it("never runs privileged and mounts nothing of the host", () => {
    const text = JSON.stringify(containerConfig(input));
    expect(text).not.toMatch(/Privileged|Binds|"bind"/);
  });

  it("publishes SSH on loopback only, and only when told to", () => {
    expect(JSON.stringify(containerConfig(input))).not.toContain("PortBindings");
    expect(containerConfig({ ...input, publishSsh: true })).toMatchObject({
      HostConfig: { PortBindings: { "22/tcp": [{ HostIp: "127.0.0.1", HostPort: "" }] } },
    });
  });

  it("keeps the user's labels from being taken for ours", () => {
    const labelled = { ...input, spec: { ...spec, labels: { "provisioning.infra": "other", team: "x" } } };
    expect(containerConfig(labelled)).toMatchObject({ Labels: { "provisioning.infra": "shop", "provisioning.label.team": "x" } });
  });

  it("names volumes so that no two servers share one", () => {
    expect(volumeNames(owner, "db-01")).toContain("0a1b2c3d.shop.db-01.docker");
  });
});

describe("diffServer", () => {
  const observed: ServerAttributes = {
    id: "c1",
    status: "running",
    addresses: { ssh: { host: "10.213.1.9", port: 22 } },
    hostKeys: ["ssh-ed25519 AAAA"],
    user: "root",
    image: "image:1",
    network: "lan",
    cpu: 1,
    memoryMiB: 1024,
    host: { cpus: 2, memoryMiB: 4096 },
  };
  const paths = (desired: ServerSpec, from: ServerAttributes = observed) =>
    diffServer(desired, from).fields.map((field) => field.path);

  it("is empty for a server as asked, and for fields left to the provider", () => {
    expect(diffServer(spec, observed)).toEqual({ fields: [], replace: false });
    expect(diffServer({ ...spec, image: "image:1", network: "lan" }, observed).fields).toEqual([]);
  });

  it("changes size in place", () => {
    const difference = diffServer({ ...spec, cpu: 2, memoryMiB: 2048 }, observed);
    expect(difference.replace).toBe(false);
    expect(difference.fields.map((field) => [field.path, field.before, field.after])).toEqual([
      ["cpu", 1, 2],
      ["memoryMiB", 1024, 2048],
    ]);
  });

  it("asks for nothing that this machine does not have", () => {
    expect(paths({ ...spec, cpu: 8, memoryMiB: 8192 }, { ...observed, cpu: 2, memoryMiB: 4096 })).toEqual([]);
  });

  it("replaces for another image or network", () => {
    expect(diffServer({ ...spec, image: "image:2" }, observed)).toMatchObject({ replace: true, fields: [{ path: "image" }] });
    expect(diffServer({ ...spec, network: "dmz" }, observed)).toMatchObject({ replace: true, fields: [{ path: "network" }] });
  });

  it("starts a stopped server", () => {
    expect(diffServer(spec, { ...observed, status: "stopped" })).toMatchObject({ replace: false, fields: [{ path: "status" }] });
  });

  it("replaces a container by an existing machine and the other way round", () => {
    expect(diffServer({ ...spec, address: "192.0.2.1" }, observed).replace).toBe(true);
    expect(diffServer(spec, { ...observed, existing: true }).replace).toBe(true);
  });
});

describe("tar", () => {
  it("gives back the first file", () => {
    const archive = packTar([
      { path: "root/.ssh/", mode: 0o700 },
      { path: "root/.ssh/authorized_keys", mode: 0o600, content: Buffer.from("key\n") },
    ]);
    expect(archive.length % 512).toBe(0);
    expect(firstFile(archive)?.toString()).toBe("key\n");
    expect(firstFile(Buffer.alloc(1024))).toBeUndefined();
  });
});

describe("existing machines", () => {
  const context = (): ProviderContext => ({
    workspace: owner.workspace,
    infra: owner.infra,
    runId: "r" as ProviderContext["runId"],
    idempotencyKey: "k",
    clock: systemClock,
    signal: AbortSignal.timeout(10_000),
    log: () => undefined,
    report: () => undefined,
  });
  const session = () => ({ key: async () => ({ identityFile: "/data/id_ed25519", publicLine: "" }) });

  async function withGreeting<T>(greeting: string, work: (port: number) => Promise<T>): Promise<T> {
    const server = createServer((socket) => socket.on("error", () => undefined).end(greeting));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    try {
      return await work((server.address() as { port: number }).port);
    } finally {
      server.close();
    }
  }
  const machineAt = (port: number, options = {}): ServerSpec => ({
    ...spec,
    address: "127.0.0.1",
    options: { port, user: "admin", ...options },
  });

  it("are taken over with the host key that was given", async () => {
    await withGreeting("SSH-2.0-x\r\n", async (port) => {
      const desired = machineAt(port, { host_key: "ssh-ed25519 AAAA admin@host" });
      const attributes = await reconcileExistingMachine(session(), desired, context());
      expect(attributes).toMatchObject({
        addresses: { ssh: { host: "127.0.0.1", port } },
        hostKeys: ["ssh-ed25519 AAAA"],
        user: "admin",
        identityFile: "/data/id_ed25519",
      });
      expect(diffServer(desired, attributes).fields).toEqual([]);
      expect(diffServer({ ...desired, options: { ...desired.options, user: "root" } }, attributes)).toMatchObject({
        replace: false,
      });
    });
  });

  it("that do not speak SSH are refused", async () => {
    await withGreeting("220 mail\r\n", async (port) => {
      await expect(reconcileExistingMachine(session(), machineAt(port), context())).rejects.toMatchObject({
        code: "MACHINE_UNREACHABLE",
      });
      expect(await sshGreets({ host: "127.0.0.1", port }, new AbortController().signal)).toBe(false);
    });
  });
});
