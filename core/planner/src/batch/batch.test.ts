import {
  type Address,
  type BatchDependency,
  type BatchOperation,
  type BatchWorkflow,
  type Change,
  type ChangeKind,
  DEFAULT_RETRY,
  infraName,
  isNoop,
  networkAddress,
  type OperationDefinition,
  providerName,
  serverAddress,
  serverName,
  taskservAddress,
  taskservName,
} from "@provisioning/model";
import { describe, expect, it } from "vitest";
import { compileBatch } from "./compile.js";
import { hasWork, outlookOf } from "./outlook.js";
import { regionProblems } from "./regions.js";
import type { BatchScope } from "./scope.js";

const server = (name: string) => serverAddress(serverName(name));
const placed = (on: string, name: string) => taskservAddress(serverName(on), taskservName(name));

function operation(id: string, more: Partial<BatchOperation> = {}): BatchOperation {
  const position = { file: "w.k", line: 1, column: 1 };
  return {
    id,
    verb: "create",
    target: "server",
    providers: [],
    items: [],
    dependsOn: [],
    parallel: true,
    timeoutMs: 300_000,
    onFailure: "rollback",
    position,
    positions: { "items.0": { ...position, line: 7 }, "depends_on.0": { ...position, line: 9 } },
    ...more,
  };
}

function workflow(operations: readonly BatchOperation[], more: Partial<BatchWorkflow> = {}): BatchWorkflow {
  return {
    name: "deploy",
    order: "batch",
    providerAgnostic: true,
    operations,
    dependencies: [],
    rollback: { enabled: true, onPartialFailure: true, checkpointInterval: 5, preserveSuccessful: false },
    retry: DEFAULT_RETRY,
    logging: { level: "info", destinations: ["file", "stdout"], format: "json", retentionDays: 30, path: "./logs/workflows" },
    templates: [],
    monitoring: {
      enabled: true,
      metricsEndpoint: "/metrics",
      stateStore: "rkvs",
      checkpointFrequencyMs: 10_000,
      telemetry: { enabled: false, serviceName: "provisioning" },
    },
    positions: {},
    ...more,
  };
}

const dependency = (source: string, target: string, more: Partial<BatchDependency> = {}): BatchDependency => ({
  source,
  target,
  type: "hard",
  positions: {},
  ...more,
});

/** Servers with their taskservs; `nginx` requires `resolv`. What is named in `there` exists and is as described. */
function scope(servers: Readonly<Record<string, readonly string[]>>, there: readonly Address[] | "all" = []): BatchScope {
  const has = (address: Address) => there === "all" || there.includes(address);
  const change = (address: Address, dependsOn: readonly Address[]): Change => ({
    address,
    kind: (has(address) ? "none" : "create") satisfies ChangeKind,
    resource: address.split(".")[0] as Change["resource"],
    provider: providerName("local"),
    reasons: [],
    fields: [],
    steps: [],
    drift: false,
    dependsOn,
  });
  const requires: Readonly<Record<string, readonly string[]>> = { nginx: ["resolv"] };
  const network = networkAddress("local");
  const changes = [
    change(network, []),
    ...Object.keys(servers).map((name) => change(server(name), [network])),
    ...Object.entries(servers).flatMap(([on, names]) =>
      names.map((name) => change(placed(on, name), [server(on), ...(requires[name] ?? []).map((other) => placed(on, other))])),
    ),
  ];
  return {
    infra: infraName("shop"),
    plan: { infra: infraName("shop"), changes },
    servers: Object.entries(servers).map(([name, taskservs]) => ({
      name: serverName(name),
      address: server(name),
      provider: providerName(name.startsWith("cloud") ? "aws" : "local"),
      taskservs: taskservs.map(taskservName),
    })),
    recorded: changes
      .filter(({ address }) => has(address))
      .map(({ address, provider, dependsOn }) => ({ address, provider, dependsOn })),
    knownTaskservs: ["resolv", "nginx", "redis", "etcd"],
    knownProviders: ["local", "aws"],
    knownInfras: ["shop", "archive"],
    isProtected: (address) => address === server("vault"),
    isClustered: (name) => name === "etcd",
    usesOf: () => [],
    checkCondition: (text) => (text === "bad" ? "no." : undefined),
  };
}

