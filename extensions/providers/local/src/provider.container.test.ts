/** The local provider against the real container engine of this machine, which is set up when it is missing. */

import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { NetworkSpec, Provider, ProviderContext, ServerAttributes, ServerSpec } from "@provisioning/extension-sdk";
import { infraName, newRunId, systemClock, workspaceName } from "@provisioning/model";
import { buildSync } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Engine } from "./engine/discover.js";
import { thisMachine } from "./engine/machine.js";
import { type Owner, ownerOf, resourceName } from "./ownership.js";
import { createProvider } from "./provider.js";
import { prepareLocal } from "./setup.js";
import { leftoversOf, removeLeftovers } from "./testing/leftovers.js";

const run = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), "provider-local-"));
const workspace = workspaceName("test");
let engine: Engine;
let provider: Provider;

beforeAll(async () => {
  engine = await prepareLocal(() => undefined);
  provider = await createProvider({ settings: {}, dataDir: folder, env: process.env });
});

afterAll(async () => {
  await provider?.close();
  if (engine !== undefined) await removeLeftovers(engine.api, (await owner("any")).workspaceId);
  rmSync(folder, { recursive: true, force: true });
});

const contextOf = (infra: string): ProviderContext => ({
  workspace,
  infra: infraName(infra),
  runId: newRunId(),
  idempotencyKey: "key",
  clock: systemClock,
  signal: AbortSignal.timeout(240_000),
  log: () => undefined,
  report: () => undefined,
});
const lan: NetworkSpec = { name: "lan" };
const small = (name: string, more: Partial<ServerSpec> = {}): ServerSpec => ({
  name,
  plan: "small",
  cpu: 1,
  memoryMiB: 512,
  diskGiB: 5,
  network: "lan",
  ...more,
});
const owner = (infra: string): Promise<Owner> => ownerOf(folder, workspace, infraName(infra));

const ownedBy = async (infra: string) => leftoversOf(engine.api, (await owner(infra)).workspaceId, infra);
const nothing = { containers: [], networks: [], volumes: [] };

/** Logs in as people do: with the pinned host key and nothing else accepted. */
async function overSsh(attributes: ServerAttributes, command: string): Promise<string> {
  const { host, port } = attributes.addresses.ssh;
  const knownHosts = join(folder, `known-${attributes.id.slice(0, 12)}`);
  writeFileSync(knownHosts, attributes.hostKeys.map((key) => `[${host}]:${port} ${key}\n${host} ${key}\n`).join(""));
  const options = ["StrictHostKeyChecking=yes", `UserKnownHostsFile=${knownHosts}`, "BatchMode=yes", "ConnectTimeout=10"];
  const args = [...options.flatMap((option) => ["-o", option]), "-i", attributes.identityFile ?? "", "-p", String(port)];
  return (await run("ssh", [...args, `${attributes.user}@${host}`, command])).stdout.trim();
}

async function failureOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => undefined,
    (error: unknown) => (error as { code?: unknown }).code,
  );
}

describe("an isolated network", () => {
  const isolated: NetworkSpec = { name: "lan", isolated: true };

  it("keeps its servers from each other and is replaced for an open one; Podman, which cannot do that, is refused", async () => {
    const context = contextOf("closed");
    if (engine.product === "podman") {
      expect(await failureOf(provider.network.reconcile(isolated, context))).toBe("NETWORK_ISOLATION_UNSUPPORTED");
      return;
    }
    const network = await provider.network.reconcile(isolated, context);
    expect(provider.network.diff(isolated, network)).toEqual({ fields: [], replace: false });
    const two = () => Promise.all(["one", "two"].map((name) => provider.server.reconcile(small(name), context)));
    const reaches = ([from, to]: readonly ServerAttributes[]) =>
      overSsh(
        from as ServerAttributes,
        `timeout 5 bash -c '</dev/tcp/${to?.addresses.private}/22' 2>/dev/null && echo reached || echo closed`,
      );
    expect(await reaches(await two())).toBe("closed");
    await Promise.all(["one", "two"].map((name) => provider.server.delete({ name }, context)));
    expect((await provider.network.reconcile(lan, context)).id).not.toBe(network.id);
    expect(await reaches(await two())).toBe("reached");
    await Promise.all(["one", "two"].map((name) => provider.server.delete({ name }, context)));
    await provider.network.delete(lan, context);
    expect(await ownedBy("closed")).toEqual(nothing);
  });
});

