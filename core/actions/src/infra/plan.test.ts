/** Plans of an infra whose servers do not exist, with a provider of the workspace that has none. */

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Plan } from "@provisioning/model";
import { planSchema } from "@provisioning/model/wire";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { addInfraWithoutServers } from "../testing/infra-without-servers.js";
import { testContext, type TestContext } from "../testing/test-context.js";
import { createWorkspace } from "../workspace/create.js";
import { planInfra } from "./plan.js";

const DEFINITION = `
import provisioning.settings as cfg

settings: cfg.Settings = {
    infra = {name = "shop", provider = "none"}
    servers = [
        {name = "web-01", role = "web", taskservs = [{name = "nginx", config = {upstreams = [{name = "cache", taskserv = "redis", port = 6379, path = "/"}]}}]}
        {name = "db-01", role = "db", taskservs = [{name = "redis", config = {password = "env://PASSWORD"}}]}
    ]
}
`;

describe("a plan for servers that do not exist", () => {
  let folder: string;
  let context: TestContext;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "provisioning-plan-"));
    context = testContext(folder, { environment: { XDG_CONFIG_HOME: join(folder, "user"), PASSWORD: "Trombone-4417" } });
    const dir = join(folder, "shop");
    await createWorkspace.run(context, { name: "shop", dir });
    context = { ...context, currentDir: dir };
    await addInfraWithoutServers(dir, "shop", DEFINITION);
  });
  afterAll(() => rm(folder, { recursive: true }));

  const made = async (): Promise<Plan> =>
    planSchema.parse(JSON.parse(JSON.stringify(await planInfra.run(context, { infra: "shop" }))));
  const of = (plan: Plan, address: string) => plan.changes.find((change) => change.address === address);

  it("names what each resource is made from that is not known, and what makes it known", async () => {
    const plan = await made();
    expect(of(plan, "server.web-01")?.unknown).toEqual([
      { attribute: "address", knownAfter: "server.web-01" },
      { attribute: "id", knownAfter: "server.web-01" },
    ]);
    expect(of(plan, "taskserv.web-01.nginx")?.unknown).toEqual([{ attribute: "address", knownAfter: "server.db-01" }]);
    expect(of(plan, "taskserv.db-01.redis")?.unknown).toEqual([{ attribute: "address", knownAfter: "server.db-01" }]);
    expect(of(plan, "taskserv.web-01.os")?.unknown).toHaveLength(2);
    expect(of(plan, "taskserv.web-01.resolv")?.unknown).toBeUndefined();
  });

  it("holds no placeholder and no secret", async () => {
    expect(JSON.stringify(await made())).not.toMatch(/192\.0\.2\.|Trombone/);
  });

  it("refuses a secret that is written in the definition, at its place and without showing it", async () => {
    const file = join(context.currentDir, "infra", "shop", "main.k");
    await writeFile(file, DEFINITION.replace("env://PASSWORD", "Trombone-4417"));
    const error = await planInfra.run(context, { infra: "shop" }).catch((thrown: unknown) => thrown);
    await writeFile(file, DEFINITION);
    expect(error).toMatchObject({
      diagnostics: [
        {
          code: "TASKSERV_CONFIG",
          summary: "redis (config.password): it is a secret, which must not be written in a definition",
          position: { file: "infra/shop/main.k", line: 8 },
        },
      ],
    });
    expect(JSON.stringify(error)).not.toContain("Trombone");
  });
});
