import { type Address, type FieldChange, infraName, type JsonObject, providerName, type RunId } from "@provisioning/model";
import { describe, expect, it } from "vitest";
import { makePlan, type ResourceView } from "./index.js";

const address = "taskserv.web-01.redis" as Address;
const local = providerName("local");
const step = { id: "config", title: "write redis.conf" };
const changing: ResourceView = { status: "present", fields: [], steps: [step], faults: [], inputsChanged: true };

interface Side {
  readonly config: JsonObject;
  readonly secrets?: Readonly<Record<string, string>>;
}

function changeFrom(before: Side, after: Side, view: ResourceView = changing) {
  const spec = (side: Side) => ({ version: "1.0.0", config: side.config });
  const resource = { address, kind: "taskserv", provider: local, spec: spec(after), dependsOn: [] } as const;
  const record = {
    ...resource,
    infra: infraName("shop"),
    spec: spec(before),
    status: "ready",
    attributes: before.secrets === undefined ? {} : { secrets: before.secrets },
    runId: "r" as RunId,
    updatedAt: 0,
  } as const;
  const plan = makePlan({
    infra: infraName("shop"),
    desired: [resource],
    recorded: [record],
    observed: new Map([[address, view]]),
    secrets: new Map([[address, after.secrets ?? {}]]),
  });
  return plan.changes[0];
}

const password = "config.password";
const withPassword = (reference: string, digest?: string, more: JsonObject = {}): Side => ({
  config: { password: reference, ...more },
  ...(digest === undefined ? {} : { secrets: { [password]: digest } }),
});

describe("secrets in a plan", () => {
  it.each<[string, Side, Side, readonly FieldChange[]]>([
    [
      "tells another value of the same reference",
      withPassword("env://P", "h:1"),
      withPassword("env://P", "h:2"),
      [{ path: password, before: "env://P", after: "env://P", secret: { before: "h:1", after: "h:2" } }],
    ],
    [
      "tells another reference with both digests",
      withPassword("env://P", "h:1"),
      withPassword("env://Q", "h:1"),
      [{ path: password, before: "env://P", after: "env://Q", secret: { before: "h:1", after: "h:1" } }],
    ],
    [
      "shows the rest of the change",
      withPassword("env://P", "h:1", { port: 1 }),
      withPassword("env://P", "h:2", { port: 2 }),
      [
        { path: "config.port", before: 1, after: 2 },
        { path: password, before: "env://P", after: "env://P", secret: { before: "h:1", after: "h:2" } },
      ],
    ],
    [
      "tells a secret that is new, and one that goes",
      { config: { old: "env://O" }, secrets: { "config.old": "h:1" } },
      withPassword("env://P", "h:2"),
      [
        { path: "config.old", before: "env://O", secret: { before: "h:1" } },
        { path: password, after: "env://P", secret: { after: "h:2" } },
      ],
    ],
    ["says nothing of what was recorded without digests", withPassword("env://P"), withPassword("env://P", "h:2"), []],
    [
      "finds a secret in a list by its place",
      { config: { users: [{ password: "env://P" }] }, secrets: { "config.users.0.password": "h:1" } },
      { config: { users: [{ password: "env://P" }] }, secrets: { "config.users.0.password": "h:2" } },
      [{ path: "config.users.0.password", before: "env://P", after: "env://P", secret: { before: "h:1", after: "h:2" } }],
    ],
    [
      "does not take another item of a list for the one before",
      { config: { users: [{ password: "env://A" }] }, secrets: { "config.users.0.password": "h:1" } },
      {
        config: { users: [{ password: "env://B" }, { password: "env://A" }] },
        secrets: { "config.users.0.password": "h:2", "config.users.1.password": "h:1" },
      },
      [{ path: "config.users", before: [{ password: "env://A" }], after: [{ password: "env://B" }, { password: "env://A" }] }],
    ],
  ])("%s", (_, before, after, fields) => {
    expect(changeFrom(before, after)?.fields).toEqual(fields);
  });

  it("names the secret as the reason, and does not call it drift", () => {
    expect(changeFrom(withPassword("env://P", "h:1"), withPassword("env://P", "h:2"))).toMatchObject({
      kind: "update",
      drift: false,
      reasons: [`another secret: ${password}`],
    });
  });

  it("tells it too while the server cannot be looked at", () => {
    const unseen: ResourceView = { status: "unknown", reason: "no answer" };
    expect(changeFrom(withPassword("env://P", "h:1"), withPassword("env://P", "h:2"), unseen)).toMatchObject({
      kind: "read",
      fields: [{ path: password, secret: { before: "h:1", after: "h:2" } }],
    });
  });
});