describe("servers", () => {
  it("come up three at once, are logged in to with the pinned host key, find each other by name, and go without a trace", async () => {
    const context = contextOf("shop");
    await provider.network.reconcile(lan, context);
    const names = ["app-01", "app-02", "db-01"];
    const servers = await Promise.all(names.map((name) => provider.server.reconcile(small(name), context)));

    expect(new Set(servers.map((server) => server.addresses.private)).size).toBe(3);
    expect(new Set(servers.flatMap((server) => server.hostKeys)).size).toBe(3);
    const said = await Promise.all(servers.map((server) => overSsh(server, "hostname; systemctl is-system-running --wait")));
    expect(said).toEqual(names.map((name) => `${name}\nrunning`));
    const [first] = servers as [ServerAttributes];
    // With Podman, names are the business of a plugin that may not be installed.
    if (engine.product === "docker") {
      expect(await overSsh(first, "getent ahostsv4 db-01 | head -1")).toContain(servers[2]?.addresses.private);
    }
    expect(
      await overSsh(
        first,
        "for f in hosts hostname resolv.conf; do mv /etc/$f /etc/$f.x && mv /etc/$f.x /etc/$f; done; echo done",
      ),
    ).toBe("done");

    const again = await provider.server.reconcile(small("app-01"), context);
    expect(again).toEqual(first);
    expect(provider.server.diff(small("app-01"), again)).toEqual({ fields: [], replace: false });

    expect(await failureOf(provider.network.delete(lan, context))).toBe("NETWORK_IN_USE");
    await Promise.all(names.map((name) => provider.server.delete({ name }, context)));
    await provider.network.delete(lan, context);
    await provider.network.delete(lan, context);
    await provider.server.delete({ name: "app-01" }, context);
    expect(await provider.server.read({ name: "app-01" }, context)).toEqual({ status: "absent" });
    expect(await provider.network.read(lan, context)).toEqual({ status: "absent" });
    expect(await ownedBy("shop")).toEqual(nothing);
  });

  it("are made once when two calls want the same, and share one implicit network that goes with them", async () => {
    const context = contextOf("twice");
    const other = await createProvider({ settings: {}, dataDir: folder, env: process.env });
    const { network: _, ...spec } = small("web");
    const made = await Promise.all([provider, other, provider].map((each) => each.server.reconcile(spec, context)));
    expect(new Set(made.map((server) => server.id)).size).toBe(1);
    expect((await ownedBy("twice")).containers).toHaveLength(1);
    await Promise.all([provider.server.delete({ name: "web" }, context), other.server.delete({ name: "web" }, context)]);
    expect(await ownedBy("twice")).toEqual(nothing);
  });

  it("keep their address, their host key and what they hold when they are stopped and started again", async () => {
    const context = contextOf("stop");
    await provider.network.reconcile(lan, context);
    const before = await provider.server.reconcile(small("db"), context);
    await overSsh(before, "echo kept >/root/kept; echo '192.0.2.9 friend' >>/etc/hosts");
    await engine.api.call("POST", `/containers/${before.id}/stop`, { query: { t: 10 } });

    const stopped = await provider.server.read({ name: "db" }, context);
    expect(stopped).toMatchObject({ status: "present", attributes: { status: "stopped", hostKeys: before.hostKeys } });
    if (stopped.status !== "present") return;
    expect(provider.server.diff(small("db"), stopped.attributes)).toMatchObject({ replace: false, fields: [{ path: "status" }] });

    const after = await provider.server.reconcile(small("db"), context);
    expect(after).toEqual(before);
    expect(await overSsh(after, "cat /root/kept; getent hosts friend")).toMatch(/^kept\n192\.0\.2\.9\s+friend$/);
  });

  it("change size in place and are made anew for another network", async () => {
    const context = contextOf("change");
    await provider.network.reconcile(lan, context);
    await provider.network.reconcile({ name: "dmz", cidr: "10.214.77.0/28" }, context);
    const before = await provider.server.reconcile(small("app"), context);
    const larger = provider.server.reconcile(small("app", { cpu: 0.5, memoryMiB: 640 }), context);
    if (engine.product === "podman" && engine.version.startsWith("4."))
      expect(await failureOf(larger)).toBe("SERVER_RESIZE_UNSUPPORTED");
    else expect(await larger).toMatchObject({ id: before.id, cpu: 0.5, memoryMiB: 640 });

    const moved = await provider.server.reconcile(small("app", { network: "dmz" }), context);
    expect(moved.id).not.toBe(before.id);
    expect(moved.addresses.private).toMatch(/^10\.214\.77\./);
    expect(moved.hostKeys).not.toEqual(before.hostKeys);
    expect(await overSsh(moved, "hostname")).toBe("app");
  });

  it("are reached over a port on loopback where their network is not", async () => {
    const hidden = { ...thisMachine(), readFile: () => "" };
    const other = await createProvider({ settings: {}, dataDir: folder, env: process.env }, hidden);
    const context = contextOf("publish");
    await other.network.reconcile(lan, context);
    const server = await other.server.reconcile(small("app"), context);
    expect(server.addresses.ssh).toMatchObject({ host: "127.0.0.1" });
    expect(server.addresses.ssh.port).toBeGreaterThan(1024);
    expect(await overSsh(server, "hostname")).toBe("app");
  });

  it("leave foreign containers and networks of the same name alone", async () => {
    const context = contextOf("foreign");
    const name = resourceName(await owner("foreign"), "app");
    const body = { Image: "provisioning-server:bookworm", Cmd: ["/bin/sleep", "60"] };
    const { Id } = await engine.api.call<{ Id: string }>("POST", "/containers/create", { query: { name }, body });
    const network = await engine.api.call<{ Id: string }>("POST", "/networks/create", {
      body: { Name: resourceName(await owner("foreign"), "lan") },
    });
    try {
      expect(await provider.server.read({ name: "app" }, context)).toMatchObject({ status: "foreign" });
      expect(await failureOf(provider.server.reconcile(small("app"), context))).toBe("RESOURCE_FOREIGN");
      expect(await failureOf(provider.server.delete({ name: "app" }, context))).toBe("RESOURCE_FOREIGN");
      expect(await failureOf(provider.network.reconcile(lan, context))).toBe("RESOURCE_FOREIGN");
      expect(await failureOf(provider.network.delete(lan, context))).toBe("RESOURCE_FOREIGN");
      expect(await engine.api.find(`/containers/${Id}/json`)).toBeDefined();
    } finally {
      await engine.api.call("DELETE", `/containers/${Id}`, { query: { force: true } });
      await engine.api.call("DELETE", `/networks/${network.Id}`);
    }
  });

  it("of another workspace with the same names are not seen", async () => {
    const context = contextOf("shared");
    await provider.network.reconcile(lan, context);
    await provider.server.reconcile(small("app"), context);
    const elsewhere = mkdtempSync(join(tmpdir(), "provider-local-"));
    try {
      const other = await createProvider({ settings: {}, dataDir: elsewhere, env: process.env });
      expect(await other.server.read({ name: "app" }, context)).toEqual({ status: "absent" });
      await other.server.delete({ name: "app" }, context);
      expect(await provider.server.read({ name: "app" }, context)).toMatchObject({ status: "present" });
    } finally {
      rmSync(elsewhere, { recursive: true });
    }
  });

  it("can be taken over as existing machines, which are only forgotten when they are deleted", async () => {
    const context = contextOf("existing");
    await provider.network.reconcile(lan, context);
    const server = await provider.server.reconcile(small("real"), context);
    const { host, port } = server.addresses.ssh;
    const taken = small("taken", { address: host, options: { port, key_file: server.identityFile ?? "" } });
    const machine = await provider.server.reconcile(taken, context);
    expect(machine).toMatchObject({ existing: true, hostKeys: server.hostKeys });
    expect(provider.server.diff(taken, machine).fields).toEqual([]);
    expect(await overSsh(machine, "hostname")).toBe("real");

    const ref = { name: "taken", recorded: machine };
    await provider.server.delete(ref, context);
    expect(await provider.server.read(ref, context)).toMatchObject({ status: "present", attributes: { status: "running" } });
    await provider.server.delete({ name: "real" }, context);
    expect(await provider.server.read(ref, context)).toMatchObject({ attributes: { status: "unreachable" } });
  });

  it("need their network to be there", async () => {
    expect(await failureOf(provider.server.reconcile(small("app", { network: "none" }), contextOf("missing")))).toBe(
      "NETWORK_MISSING",
    );
  });

  it("say that an image is not there", async () => {
    const { network: _, ...spec } = small("app", { image: "localhost:1/no-such-image:1" });
    expect(await failureOf(provider.server.reconcile(spec, contextOf("image")))).toBe("IMAGE_NOT_FOUND");
  });
});

