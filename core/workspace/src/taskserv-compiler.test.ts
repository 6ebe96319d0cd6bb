import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { taskservName } from "@provisioning/model";
import { expect, it } from "vitest";
import { loadTaskservCatalog, type TaskservExtension } from "./catalog.js";
import { createTaskservCompiler } from "./taskserv-compiler.js";

const root = fileURLToPath(new URL("../../../", import.meta.url));

/** What the template of Redis is given as configuration. */
async function configOfRedis(config: object): Promise<unknown> {
  const rendered: unknown[] = [];
  const compiler = createTaskservCompiler(join(root, "kcl"), (_file, _source, values) => {
    rendered.push(values);
    return "";
  });
  const catalog = await loadTaskservCatalog([join(root, "extensions")]);
  const server = { name: "db", role: "db", plan: "small", address: "10.0.0.1" };
  const input = { config: { ...config }, facts: {}, server, infra: { name: "shop", servers: [] }, peers: [] };
  await compiler.compile(catalog.get(taskservName("redis")) as TaskservExtension, input);
  return rendered;
}

it("a list in a configuration takes the place of the schema's", async () => {
  expect(JSON.stringify(await configOfRedis({}))).toContain('"save":["3600 1","300 100","60 10000"]');
  expect(JSON.stringify(await configOfRedis({ save: ["60 1"] }))).toContain('"save":["60 1"]');
});
