/** The status of an infra whose definition was edited after it was applied. The provider tells what is recorded. */

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type JsonObject, newRunId, parseAddress } from "@provisioning/model";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { invoke } from "../invoke.js";
import { openInfraSession } from "../session.js";
import { addInfraWithoutServers, AS_RECORDED, providerModule } from "../testing/infra-without-servers.js";
import { testContext, type TestContext } from "../testing/test-context.js";
import { createWorkspace } from "../workspace/create.js";

const definition = (...servers: string[]) => `
import provisioning.settings as cfg

settings: cfg.Settings = {
    infra = {name = "shop", provider = "none"}
    servers = [${servers.join(", ")}]
}
`;
const WEB = '{name = "web-01", role = "web", plan = "small", taskservs = ["nginx"]}';
const DB = '{name = "db-01", role = "db", plan = "medium", taskservs = ["redis"]}';

let folder: string;
let context: TestContext;
const write = (...servers: string[]) => writeFile(join(context.currentDir, "infra", "shop", "main.k"), definition(...servers));

/** As if the definition had been applied. */
async function applied(attributes: JsonObject = {}): Promise<void> {
  const session = await openInfraSession(context, { infra: "shop", mode: "write", definition: "use" });
  try {
    for (const draft of session.desired.resources) {
      const known = parseAddress(draft.address).kind === "server" ? { status: "running", ...attributes } : {};
      await session.records.markReady(draft, known, newRunId());
    }
  } finally {
    await session.close();
  }
}

async function servers() {
  const status = await invoke("infra.status", context, { infra: "shop" });
  return status.servers.map(({ taskservs, ...server }) => ({ ...server, taskservs: taskservs.map(({ name }) => name) }));
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "provisioning-status-"));
  context = testContext(folder);
  const dir = join(folder, "shop");
  await createWorkspace.run(context, { name: "shop", dir });
  context = { ...context, currentDir: dir };
  await addInfraWithoutServers(dir, "shop", definition(WEB, DB));
  await writeFile(join(dir, "extensions", "providers", "none", "index.mjs"), providerModule(AS_RECORDED));
});
afterEach(() => rm(folder, { recursive: true }));

describe("the status of an infra", () => {
  it("says whether all that is described runs and is ready, and which servers run", async () => {
    const summary = async () => {
      const { healthy, nodes } = await invoke("infra.status", context, { infra: "shop" });
      return { healthy, nodes };
    };
    expect(await summary()).toEqual({ healthy: false, nodes: [] });
    await applied();
    expect(await summary()).toEqual({ healthy: true, nodes: ["web-01", "db-01"] });
    await write(WEB);
    expect(await summary()).toEqual({ healthy: true, nodes: ["web-01", "db-01"] });
    await write(WEB.replace('"nginx"', '"nginx", "redis"'), DB);
    expect(await summary()).toEqual({ healthy: false, nodes: ["web-01", "db-01"] });
    await write(WEB, DB);
    await applied({ gone: true });
    expect(await summary()).toEqual({ healthy: false, nodes: [] });
  });

  it("is as described where nothing was made yet", async () => {
    expect(await servers()).toMatchObject([
      { name: "web-01", status: "absent", plan: "small", role: "web", described: true },
      { name: "db-01", status: "absent", plan: "medium", role: "db", described: true },
    ]);
  });

  it("tells a server as it was made while the definition already says otherwise", async () => {
    await applied();
    await write('{name = "web-01", role = "front", plan = "large", taskservs = ["nginx"]}', DB);
    expect((await servers())[0]).toMatchObject({ name: "web-01", status: "running", plan: "small", role: "web" });
  });

  it("tells the described size of a server that is gone", async () => {
    await applied({ gone: true });
    await write(WEB.replace("small", "large"), DB);
    expect((await servers())[0]).toMatchObject({ name: "web-01", status: "absent", plan: "large" });
  });

  it("has what is there though the definition lost it, behind what is described", async () => {
    await applied();
    await write('{name = "cache-01", taskservs = ["redis"]}', '{name = "web-01", role = "web", plan = "small"}');
    const [cache, web, db] = await servers();
    expect(cache).toMatchObject({ name: "cache-01", status: "absent", described: true });
    expect(web).toMatchObject({ name: "web-01", status: "running", described: true });
    expect(web?.taskservs).toContain("nginx");
    expect(db).toMatchObject({ name: "db-01", status: "running", plan: "medium", role: "db", described: false });
    expect(db?.taskservs).toContain("redis");
  });
});
