/**
 * Plans in which a server gets another address: what other servers make of it is shown as not known yet, with what makes it known. The provider
 * tells what is recorded; servers answer as if everything that was applied were on them.
 */

import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ProgramSection, ServerReport } from "@provisioning/extension-sdk";
import { type Address, type JsonObject, newRunId, parseAddress, type Plan } from "@provisioning/model";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { ProgramRun, ServerAccess, ServerTarget } from "../servers/server-access.js";
import { sectionFor } from "../servers/section.js";
import { type InfraSession, openInfraSession } from "../session.js";
import { addInfraWithoutServers, AS_RECORDED, providerModule } from "../testing/infra-without-servers.js";
import { testContext, type TestContext } from "../testing/test-context.js";
import { createWorkspace } from "../workspace/create.js";
import { operationsOf } from "../run/definition.js";
import { planSession, type PlannedInfra } from "./plan.js";
import type { Targets } from "./targets.js";

const definition = ({ dbPlan = "small", more = "" } = {}) => `
import provisioning.settings as cfg

settings: cfg.Settings = {
    infra = {name = "shop", provider = "none"}
    servers = [
        {name = "web-01", role = "web", plan = "small", taskservs = [{name = "nginx", config = {upstreams = [{name = "cache", taskserv = "redis", port = 6379, path = "/"}]}}]}
        {name = "web-02", role = "web", plan = "small", taskservs = ["resolv", "mesh"]}
        {name = "db-01", role = "db", plan = "${dbPlan}", taskservs = ["redis", "mesh"]}
        ${more}
    ]
}
`;

/** Its members know each other, and ask each other how they are. */
const MESH = `
import provisioning.steps as st

_peers = option("peers")
install = [st.File {id = "peers", path = "/etc/mesh", content = "".join([peer.name + " " + peer.address + "\\n" for peer in _peers])}]
remove = [st.File {id = "peers", path = "/etc/mesh", state = "absent"}]
health = [st.HealthCheck {id = "own", command = ["true"]}] + [
    st.HealthCheck {id = "peer-" + peer.name, command = ["ping", "-c", "1", peer.address]} for peer in _peers
]
`;

const MESH_MANIFEST = `
name = "mesh"
version = "1.0.0"
category = "networking"
description = "Knows its peers."
requires = []
conflicts_with = []
systems = []

[minimum_resources]
cpu = 1
memory_mib = 32
disk_gib = 1
`;

const ADDRESSES: Readonly<Record<string, string>> = { "web-01": "10.9.0.1", "web-02": "10.9.0.2", "db-01": "10.9.0.3" };
const attributesOf = (server: string): JsonObject => ({
  plan: "small",
  status: "running",
  addresses: { private: ADDRESSES[server] ?? "", ssh: { host: ADDRESSES[server] ?? "", port: 22 } },
  hostKeys: [],
  user: "root",
  facts: { osId: "debian", osVersion: "12" },
});

let folder: string;
let context: TestContext;
/** Steps as they were applied, by server address, taskserv and id. */
const installed = new Map<string, string>();
const asked: ProgramSection[] = [];

/** What differs from what was applied would change; a check that is asked for fails. */
function report({ host }: ServerTarget, { sections }: ProgramRun): ServerReport {
  asked.push(...sections);
  return {
    steps: sections.flatMap(({ taskserv, steps }) =>
      steps.map((step) => {
        const [before, after] = [installed.get(`${host}/${taskserv}/${step.id}`), JSON.stringify(step)];
        const isSame = before === after;
        return {
          taskserv,
          step: step.id,
          ms: 0,
          status: isSame ? ("ok" as const) : ("would_change" as const),
          ...(isSame ? {} : { diff: `-${before}\n+${after}` }),
        };
      }),
    ),
    health: [],
    outputs: [],
  };
}

const fake: ServerAccess = {
  run: async (target, program) => report(target, program),
  roundTrips: 0,
  close: async () => undefined,
};

async function inSession<T>(work: (session: InfraSession) => Promise<T>): Promise<T> {
  const session = await openInfraSession(context, { infra: "shop", mode: "write", definition: "use" });
  try {
    return await work({ ...session, servers: fake });
  } finally {
    await session.close();
  }
}

/** As if the definition had been applied. */
async function applied(session: InfraSession): Promise<void> {
  for (const draft of session.desired.resources) {
    const at = parseAddress(draft.address);
    if (at.kind !== "taskserv") {
      await session.records.markReady(draft, at.kind === "server" ? attributesOf(at.server) : {}, newRunId());
    }
  }
  for (const draft of session.desired.resources) {
    const at = parseAddress(draft.address);
    if (at.kind !== "taskserv") continue;
    const server = session.desired.servers.find(({ name }) => name === at.server);
    if (server === undefined) throw new Error(`no ${at.server}`);
    const section = await sectionFor(session, server, at.taskserv, { purpose: "act" });
    for (const step of section.steps) installed.set(`${ADDRESSES[at.server]}/${at.taskserv}/${step.id}`, JSON.stringify(step));
    await session.records.markReady(draft, { outputs: {}, digest: section.digest, secrets: {} }, newRunId());
  }
}

const write = (text: string) => writeFile(join(context.currentDir, "infra", "shop", "main.k"), text);
const plan = (targets?: Targets): Promise<PlannedInfra> => inSession((session) => planSession(session, targets));
const of = ({ changes }: Plan, address: string) => changes.find((change) => change.address === address);
const changed = ({ changes }: Plan) =>
  changes.filter(({ kind }) => kind !== "none").map(({ kind, address }) => `${kind} ${address}`);

