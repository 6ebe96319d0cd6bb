import {
  type Address,
  type DesiredResource,
  infraName,
  type JsonObject,
  providerName,
  type ResourceKind,
  type ResourceRecord,
  type RunId,
} from "@provisioning/model";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { makePlan, type ResourceView } from "./index.js";

const infra = infraName("shop");
const local = providerName("local");
const address = (value: string) => value as Address;
const present: ResourceView = { status: "present", fields: [], steps: [], faults: [] };

function desired(at: string, spec: JsonObject = {}, dependsOn: string[] = []): DesiredResource {
  return {
    address: address(at),
    kind: at.split(".")[0] as ResourceKind,
    provider: local,
    spec,
    dependsOn: dependsOn.map(address),
  };
}

function recorded(at: string, spec: JsonObject = {}, changes: Partial<ResourceRecord> = {}): ResourceRecord {
  const { address: where, kind, provider, dependsOn } = desired(at, spec);
  return {
    infra,
    address: where,
    kind,
    provider,
    spec,
    dependsOn,
    attributes: {},
    status: "ready",
    runId: "r" as RunId,
    updatedAt: 0,
    ...changes,
  };
}

function kindOf(resource: DesiredResource, record: ResourceRecord | undefined, view: ResourceView) {
  const plan = makePlan({
    infra,
    desired: [resource],
    recorded: record ? [record] : [],
    observed: new Map([[resource.address, view]]),
  });
  return plan.changes[0];
}

describe("makePlan", () => {
  const server = desired("server.web-01", { plan: "small" });
  const same = recorded("server.web-01", { plan: "small" });

  it.each([
    ["creates what is not there", undefined, { status: "absent" }, "create", false],
    ["leaves alone what fits", same, present, "none", false],
    ["creates again what was recorded and is gone, as drift", same, { status: "absent" }, "create", true],
    ["updates what the user changed", recorded("server.web-01", { plan: "large" }), present, "update", false],
    [
      "repairs what was changed by hand, as drift",
      same,
      { ...present, fields: [{ path: "plan", before: "large", after: "small" }] },
      "update",
      true,
    ],
    [
      "replaces when a field cannot be changed in place",
      same,
      { ...present, fields: [{ path: "image", before: "a", after: "b", forcesReplacement: true }] },
      "replace",
      true,
    ],
    [
      "goes on with what was interrupted",
      recorded("server.web-01", { plan: "small" }, { status: "changing" }),
      present,
      "update",
      false,
    ],
    ["tries again what failed", recorded("server.web-01", { plan: "small" }, { status: "failed" }), present, "update", false],
    ["looks again at what could not be seen", same, { status: "unknown", reason: "no answer" }, "read", false],
    ["repairs what is broken though nothing differs", same, { ...present, faults: ["it is stopped"] }, "update", true],
  ] as const)("%s", (_, record, view, kind, drift) => {
    const change = kindOf(server, record, view as ResourceView);
    expect(change).toMatchObject({ kind, drift });
    if (kind !== "none") expect(change?.reasons).not.toEqual([]);
  });

  it("installs everything again on a server that is replaced", () => {
    const taskserv = desired("taskserv.web-01.nginx", {}, ["server.web-01"]);
    const plan = makePlan({
      infra,
      desired: [taskserv, server],
      recorded: [same, recorded("taskserv.web-01.nginx")],
      observed: new Map<Address, ResourceView>([
        [server.address, { ...present, fields: [{ path: "image", forcesReplacement: true }] }],
        [taskserv.address, present],
      ]),
    });
    expect(plan.changes.map((change) => [change.address, change.kind])).toEqual([
      ["server.web-01", "replace"],
      ["taskserv.web-01.nginx", "create"],
    ]);
  });

  it("deletes what is no longer wanted, dependents first", () => {
    const plan = makePlan({
      infra,
      desired: [],
      recorded: [recorded("network.local"), { ...same, dependsOn: [address("network.local")] }],
      observed: new Map(),
    });
    expect(plan.changes.map((change) => change.address)).toEqual(["server.web-01", "network.local"]);
  });

  it("is a fixed point: what was planned and done plans to nothing", () => {
    const specs = fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), fc.record({ plan: fc.constantFrom("small", "large") }), {
      maxKeys: 20,
    });
    fc.assert(
      fc.property(specs, (servers) => {
        const wanted = Object.entries(servers).map(([name, spec]) => desired(`server.${name}`, spec));
        const done = wanted.map((resource) => recorded(resource.address, resource.spec));
        const observed = new Map(wanted.map((resource) => [resource.address, present]));
        expect(
          makePlan({ infra, desired: wanted, recorded: done, observed }).changes.every((change) => change.kind === "none"),
        ).toBe(true);
      }),
    );
  });
});
