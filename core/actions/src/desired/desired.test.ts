import type { ServerPlan, TaskservManifest } from "@provisioning/extension-sdk";
import { infraName, providerName, type ServerName, serverName, type TaskservName, taskservName } from "@provisioning/model";
import type { InfraSettings, ServerSettings, TaskservRequest } from "@provisioning/workspace";
import { describe, expect, it } from "vitest";
import { buildDesired, type DesiredOptions } from "./desired.js";

const local = providerName("local");
const size = (cpu: number, memoryMiB: number): ServerPlan => ({ cpu, memoryMiB, diskGiB: 20 });

function manifest(name: string, changes: Partial<TaskservManifest> = {}): [TaskservName, TaskservManifest] {
  return [
    taskservName(name),
    {
      name,
      version: "1.0.0",
      category: "system",
      description: name,
      requires: [],
      optionalRequires: [],
      conflictsWith: [],
      minimumResources: { cpu: 0, memoryMiB: 0, diskGiB: 0 },
      systems: [],
      roles: [],
      clustered: false,
      secrets: [],
      type: "host",
      updateSource: undefined,
      homepage: undefined,
      ...changes,
    },
  ];
}

const options: DesiredOptions = {
  defaultProvider: local,
  defaultPlan: "small",
  image: "image",
  workspaceDir: "/workspace",
  catalog: new Map([
    manifest("os"),
    manifest("containerd", { requires: ["os"], conflictsWith: ["docker"] }),
    manifest("docker", { requires: ["os"] }),
    manifest("etcd", { requires: ["containerd"] }),
    manifest("nginx", { requires: ["os"] }),
    manifest("kubernetes", { minimumResources: { cpu: 2, memoryMiB: 4096, diskGiB: 20 } }),
    manifest("left", { requires: ["right"] }),
    manifest("right", { requires: ["left"] }),
  ]),
  plans: new Map([[local, { small: size(1, 1024), medium: size(2, 2048), large: size(4, 4096) }]]),
};

function request(name: string, changes: Partial<TaskservRequest> = {}): TaskservRequest {
  return { name: taskservName(name), servers: [], roles: [], config: {}, positions: {}, ...changes };
}

function server(name: string, changes: Partial<ServerSettings> = {}): ServerSettings {
  return { name: serverName(name), taskservs: [], labels: {}, protect: false, positions: {}, ...changes };
}

const settings = (servers: ServerSettings[], taskservs: TaskservRequest[] = []): InfraSettings => ({
  name: infraName("shop"),
  servers,
  taskservs,
});

const codesOf = (value: InfraSettings, given: DesiredOptions = options) =>
  buildDesired(value, given).diagnostics.map((item) => item.code);

describe("buildDesired", () => {
  it("puts what is required on a server, dependencies first", () => {
    const { desired, diagnostics } = buildDesired(settings([server("a")], [request("etcd")]), options);
    expect(diagnostics).toEqual([]);
    expect(desired.servers[0]?.taskservs).toEqual(["os", "containerd", "etcd"]);
    const etcd = desired.resources.find((resource) => resource.address === "taskserv.a.etcd");
    expect(etcd?.dependsOn).toEqual(["server.a", "taskserv.a.containerd"]);
    expect([...desired.placements.values()].find((item) => item.taskserv === "containerd")?.requiredBy).toBe("etcd");
  });

  it("places by role and by server, and merges configurations key by key", () => {
    const { desired } = buildDesired(
      settings(
        [
          server("web-01", { role: "web", taskservs: [request("nginx", { config: { tls: { on: true } } })] }),
          server("db-01", { role: "db" }),
        ],
        [
          request("nginx", { roles: ["web"], config: { port: 80, tls: { port: 443 } } }),
          request("os", { servers: ["db-01" as ServerName] }),
        ],
      ),
      options,
    );
    expect(desired.servers.map((item) => item.taskservs)).toEqual([["os", "nginx"], ["os"]]);
    const nginx = [...desired.placements.values()].find((item) => item.taskserv === "nginx");
    expect(nginx?.config).toEqual({ port: 80, tls: { port: 443, on: true } });
  });

  it("finds the key of an existing machine from the workspace", () => {
    const keyOf = (key_file: string) =>
      buildDesired(settings([server("a", { host: { address: "10.0.0.1", key_file } })]), options).desired.resources[0]?.spec
        .options;
    expect(keyOf("keys/a")).toEqual({ key_file: "/workspace/keys/a" });
    expect(keyOf("/home/a/key")).toEqual({ key_file: "/home/a/key" });
  });

  it("takes the size from the flag, then the server, then the configuration", () => {
    const planOf = (given: DesiredOptions, changes: Partial<ServerSettings>) =>
      buildDesired(settings([server("a", changes)]), given).desired.servers[0]?.plan;
    expect(planOf(options, {})).toBe("small");
    expect(planOf(options, { plan: "medium" })).toBe("medium");
    expect(planOf({ ...options, planOverride: "large" }, { plan: "medium" })).toBe("large");
  });

  it("takes the provider from the flag, then the server, the infra, the configuration; an existing machine stays with its own", () => {
    const cloud = providerName("cloud");
    const given = { ...options, plans: new Map([...options.plans, [cloud, { small: size(1, 1024) }]]), providerOverride: cloud };
    const host = { address: "10.0.0.1", key_file: "key" };
    const { desired } = buildDesired(settings([server("a", { provider: local }), server("b", { host })]), given);
    expect(desired.servers.map(({ provider }) => provider)).toEqual([cloud, local]);
    expect(desired.resources.filter(({ kind }) => kind === "network").map(({ address }) => address)).toEqual(["network.cloud"]);
  });

  const position = { file: "main.k", line: 7, column: 3 };
  it.each<[string, InfraSettings, string]>([
    ["an unknown taskserv", settings([server("a")], [request("ngins", { position })]), "TASKSERV_UNKNOWN"],
    ["a conflict", settings([server("a")], [request("docker"), request("etcd", { position })]), "TASKSERV_CONFLICT"],
    ["a cycle", settings([server("a")], [request("left", { position })]), "TASKSERV_CYCLE"],
    ["a server that is too small", settings([server("a", { position })], [request("kubernetes")]), "SERVER_TOO_SMALL"],
    ["an unknown plan", settings([server("a", { plan: "huge", position })]), "PLAN_UNKNOWN"],
    ["an unknown provider", settings([server("a", { provider: providerName("aws"), position })]), "PROVIDER_UNKNOWN"],
    ["a role that no server has", settings([server("a")], [request("nginx", { roles: ["web"], position })]), "PLACEMENT_UNKNOWN"],
  ])("refuses %s, with its place", (_, given, code) => {
    expect(codesOf(given)).toContain(code);
  });

  it("suggests the name that was meant", () => {
    const [finding] = buildDesired(settings([server("a")], [request("ngins", { position })]), options).diagnostics;
    expect(finding).toMatchObject({ hint: "Did you mean nginx?", position });
  });

  it("names the providers that there are, used or not", () => {
    const given = settings([server("a", { provider: providerName("aws"), position })]);
    const [finding] = buildDesired(given, { ...options, plans: new Map(), knownProviders: ["local", "upcloud"] }).diagnostics;
    expect(finding?.hint).toBe("Known providers: local, upcloud.");
  });

  it("tells a finding once, however many servers it is about", () => {
    expect(codesOf(settings([server("a"), server("b"), server("c")], [request("nope", { position })]))).toEqual([
      "TASKSERV_UNKNOWN",
    ]);
  });
});