const taskservs = (id: string, items: readonly string[], more: Partial<BatchOperation> = {}) =>
  operation(id, { target: "taskserv", items, ...more });
const two = { web: ["resolv", "nginx"], db: ["redis"] };
const staged = [
  operation("servers", { items: ["web", "db"] }),
  taskservs("base", ["resolv"], { dependsOn: ["servers"] }),
  taskservs("apps", ["nginx", "redis"], { dependsOn: ["base"] }),
];

/** All that come before, directly or not. */
function ancestors(operations: readonly OperationDefinition[], id: string): ReadonlySet<string> {
  const byId = new Map<string, OperationDefinition>(operations.map((one) => [one.id, one]));
  const found = new Set<string>([id]);
  for (const one of found) for (const { on } of byId.get(one)?.dependsOn ?? []) found.add(on);
  found.delete(id);
  return found;
}
const codes = (written: BatchWorkflow, where: BatchScope) => compileBatch(written, where).problems.map(({ code }) => code);

describe("a batch workflow", () => {
  it("becomes what an apply does, in its own order", () => {
    const compiled = compileBatch(workflow(staged), scope(two));
    expect(compiled.problems).toEqual([]);
    const ids = compiled.operations.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toEqual(
      expect.arrayContaining([
        "network.reconcile:network.local",
        "server.reconcile:server.db",
        "taskserv.health:taskserv.web.nginx",
      ]),
    );
    const redis = ancestors(compiled.operations, "taskserv.install:taskserv.db.redis");
    // Nothing of redis needs it; the workflow says so.
    expect(redis).toContain("taskserv.health:taskserv.web.resolv");
    expect(redis).toContain("server.reconcile:server.web");
    expect(ancestors(compiled.operations, "server.reconcile:server.web")).toEqual(new Set(["network.reconcile:network.local"]));
  });

  it("tells waves, order and the longest path", () => {
    const { waves, order, longestPath } = outlookOf(compileBatch(workflow(staged), scope(two)));
    expect(waves.map((wave) => wave.map(({ id }) => id))).toEqual([["servers"], ["base"], ["apps"]]);
    expect(order.filter(({ wave }) => wave === 2).map(({ title }) => title)).toEqual(["create server web", "create server db"]);
    expect(longestPath).toEqual([
      "make network local",
      "create server web",
      "install resolv on web",
      "check resolv on web",
      "install nginx on web",
      "check nginx on web",
    ]);
  });

  it("does nothing when all is there", () => {
    const compiled = compileBatch(workflow(staged), scope(two, "all"));
    expect(compiled.problems).toEqual([]);
    expect(hasWork(compiled)).toBe(false);
    expect(isNoop(compiled.plan)).toBe(true);
    expect(compiled.plan.changes.length).toBeGreaterThan(1);
  });

  it("orders within one operation by what taskservs require", () => {
    const compiled = compileBatch(
      workflow([taskservs("all", ["nginx", "resolv"])]),
      scope({ web: ["resolv", "nginx"] }, [server("web"), networkAddress("local")]),
    );
    expect(compiled.problems).toEqual([]);
    expect(ancestors(compiled.operations, "taskserv.install:taskserv.web.nginx")).toContain(
      "taskserv.health:taskserv.web.resolv",
    );
  });

  it.each(["batch", "sequential", "parallel"] as const)("of type %s goes on as the type says", (order) => {
    const written = workflow(
      [operation("a", { items: ["web"] }), operation("b", { items: ["db"] }), operation("c", { items: ["x"], dependsOn: ["a"] })],
      { order },
    );
    const compiled = compileBatch(written, scope({ ...two, x: [] }));
    expect(compiled.problems).toEqual([]);
    const waves = outlookOf(compiled).waves.map((wave) => wave.map(({ id }) => id));
    const expected = { batch: [["a", "b"], ["c"]], sequential: [["a"], ["b"], ["c"]], parallel: [["a", "b", "c"]] };
    expect(waves).toEqual(expected[order]);
  });

  it("works on one item after the other without parallel, required ones first", () => {
    const compiled = compileBatch(
      workflow([taskservs("all", ["nginx", "redis", "resolv"], { parallel: false })]),
      scope({ web: ["resolv", "nginx", "redis"], db: ["redis"] }, [server("web"), server("db"), networkAddress("local")]),
    );
    expect(compiled.problems).toEqual([]);
    const chained = compiled.operations.filter(({ action }) => action.startsWith("taskserv."));
    // Each comes after all before it: no two can overlap.
    const sorted = chained.toSorted(
      (a, b) => ancestors(compiled.operations, a.id).size - ancestors(compiled.operations, b.id).size,
    );
    sorted.forEach(({ id }, index) => {
      const before = ancestors(compiled.operations, id);
      for (const earlier of sorted.slice(0, index)) expect(before).toContain(earlier.id);
    });
    expect(sorted[0]?.id).toBe("taskserv.install:taskserv.db.redis".replace("db.redis", "web.redis"));
  });

  it("chains the members of a cluster without a circle", () => {
    const compiled = compileBatch(
      workflow([taskservs("all", ["etcd"], { parallel: false })]),
      scope({ a: ["etcd"], b: ["etcd"], c: ["etcd"] }, [server("a"), server("b"), server("c"), networkAddress("local")]),
    );
    expect(compiled.problems).toEqual([]);
    expect(outlookOf(compiled).longestPath).toHaveLength(6);
  });

  it("keeps a server's size of failure: rollback by what the strategy says", () => {
    const failure = (more: Partial<BatchWorkflow["rollback"]>, items = ["web", "db"]) => {
      const { rollback } = workflow([]);
      const written = workflow([operation("a", { items })], { rollback: { ...rollback, ...more } });
      return compileBatch(written, scope(two)).operations.find(({ action }) => action === "server.reconcile")?.onFailure;
    };
    expect(failure({})).toBe("rollback");
    expect(failure({ enabled: false })).toBe("fail");
    // Then it is told when all items have ended.
    expect(failure({ onPartialFailure: false })).toBe("continue");
    expect(failure({ onPartialFailure: false }, ["web"])).toBe("rollback");
  });

  it("judges an operation by all of its items where a part may fail", () => {
    const rollback = { enabled: true, onPartialFailure: false, checkpointInterval: 5, preserveSuccessful: false };
    const verdicts = (there: readonly Address[]) =>
      compileBatch(workflow([operation("servers", { items: ["web", "db"] })], { rollback }), scope(two, there)).operations.filter(
        ({ action }) => action === "batch.verdict",
      );
    const items = ["server.reconcile:server.web", "server.reconcile:server.db"];
    const waits = items.map((on) => ({ on, type: "soft" }));
    expect(verdicts([])).toMatchObject([
      { id: "servers/some-failed", onFailure: "fail", dependsOn: [...waits, { on: "servers/all-failed", type: "hard" }] },
      {
        id: "servers/all-failed",
        onFailure: "rollback",
        dependsOn: waits,
        input: { fails: "all", members: items.map((id) => [id]) },
      },
    ]);
    expect(verdicts([server("web")]).map(({ id }) => id)).toEqual(["servers/some-failed"]);
  });

  it("follows along what it deletes and makes", () => {
    const written = workflow([
      operation("away", { verb: "delete", items: ["web"] }),
      operation("again", { items: ["web"], dependsOn: ["away"] }),
      taskservs("apps", ["resolv", "nginx"], { dependsOn: ["again"] }),
    ]);
    const compiled = compileBatch(written, scope(two, "all"));
    expect(compiled.problems).toEqual([]);
    const before = ancestors(compiled.operations, "taskserv.install:taskserv.web.nginx");
    expect(before).toContain("server.delete:server.web");
    expect(before).toContain("server.reconcile:server.web");
    expect(compiled.operations.find(({ action }) => action === "server.reconcile")?.input).toEqual({ change: "create" });
  });

  it("only looks with check", () => {
    const compiled = compileBatch(
      workflow([operation("look", { verb: "check", items: ["web"] }), taskservs("ask", ["nginx"], { verb: "check" })]),
      scope(two, "all"),
    );
    expect(compiled.problems).toEqual([]);
    expect(compiled.operations.map(({ action }) => action).sort()).toEqual([
      "batch.gate",
      "batch.gate",
      "server.check",
      "taskserv.health",
    ]);
    expect(isNoop(compiled.plan)).toBe(true);
    expect(compiled.plan.changes.length).toBeGreaterThan(1);
  });

  it("works on the servers of some providers alone", () => {
    const compiled = compileBatch(
      workflow([operation("a", { items: ["web", "cloud"], providers: ["aws"] })]),
      scope({ web: [], cloud: [] }),
    );
    expect(compiled.problems).toEqual([]);
    expect(compiled.operations.filter(({ action }) => action === "server.reconcile").map(({ address }) => address)).toEqual([
      "server.cloud",
    ]);
    expect(compiled.notes).toEqual(["a leaves web alone: none of it is of aws."]);
  });

  it("names its providers in every operation when it is not for all", () => {
    const bound = workflow(
      [
        operation("a", { items: ["web"] }),
        operation("b", { items: ["cloud"], providers: ["aws"] }),
        operation("c", { verb: "check", items: ["web"] }),
      ],
      { providerAgnostic: false },
    );
    const infra = scope({ web: [], cloud: [] });
    expect(compileBatch(bound, infra).problems.map(({ code, summary }) => [code, summary])).toEqual([
      ["BATCH_PROVIDER_MISSING", "a names no provider, and this workflow has provider_agnostic = False."],
      ["BATCH_PROVIDER_MISSING", "c names no provider, and this workflow has provider_agnostic = False."],
    ]);
    expect(compileBatch({ ...bound, providerAgnostic: true }, infra).problems).toEqual([]);
  });

  it("installs on servers as they come, when servers come in stages", () => {
    const written = workflow([
      operation("first", { items: ["db"] }),
      taskservs("redis", ["redis"], { dependsOn: ["first"] }),
      operation("second", { items: ["web"], dependsOn: ["redis"] }),
    ]);
    const compiled = compileBatch(written, scope(two));
    expect(compiled.problems).toEqual([]);
    expect(ancestors(compiled.operations, "taskserv.install:taskserv.db.redis")).not.toContain("server.reconcile:server.web");
  });
});

