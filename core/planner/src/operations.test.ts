import {
  type Address,
  type Change,
  type ChangeKind,
  DEFAULT_RETRY,
  infraName,
  type Plan,
  providerName,
  type ResourceKind,
  taskservName,
} from "@provisioning/model";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type OperationOptions, planOperations, topologicalOrder } from "./index.js";

const options: OperationOptions = {
  timeoutMs: 1000,
  retry: DEFAULT_RETRY,
  onFailure: "continue",
  isClustered: (name) => name === "etcd",
  usesOf: () => [],
};

function change(address: string, kind: ChangeKind, dependsOn: string[] = []): Change {
  return {
    address: address as Address,
    kind,
    resource: address.split(".")[0] as ResourceKind,
    provider: providerName("local"),
    reasons: [],
    fields: [],
    steps: [],
    drift: false,
    dependsOn: dependsOn as Address[],
  };
}

const planOf = (...changes: Change[]): Plan => ({ infra: infraName("shop"), changes });
const operationsOf = (plan: Plan) => new Map(planOperations(plan, options).map((operation) => [String(operation.id), operation]));
const needs = (operations: ReturnType<typeof operationsOf>, id: string) =>
  operations.get(id)?.dependsOn.map((item) => String(item.on));

describe("planOperations", () => {
  it("does nothing for what stays", () => {
    expect(planOperations(planOf(change("server.a", "none")), options)).toEqual([]);
  });

  it("installs after the server, the addresses of all servers and the health of what is required", () => {
    const operations = operationsOf(
      planOf(
        change("network.local", "create"),
        change("server.a", "create", ["network.local"]),
        change("taskserv.a.os", "create", ["server.a"]),
        change("taskserv.a.nginx", "create", ["server.a", "taskserv.a.os"]),
      ),
    );
    expect(needs(operations, "server.reconcile:server.a")).toEqual(["network.reconcile:network.local"]);
    expect(needs(operations, "taskserv.install:taskserv.a.nginx")).toEqual([
      "server.reconcile:server.a",
      "taskserv.health:taskserv.a.os",
      "servers.known:network.shop",
    ]);
    expect(operations.get("taskserv.install:taskserv.a.nginx")?.lane).toBe("a");
  });

  it("checks a new cluster only after all its members are installed", () => {
    const operations = operationsOf(planOf(change("taskserv.a.etcd", "create"), change("taskserv.b.etcd", "create")));
    expect(needs(operations, "taskserv.health:taskserv.a.etcd")?.sort()).toEqual([
      "taskserv.install:taskserv.a.etcd",
      "taskserv.install:taskserv.b.etcd",
    ]);
  });

  it("updates a running cluster one member after the other", () => {
    const operations = operationsOf(planOf(change("taskserv.a.etcd", "update"), change("taskserv.b.etcd", "update")));
    expect(needs(operations, "taskserv.install:taskserv.a.etcd")).toEqual([]);
    expect(needs(operations, "taskserv.install:taskserv.b.etcd")).toEqual(["taskserv.health:taskserv.a.etcd"]);
  });

  it("asks a running cluster how it is when its new members are installed", () => {
    const operations = operationsOf(
      planOf(change("taskserv.a.etcd", "update"), change("taskserv.b.etcd", "create"), change("taskserv.c.etcd", "update")),
    );
    expect(operations.get("taskserv.health:taskserv.a.etcd")?.dependsOn).toEqual([
      { on: "taskserv.install:taskserv.a.etcd", type: "hard" },
      { on: "taskserv.install:taskserv.b.etcd", type: "hard" },
    ]);
    expect(needs(operations, "taskserv.install:taskserv.b.etcd")).toEqual([]);
    expect(needs(operations, "taskserv.health:taskserv.b.etcd")).toEqual(["taskserv.install:taskserv.b.etcd"]);
  });

  it.each([
    ["is replaced", { kind: "replace" }, ["server.reconcile:server.b"]],
    ["was there and is gone", { kind: "create", drift: true }, ["server.reconcile:server.b"]],
    ["never was there", { kind: "create" }, []],
  ] as const)(
    "updates what is made from the address of a server that %s only when it has one, if it had one",
    (_, server, expected) => {
      const unknown = [{ attribute: "address", knownAfter: "server.b" as Address }];
      const plan = planOf(
        { ...change("server.b", server.kind), ...server },
        { ...change("taskserv.a.nginx", "update"), unknown },
        { ...change("taskserv.a.redis", "create"), unknown },
      );
      const operations = operationsOf(plan);
      const barrier = "servers.known:network.shop";
      expect(operations.get("taskserv.install:taskserv.a.nginx")?.dependsOn).toEqual(
        [barrier, ...expected].map((on) => ({ on, type: "hard" })),
      );
      expect(needs(operations, "taskserv.install:taskserv.a.redis")).toEqual([barrier]);
    },
  );

  it("checks what uses a taskserv after that taskserv, wherever it is, and installs it without waiting", () => {
    const plan = planOf(
      change("taskserv.a.nginx", "create"),
      change("taskserv.a.etcd", "create"),
      change("taskserv.b.etcd", "create"),
    );
    const usesOf: OperationOptions["usesOf"] = (placement) => (placement.endsWith("nginx") ? [taskservName("etcd")] : []);
    const operations = new Map(
      planOperations(plan, { ...options, usesOf }).map((operation) => [String(operation.id), operation]),
    );
    expect(operations.get("taskserv.health:taskserv.a.nginx")?.dependsOn).toEqual([
      { on: "taskserv.install:taskserv.a.nginx", type: "hard" },
      { on: "taskserv.health:taskserv.a.etcd", type: "soft" },
      { on: "taskserv.health:taskserv.b.etcd", type: "soft" },
    ]);
    expect(needs(operations, "taskserv.install:taskserv.a.nginx")).toEqual([]);
  });

  it("removes nothing from a server that goes away itself", () => {
    const ids = [
      ...operationsOf(planOf(change("taskserv.a.nginx", "delete"), change("server.a", "delete", ["taskserv.a.nginx"]))).keys(),
    ];
    expect(ids).toEqual(["server.delete:server.a"]);
  });

  it("makes a graph without cycles whose dependencies all exist", () => {
    const kinds = fc.constantFrom<ChangeKind>("create", "update", "replace", "none", "read");
    fc.assert(
      fc.property(fc.array(fc.record({ server: kinds, os: kinds, etcd: kinds }), { minLength: 1, maxLength: 12 }), (rows) => {
        const changes = rows.flatMap((row, index) => [
          change(`server.s${index}`, row.server),
          change(`taskserv.s${index}.os`, row.server === "create" ? "create" : row.os, [`server.s${index}`]),
          change(`taskserv.s${index}.etcd`, row.server === "create" ? "create" : row.etcd, [
            `server.s${index}`,
            `taskserv.s${index}.os`,
          ]),
        ]);
        const operations = planOperations(planOf(...changes), options);
        const byId = new Map(operations.map((operation) => [operation.id, operation]));
        for (const operation of operations) for (const { on } of operation.dependsOn) expect(byId.has(on)).toBe(true);
        const nodes = [...byId.keys()];
        expect(topologicalOrder({ nodes, dependenciesOf: (id) => byId.get(id)?.dependsOn.map((item) => item.on) ?? [] }).ok).toBe(
          true,
        );
      }),
    );
  });
});