/** The provider does not find it any more. */
const lose = (name: string) =>
  inSession(async ({ records, desired }) => {
    const draft = desired.resources.find(({ address }) => address === `server.${name}`);
    if (draft !== undefined) await records.markReady(draft, { ...attributesOf(name), gone: true }, newRunId());
  });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "provisioning-anew-"));
  context = testContext(folder);
  const dir = join(folder, "shop");
  await createWorkspace.run(context, { name: "shop", dir });
  context = { ...context, currentDir: dir };
  await addInfraWithoutServers(dir, "shop", definition());
  await writeFile(join(dir, "extensions", "providers", "none", "index.mjs"), providerModule(AS_RECORDED));
  const mesh = join(dir, "extensions", "taskservs", "networking", "mesh");
  await mkdir(mesh, { recursive: true });
  await writeFile(join(mesh, "manifest.toml"), MESH_MANIFEST);
  await writeFile(join(mesh, "schema.k"), "schema Config:\n    none: bool = False\n");
  await writeFile(join(mesh, "taskserv.k"), MESH);
});
afterAll(() => rm(folder, { recursive: true }));
beforeEach(async () => {
  await write(definition());
  await inSession(applied);
  asked.length = 0;
});

const WAITS = [{ attribute: "address", knownAfter: "server.db-01" }];

describe("a server that gets another address", () => {
  it("is nothing to do while nobody changes anything", async () => {
    expect(changed((await plan()).plan)).toEqual([]);
  });

  it.each([
    ["is replaced", () => write(definition({ dbPlan: "large" })), "replace"],
    ["is gone", () => lose("db-01"), "create"],
  ] as const)("that %s changes what other servers make of its address", async (_, happen, kind) => {
    await happen();
    const { plan: made } = await plan();
    expect(of(made, "server.db-01")).toMatchObject({ kind, unknown: [{ attribute: "address" }, { attribute: "id" }] });
    expect(of(made, "taskserv.db-01.redis")?.kind).toBe("create");
    const site = of(made, "taskserv.web-01.nginx");
    expect(site).toMatchObject({ kind: "update", drift: false, unknown: WAITS });
    expect(site?.reasons).toEqual(["something it is made from changed: peers, addresses, a secret or its taskserv"]);
    const [step] = site?.steps ?? [];
    expect(step?.diff).toMatch(/^-.*10\.9\.0\.3:6379/);
    expect(step?.diff).toMatch(/\n\+.*\(known after db-01 is created\):6379/);
    const mesh = of(made, "taskserv.web-02.mesh");
    expect(mesh).toMatchObject({ kind: "update", unknown: WAITS, steps: [{ id: "peers" }] });
    expect(mesh?.steps[0]?.diff).toContain("web-02 10.9.0.2\\ndb-01 (known after db-01 is created)\\n");
    expect(of(made, "taskserv.web-02.os")).toMatchObject({ kind: "update", unknown: WAITS });
    expect(of(made, "taskserv.web-02.resolv")).not.toHaveProperty("unknown");
    expect(of(made, "taskserv.web-02.resolv")?.kind).toBe("none");
    expect(JSON.stringify(made)).not.toMatch(/192\.0\.2\./);
  });

  it("is waited for by whoever is made from its address", async () => {
    await write(definition({ dbPlan: "large" }));
    const planned = await plan();
    const operations = await inSession(async (session) => operationsOf(session, planned));
    const site = operations.find(({ id }) => id === "taskserv.install:taskserv.web-01.nginx");
    const [barrier] = site?.dependsOn.filter(({ on }) => on.startsWith("servers.known:")) ?? [];
    const known = operations.find(({ id }) => id === barrier?.on);
    expect(known?.dependsOn.map(({ on }) => on)).toEqual(["server.reconcile:server.db-01"]);
  });

  it("keeps its address as long as it is not among the targets", async () => {
    await write(definition({ dbPlan: "large" }));
    const { plan: made } = await plan({ servers: ["web-01"] });
    expect(changed(made)).toEqual([]);
    expect(changed((await plan({ servers: ["db-01"] })).plan).sort()).toEqual([
      "create taskserv.db-01.mesh",
      "create taskserv.db-01.os",
      "create taskserv.db-01.redis",
      "create taskserv.db-01.resolv",
      "replace server.db-01",
    ]);
  });

  it("is asked nothing that would have to answer at an address that is not known", async () => {
    await write(definition({ dbPlan: "large" }));
    await plan();
    const checks = asked.filter(({ taskserv }) => taskserv === "mesh").map(({ health }) => health.map(({ id }) => id));
    expect(checks).toContainEqual(["own", "peer-web-02"]);
    expect(checks.flat()).not.toContain("peer-db-01");
  });

  it("is shown the same in a kept plan that is made again", async () => {
    await write(definition({ dbPlan: "large" }));
    const [first, second] = [await plan(), await plan()];
    expect(first.plan.digests).toEqual(second.plan.digests);
  });

  it("leaves it when only its neighbours change", async () => {
    const fourth = '{name = "web-03", role = "web", plan = "small", taskservs = ["resolv"]}';
    await write(definition({ more: fourth }));
    const { plan: made } = await plan();
    expect(of(made, "taskserv.web-01.nginx")?.kind).toBe("none");
    expect(of(made, "taskserv.web-02.os")?.unknown).toEqual([{ attribute: "address", knownAfter: "server.web-03" as Address }]);
  });
});
