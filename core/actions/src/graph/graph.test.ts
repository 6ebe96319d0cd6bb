/** Questions about what is recorded. */

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type Address,
  infraName,
  newRunId,
  parseAddress,
  providerName,
  type ResourceRecord,
  systemClock,
} from "@provisioning/model";
import { openStorage } from "@provisioning/storage";
import { platformLayout, workspaceLayout } from "@provisioning/workspace";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { actionTable, type ActionName } from "../action-table.js";
import type { ActionContext } from "../context.js";
import { type InputOf, invoke, type OutputOf } from "../invoke.js";

const signal = new AbortController().signal;
let folder: string;
let context: ActionContext;

const record = (
  infra: string,
  address: string,
  dependsOn: readonly string[] = [],
  changes: Partial<ResourceRecord> = {},
): ResourceRecord => ({
  infra: infraName(infra),
  address: address as Address,
  kind: parseAddress(address as Address).kind,
  provider: providerName("local"),
  status: "ready",
  spec: { plan: "small" },
  attributes: {},
  dependsOn: dependsOn as readonly Address[],
  runId: newRunId(),
  updatedAt: 1_700_000_000_000,
  ...changes,
});

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "provisioning-graph-"));
  context = {
    platform: platformLayout(new URL("../../../../", import.meta.url).pathname),
    platformVersion: "0.0.0",
    clock: systemClock,
    environment: { XDG_CONFIG_HOME: join(folder, "config") },
    currentDir: folder,
    workspace: "shop",
    flags: {},
    holder: "test",
    command: "test",
    signal,
    drain: signal,
    report: () => undefined,
    confirm: () => Promise.resolve(false),
  };
  const { path } = await invoke("workspace.create", context, { name: "shop" });
  const storage = await openStorage({ type: "filesystem", dataDir: workspaceLayout(path).storeDir, mode: "write" });
  const records = [
    record("shop", "network.local"),
    record("shop", "server.db", ["network.local"]),
    record("shop", "server.web", ["network.local"], { spec: { plan: "large" }, status: "failed" }),
    record("shop", "taskserv.db.containerd", ["server.db"]),
    record("shop", "taskserv.db.etcd", ["taskserv.db.containerd", "server.db"]),
    record("shop", "taskserv.web.nginx", ["taskserv.db.etcd", "server.web"]),
    record("lab", "server.db"),
  ];
  await storage.resources.write(records.map((item) => ({ type: "put", record: item, expected: 0 })));
  await storage.close();
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** What the action gives is what its schema says. */
async function ask<Name extends ActionName>(name: Name, input: InputOf<Name>): Promise<OutputOf<Name>> {
  const result = await invoke(name, context, input);
  const { output } = await actionTable[name]();
  expect(output.safeParse(result)).toMatchObject({ success: true });
  return result;
}
const found = async (question: string, infra?: string) =>
  (await ask("graph.query", { question, ...(infra === undefined ? {} : { infra }) })).resources.map(({ address }) => address);

describe("the graph of what is recorded", () => {
  it.each([
    ["what depends on etcd", ["taskserv.web.nginx"]],
    ["What depends on taskserv.db.containerd?", ["taskserv.db.etcd", "taskserv.web.nginx"]],
    ["what does nginx depend on", ["server.web", "taskserv.db.etcd", "network.local", "server.db", "taskserv.db.containerd"]],
    ["what runs on db", ["taskserv.db.containerd", "taskserv.db.etcd"]],
    ["where does nginx run", ["server.web"]],
    ['kind == "server" and spec.plan == "large"', ["server.web"]],
    ['status == "failed"', ["server.web"]],
    ['"server.db" in depends_on && name == "etcd"', ["taskserv.db.etcd"]],
  ])("answers %s", async (question, addresses) => {
    expect(await found(question)).toEqual(addresses);
  });

  it("keeps infras apart", async () => {
    expect(await found('kind == "server"', "lab")).toEqual(["server.db"]);
    expect(await found("what runs on db", "lab")).toEqual([]);
  });

  it("tells how one thing comes to need another", async () => {
    const { steps } = await ask("graph.path", { from: "nginx", to: "containerd" });
    expect(steps.map(({ from, relation, to }) => `${from} ${relation} ${to}`)).toEqual([
      "taskserv.web.nginx depends_on taskserv.db.etcd",
      "taskserv.db.etcd depends_on taskserv.db.containerd",
    ]);
    expect(await ask("graph.path", { from: "containerd", to: "nginx" })).toEqual({ infra: null, steps: [] });
    expect((await ask("graph.dependents", { resource: "network.local" })).resources).toHaveLength(5);
  });

  it("lists and shows records", async () => {
    expect(await ask("state.list", {})).toHaveLength(7);
    expect(await ask("state.list", { infra: "lab" })).toHaveLength(1);
    expect(await ask("state.show", { resource: "etcd" })).toMatchObject({
      address: "taskserv.db.etcd",
      spec: { plan: "small" },
      needs: [
        { relation: "runs_on", address: "server.db" },
        { relation: "depends_on", address: "taskserv.db.containerd" },
      ],
      neededBy: [{ relation: "depends_on", address: "taskserv.web.nginx" }],
    });
  });

  it.each([
    ["graph.query", { question: "what depends on etdc" }, "TARGET_UNKNOWN"],
    ["graph.query", { question: "please" }, "QUERY_INVALID"],
    ["graph.query", { question: "1 + 1" }, "QUERY_INVALID"],
    ["graph.query", { question: "spec.plan ==" }, "QUERY_INVALID"],
    ["graph.path", { from: "nginx", to: "nothing" }, "TARGET_UNKNOWN"],
    ["state.show", { resource: "db" }, "TARGET_AMBIGUOUS"],
    ["state.list", { infra: "shpo" }, "INFRA_UNKNOWN"],
  ] as const)("%s refuses %j with %s", async (name, input, code) => {
    await expect(invoke(name, context, input as never)).rejects.toMatchObject({ code });
  });
});
