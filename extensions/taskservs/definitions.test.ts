/** Every taskserv of this folder: complete, documented, compiled for several infras, strict about its configuration. */

import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { createTemplateRenderer } from "@provisioning/config";
import { type JsonObject, taskservName } from "@provisioning/model";
import { createTaskservCompiler, loadTaskservCatalog, type TaskservExtension } from "@provisioning/workspace";
import { describe, expect, it } from "vitest";

const catalog = await loadTaskservCatalog([fileURLToPath(new URL("../", import.meta.url))]);
const compiler = createTaskservCompiler(fileURLToPath(new URL("../../kcl/", import.meta.url)), await createTemplateRenderer());
const names = [...catalog.keys()].sort();

function extensionOf(name: string): TaskservExtension {
  const extension = catalog.get(taskservName(name));
  if (extension === undefined) throw new Error(`no taskserv ${name}`);
  return extension;
}

function serversAt(...addresses: readonly string[]): JsonObject[] {
  return addresses.map((address, index) => ({
    name: `server-0${index + 1}`,
    role: null,
    plan: "small",
    address,
    taskservs: names,
  }));
}

function compileOn(name: string, servers: readonly JsonObject[], config: JsonObject = {}) {
  const peers = servers.map((server) => ({ ...server, outputs: {} }));
  const [server] = servers;
  if (server === undefined) throw new Error("no server");
  return compiler.compile(extensionOf(name), {
    config,
    facts: {},
    server,
    infra: { name: "shop", servers: [...servers] },
    peers,
  });
}

describe.each(names)("%s", (name) => {
  const { dir, manifest } = extensionOf(name);

  it("lies in the folder of its category and name, with all its parts", () => {
    expect([basename(dirname(dir)), basename(dir)]).toEqual([manifest.category, name]);
    const parts = ["schema.k", "taskserv.k", "README.md", `${name}.container.test.ts`];
    expect(parts.filter((part) => !existsSync(join(dir, part)))).toEqual([]);
  });

  it("requires taskservs that exist, and fits into a small server with them", () => {
    expect(manifest.requires.filter((required) => !catalog.has(taskservName(required)))).toEqual([]);
    expect(manifest.minimumResources.cpu).toBeLessThanOrEqual(1);
    expect(manifest.minimumResources.memoryMiB).toBeLessThanOrEqual(1024);
  });

  it("documents every attribute of its configuration, in the schema and in the README", async () => {
    const schema = await readFile(join(dir, "schema.k"), "utf8");
    const readme = await readFile(join(dir, "README.md"), "utf8");
    const config = schema.slice(schema.indexOf("schema Config:"));
    const attributes = [...config.matchAll(/^ {4}([a-z_0-9]+)\??: /gm)].map((match) => match[1] ?? "");
    expect(attributes).not.toEqual([]);
    expect(attributes.filter((attribute) => !config.includes(`\n    ${attribute} : `))).toEqual([]);
    expect(attributes.filter((attribute) => !new RegExp(`^\\| \`${attribute}\` +\\|`, "m").test(readme))).toEqual([]);
  });

  it("compiles for one server, for many, for IPv6 and for addresses that are not known yet", async () => {
    for (const servers of [
      serversAt("10.0.0.1"),
      serversAt("10.0.0.1", "10.0.0.2", "10.0.0.3"),
      serversAt("fd00::1", "fd00::2"),
      serversAt("(known after server-01 is created)", "(known after server-02 is created)"),
      serversAt("one.example.org"),
    ]) {
      const compiled = await compileOn(name, servers);
      expect(compiled.install.length).toBeGreaterThan(0);
      expect(compiled.remove.length).toBeGreaterThan(0);
      expect(compiled.health.length).toBeGreaterThan(0);
    }
  });

  it("can be removed when nothing else is there any more", async () => {
    const server = { name: "server-01", role: null, plan: "small", address: "10.0.0.1", taskservs: [] };
    const config = name === "nginx" ? { upstreams: [{ name: "etcd", taskserv: "etcd", port: 2379, path: "/etcd/" }] } : {};
    const input = { config, facts: {}, server, infra: { name: "shop", servers: [server] }, peers: [] };
    const compiled = await compiler.compile(extensionOf(name), input);
    expect(compiled.remove.length).toBeGreaterThan(0);
  });

  it("gives the same steps for the same input", async () => {
    const servers = serversAt("10.0.0.1", "10.0.0.2");
    expect(await compileOn(name, servers)).toEqual(await compileOn(name, servers));
  });
});

describe("configuration that is refused", () => {
  it.each<[string, JsonObject, RegExp]>([
    ["os", { users: [{ name: "root" }] }, /users of the system/],
    ["os", { users: [{ name: "ann", authorized_keys: ["ssh-ed25519 AAAA\nssh-rsa BBBB"] }] }, /SSH key/],
    ["os", { timezone: "../../etc/shadow" }, /timezone/],
    ["os", { locale: "de_DE.UTF-8'; reboot" }, /locale/],
    ["os", { limits: [{ item: "nofile", value: "many" }] }, /limit/],
    ["resolv", { nameservers: ["dns.example.org"] }, /IP address/],
    ["resolv", { options: ["'; reboot"] }, /option/],
    ["runc", { version: "1.1 $(reboot)" }, /version/],
    ["containerd", { mirrors: { "docker.io": ["ftp://mirror"] } }, /URL/],
    ["containerd", { data_dir: "/var/../etc/x" }, /data_dir/],
    ["etcd", { election_ms: 200 }, /five heartbeats/],
    ["etcd", { client_port: 2380 }, /differ/],
    ["etcd", { data_dir: "/var" }, /three folders/],
    ["postgresql", { port: 80 }, /1024/],
    ["postgresql", { databases: [{ name: "shop", owner: "shop" }] }, /owner/],
    ["postgresql", { users: [{ name: 'x"; DROP' }] }, /name of a user/],
    ["postgresql", { users: [{ name: "x", password: "two\nlines" }] }, /password/],
    ["postgresql", { settings: { port: 1 } }, /attribute of its own/],
    ["postgresql", { allowed_addresses: ["10.0.0.1"] }, /network/],
    ["redis", { bind: ["0.0.0.0"] }, /password/],
    ["redis", { password: 'a"b' }, /printable/],
    ["redis", { save: ["often"] }, /save/],
    ["nginx", { server_name: "a b;" }, /server_name/],
    ["nginx", { upstreams: [{ name: "a", taskserv: "etcd", port: 1, path: "/a" }] }, /slash/],
    ["nginx", { upstreams: [{ name: "a;", taskserv: "etcd", port: 1, path: "/a/" }] }, /name of an upstream/],
    ["nginx", { prot: 80 }, /prot/],
  ])("%s %j", (name, config, message) => {
    const messages = compiler.checkConfig(extensionOf(name), config).map((problem) => problem.message);
    expect(messages.join("\n")).toMatch(message);
  });
});

describe("secrets", () => {
  const secret = "s3cret-value";
  it.each([
    ["redis", { password: secret }],
    ["postgresql", { users: [{ name: "shop", password: secret }] }],
  ])("of %s stand only in files that nobody else can read", async (name, config) => {
    const { install, remove, health } = await compileOn(name, serversAt("10.0.0.1"), config);
    const holders = install.filter((step) => JSON.stringify(step).includes(secret));
    expect(holders.length).toBeGreaterThan(0);
    for (const step of holders)
      expect(step).toMatchObject({ kind: "template", sensitive: true, mode: expect.stringMatching(/^06[04]0$/) });
    expect(JSON.stringify([remove, health])).not.toContain(secret);
  });
});