describe("dependencies between things", () => {
  const free = [operation("servers", { items: ["web", "db"] }), taskservs("apps", ["resolv", "nginx", "redis"])];

  it.each(["hard", "soft", "optional"] as const)("that are %s make a gate with the condition", (type) => {
    const written = workflow(free, {
      dependencies: [dependency("taskserv.redis", "taskserv.web.resolv", { type, waitCondition: "True" })],
    });
    const { problems, operations } = compileBatch(written, scope(two));
    expect(problems).toEqual([]);
    const gate = operations.find(({ id }) => id === "dependency/1");
    expect(gate).toMatchObject({ waitCondition: { expression: "True", timeoutMs: 300_000 } });
    expect(gate?.dependsOn.every((one) => one.type === (type === "hard" ? "hard" : "soft"))).toBe(true);
    expect(ancestors(operations, "taskserv.install:taskserv.web.resolv")).toContain("taskserv.health:taskserv.db.redis");
  });

  it("of whole operations hold", () => {
    const written = workflow(free, { dependencies: [dependency("operation.servers", "operation.apps")] });
    const { problems, operations } = compileBatch(written, scope(two));
    expect(problems).toEqual([]);
    expect(ancestors(operations, "taskserv.install:taskserv.db.redis")).toContain("server.reconcile:server.web");
  });

  it.each([
    [dependency("server.wbe", "taskserv.redis"), "BATCH_DEPENDENCY_UNKNOWN", "Did you mean web?"],
    [dependency("taskserv.etcd", "taskserv.redis"), "BATCH_DEPENDENCY_UNKNOWN", undefined],
    [dependency("operation.srvers", "taskserv.redis"), "BATCH_DEPENDENCY_UNKNOWN", "Did you mean servers?"],
    [dependency("cluster.shp", "taskserv.redis"), "BATCH_DEPENDENCY_UNKNOWN", "Did you mean shop?"],
    [dependency("cluster.archive", "taskserv.redis"), "BATCH_UNSUPPORTED", undefined],
    [dependency("server.web", "taskserv.redis", { waitCondition: "bad" }), "BATCH_CONDITION_INVALID", undefined],
  ])("%j is refused", (one, code, hint) => {
    const { problems } = compileBatch(workflow(free, { dependencies: [one] }), scope(two));
    expect(problems).toMatchObject([{ code }]);
    if (hint !== undefined) expect(problems[0]?.hint).toBe(hint);
  });

  it("is ignored when optional and absent", () => {
    const written = workflow(free, { dependencies: [dependency("taskserv.etcd", "taskserv.redis", { type: "optional" })] });
    expect(codes(written, scope(two))).toEqual([]);
  });

  it("is a circle when things wait for each other", () => {
    const written = workflow(free, { dependencies: [dependency("taskserv.redis", "server.db")] });
    expect(codes(written, scope(two))).toEqual(["BATCH_CYCLE"]);
  });
});