describe("a process that dies while it makes a server", () => {
  const program = join(folder, "reconcile-process.mjs");
  const started: ChildProcess[] = [];

  beforeAll(() => {
    const source = (path: string) => fileURLToPath(new URL(path, import.meta.url));
    buildSync({
      entryPoints: [source("./testing/reconcile-process.ts")],
      outfile: program,
      bundle: true,
      platform: "node",
      format: "esm",
      banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' },
      external: ["cpu-features", "*.node"],
      alias: {
        "@provisioning/model": source("../../../../core/model/src/index.ts"),
        "@provisioning/extension-sdk": source("../../../../core/extension-sdk/src/index.ts"),
      },
    });
  });
  afterAll(() => started.forEach((child) => child.kill("SIGKILL")));

  function start(name: string): ChildProcess {
    const child = spawn(process.execPath, [program, folder, "crash", name], { stdio: ["ignore", "pipe", "inherit"] });
    started.push(child);
    return child;
  }

  it("leaves nothing that a second call cannot use: there is one container in the end", async () => {
    const context = contextOf("crash");
    for (const [index, delayMs] of [120, 200, 280, 360, 440, 520, 700, 1000].entries()) {
      const name = `app-${index}`;
      const child = start(name);
      const ended = once(child, "exit");
      await systemClock.sleep(delayMs);
      child.kill("SIGKILL");
      await ended;
      await provider.network.reconcile(lan, context);
      const server = await provider.server.reconcile(small(name), context);
      expect(await overSsh(server, "hostname")).toBe(name);
      expect((await ownedBy("crash")).containers).toEqual([resourceName(await owner("crash"), name)]);
      await provider.server.delete({ name }, context);
    }
    await provider.network.delete(lan, context);
    expect(await ownedBy("crash")).toEqual(nothing);
  });

  it("at each step that it reports", async () => {
    const context = contextOf("crash");
    for (const stage of ["creating", "starting", "booting"]) {
      const name = `at-${stage}`;
      const child = start(name);
      const ended = once(child, "exit");
      child.stdout?.on("data", (text: Buffer) => text.toString().includes(stage) && child.kill("SIGKILL"));
      await ended;
      await provider.network.reconcile(lan, context);
      expect(await overSsh(await provider.server.reconcile(small(name), context), "hostname")).toBe(name);
      await provider.server.delete({ name }, context);
    }
    expect((await ownedBy("crash")).containers).toEqual([]);
  });

  it("works beside another one on the same server", async () => {
    const context = contextOf("crash");
    const children = [start("both"), start("both"), start("both")];
    const codes = await Promise.all(children.map(async (child) => (await once(child, "exit"))[0] as unknown));
    expect(codes).toEqual([0, 0, 0]);
    expect((await ownedBy("crash")).containers).toHaveLength(1);
    await provider.server.delete({ name: "both" }, context);
    await provider.network.delete(lan, context);
  });
});