describe("a workflow is refused", () => {
  it("with all problems at once, each with its place and the nearest name", () => {
    const { problems } = compileBatch(
      workflow([
        operation("servers", { items: ["wbe"], dependsOn: ["serverz"] }),
        taskservs("base", ["ngnix"]),
        operation("eu", { target: "cluster", items: ["shp"], region: "eu" }),
      ]),
      scope(two),
    );
    expect(problems).toMatchObject([
      { code: "BATCH_OPERATION_UNKNOWN", hint: "Did you mean servers?", position: { line: 9 } },
      { code: "BATCH_ITEM_UNKNOWN", hint: "Did you mean web?", position: { line: 7 } },
      { code: "BATCH_ITEM_UNKNOWN", hint: "Did you mean nginx?", position: { line: 7 } },
      { code: "BATCH_ITEM_UNKNOWN", summary: "There is no cluster shp.", hint: "Did you mean shop?" },
    ]);
  });

  it.each([
    [
      "when operations wait for each other",
      [operation("a", { items: ["web"], dependsOn: ["b"] }), operation("b", { items: ["db"], dependsOn: ["a"] })],
      "BATCH_CYCLE",
    ],
    ["when what is required is not there", [taskservs("a", ["nginx"])], "BATCH_REQUIREMENT"],
    [
      "when what is required comes after",
      [taskservs("a", ["redis"]), operation("b", { items: ["db"], dependsOn: ["a"] })],
      "BATCH_ORDER",
    ],
    ["when what is to be updated is not there", [operation("a", { verb: "update", items: ["web"] })], "BATCH_NOT_THERE"],
    ["when no server carries a taskserv", [taskservs("a", ["etcd"])], "BATCH_ITEM_UNPLACED"],
    ["when a provider is unknown", [operation("a", { items: ["web"], providers: ["awz"] })], "PROVIDER_UNKNOWN"],
  ] as const)("%s", (_, operations, code) => {
    expect(new Set(codes(workflow(operations), scope(two)))).toEqual(new Set([code]));
  });

  it("when it removes what is required, protected, or made elsewhere at the same time", () => {
    const all = scope({ ...two, vault: [] }, "all");
    expect(codes(workflow([taskservs("a", ["resolv"], { verb: "delete" })]), all)).toEqual(["BATCH_REQUIREMENT"]);
    expect(codes(workflow([taskservs("a", ["resolv", "nginx"], { verb: "delete" })]), all)).toEqual([]);
    expect(codes(workflow([operation("a", { verb: "delete", items: ["vault"] })]), all)).toEqual(["SERVER_PROTECTED"]);
    const unordered = [operation("a", { verb: "delete", items: ["web"] }), operation("b", { items: ["web"] })];
    expect(codes(workflow(unordered), all)).toEqual(["BATCH_CONFLICT"]);
  });
});

describe("a cluster", () => {
  const cluster = (id: string, more: Partial<BatchOperation> = {}) =>
    operation(id, { target: "cluster", items: ["shop"], ...more });
  const kinds = (operations: readonly BatchOperation[], ...from: Parameters<typeof scope>) => {
    const { problems, plan } = compileBatch(workflow(operations), scope(...from));
    expect(problems).toEqual([]);
    return Object.fromEntries(plan.changes.map(({ address, kind }) => [address, kind]));
  };
  const everything = [
    "network.local",
    "server.db",
    "server.web",
    "taskserv.db.redis",
    "taskserv.web.nginx",
    "taskserv.web.resolv",
  ];

  it.each([
    ["create", [], "create"],
    ["create", "all", "none"],
    ["update", "all", "none"],
    ["delete", "all", "delete"],
  ] as const)("is made, changed and removed with all that it is: %s", (verb, present, kind) => {
    const found = kinds([cluster("all", { verb })], two, present);
    const touched = kind === "none" ? everything.filter((address) => address !== "network.local") : everything;
    expect(Object.keys(found).sort()).toEqual(touched);
    // A server that is removed takes its taskservs along.
    const counted = Object.keys(found).filter((address) => kind !== "delete" || !address.startsWith("taskserv"));
    expect(new Set(counted.map((address) => found[address]))).toEqual(new Set([kind]));
  });

  it("is removed with its servers before its networks", () => {
    const { operations } = compileBatch(workflow([cluster("all", { verb: "delete" })]), scope(two, "all"));
    expect([...ancestors(operations, "network.delete:network.local")]).toEqual(
      expect.arrayContaining(["server.delete:server.web", "server.delete:server.db"]),
    );
  });

  it("is looked at with all its servers and taskservs", () => {
    const { operations } = compileBatch(workflow([cluster("look", { verb: "check" })]), scope(two, "all"));
    expect(operations.filter(({ action }) => action === "server.check" || action === "taskserv.health")).toHaveLength(5);
  });

  it("of which nothing is there cannot be updated", () => {
    expect(codes(workflow([cluster("all", { verb: "update" })]), scope(two))).toEqual(["BATCH_NOT_THERE"]);
  });

  it("is only what the providers of the operation make", () => {
    const found = kinds([cluster("all", { providers: ["aws"] })], { web: ["resolv"], cloud: ["redis"] });
    expect(Object.keys(found).filter((address) => !address.startsWith("network"))).toEqual([
      "server.cloud",
      "taskserv.cloud.redis",
    ]);
  });

  it("is done when all of it is, whichever operation makes it; operations on it are one wave", () => {
    const regions = ["eu", "us", "asia"].map((region) => cluster(`${region}-cluster`, { region }));
    const compiled = compileBatch(workflow(regions), scope(two));
    expect(compiled.problems).toEqual([]);
    expect(outlookOf(compiled).waves.map((wave) => wave.map(({ id, items, region }) => [id, items, region]))).toEqual([
      ["eu", "us", "asia"].map((region) => [`${region}-cluster`, ["shop"], region]),
    ]);
    expect(ancestors(compiled.operations, "asia-cluster")).toContain("taskserv.health:taskserv.web.nginx");
  });

  it("can be deleted and made anew", () => {
    const again = [cluster("gone", { verb: "delete" }), cluster("back", { dependsOn: ["gone"] })];
    const { problems, operations } = compileBatch(workflow(again), scope(two, "all"));
    expect(problems).toEqual([]);
    expect(ancestors(operations, "server.reconcile:server.web")).toContain("server.delete:server.web");
  });

  it("is what a dependency can wait for", () => {
    const written = workflow([cluster("all"), operation("look", { verb: "check", items: ["web"] })], {
      dependencies: [dependency("cluster.shop", "operation.look")],
    });
    const { problems, operations } = compileBatch(written, scope(two));
    expect(problems).toEqual([]);
    const look = operations.find(({ action }) => action === "server.check");
    expect(ancestors(operations, look?.id ?? "")).toContain("taskserv.health:taskserv.db.redis");
  });

  it("that is another infra of the workspace is refused by name", () => {
    const { problems } = compileBatch(workflow([cluster("all", { items: ["archive"] })]), scope(two));
    expect(problems).toMatchObject([{ code: "BATCH_UNSUPPORTED", position: { line: 7 } }]);
    expect(problems[0]?.summary).toBe("A run works on one infra, here on shop; archive is another one.");
  });

  it.each([
    [["eu", "us"], ["us-cluster"]],
    [["eu", "eu"], []],
    [["eu"], []],
  ])("in the regions %j is in one place", (regions, refused) => {
    const operations = regions.map((region) => cluster(`${region}-cluster`, { region }));
    expect(regionProblems(workflow(operations)).map(({ summary }) => summary.split(" ")[0])).toEqual(refused);
  });
});
