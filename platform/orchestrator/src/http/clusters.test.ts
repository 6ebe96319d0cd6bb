/** Batch workflows on whole clusters over HTTP: the example with three regions, and one that a provider of the workspace makes. */

import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Answer, type ServedWorkspace, serveWorkspace } from "../testing/served-workspace.js";

/** Nothing is there. */
const PROVIDER = `
const handler = {
  read: async () => ({ status: "absent" }),
  diff: () => ({ fields: [], replace: false }),
  reconcile: async () => { throw new Error("nothing is made here"); },
  delete: async () => undefined,
};
const size = { cpu: 1, memoryMiB: 1024, diskGiB: 20 };
export const createProvider = async () => ({
  name: "none",
  capabilities: { plans: { small: size, medium: size, large: size, xlarge: size }, limits: { rate: 100, batchSize: 5 }, images: [] },
  network: handler,
  server: handler,
  close: async () => undefined,
});
`;
const DEFINITION = `import provisioning.settings as cfg

settings: cfg.Settings = {
    infra = {name = "bare", provider = "none"}
    servers = [{name = "one"}, {name = "two"}]
}
`;

let service: ServedWorkspace;
beforeAll(async () => {
  const environment = { DOCKER_HOST: "unix:///nowhere/engine.sock" };
  service = await serveWorkspace({ from: "examples/multi-region", environment });
  const put = async (file: string, text: string) => {
    await mkdir(join(service.workspace, file, ".."), { recursive: true });
    await writeFile(join(service.workspace, file), text);
  };
  await put("extensions/providers/none/manifest.toml", 'name = "none"\nentry = "index.mjs"\n');
  await put("extensions/providers/none/index.mjs", PROVIDER);
  await put("infra/bare/main.k", DEFINITION);
});
afterAll(() => service.close());

const FILE = "workflows/multi-region.k";
const onBare = (type: string) => ({ name: `${type}-bare`, operations: [{ id: type, type, target: "cluster", items: ["bare"] }] });
const submit = (body: unknown): Promise<Answer> => service.ask("/workflows/batch", { body });

/** What it came to. */
async function carriedOut(type: string): Promise<unknown> {
  const { id } = (await submit(onBare(type))).json<{ id: string }>();
  for (;;) {
    const task = (await service.ask(`/tasks/${id}`)).json();
    if (!["pending", "running", "rollingBack"].includes(String(task.status))) return task.status;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

async function changesOf(type: string) {
  const answer = await service.ask("/actions/batch.plan", { body: { input: { definition: onBare(type) } } });
  const { plan } = answer.json<{ plan: { changes: { address: string; kind: string }[] } }>();
  return plan.changes.map(({ address, kind }) => `${kind} ${address}`).sort();
}

it("a dry run shows three regions in one wave", async () => {
  const answer = await service.ask("/actions/batch.plan", { body: { input: { file: FILE } } });
  expect(answer.status).toBe(200);
  const { waves, unseen } = answer.json<{ waves: { id: string; region: string }[][]; unseen: string }>();
  expect(waves.map((wave) => wave.map(({ id, region }) => `${id} ${region}`))).toEqual([
    ["eu-cluster eu-west-1", "us-cluster us-east-1", "asia-cluster ap-south-1"],
  ]);
  expect(unseen).toContain("cannot be reached");
});

it("one infra in three regions is refused with places", async () => {
  const answer = await submit({ file: FILE });
  const { errors } = answer.json<{ errors: { code: string; place: string }[] }>();
  expect([answer.status, errors.map(({ code, place }) => [code, place])]).toEqual([
    422,
    [
      ["BATCH_UNSUPPORTED", "workflows/multi-region.k:15:13"],
      ["BATCH_UNSUPPORTED", "workflows/multi-region.k:21:13"],
    ],
  ]);
});

it("a cluster is a target: what its creation would make, and its removal when nothing of it is there", async () => {
  expect(await changesOf("create")).toEqual(["create network.none", "create server.one", "create server.two"]);
  expect(await changesOf("delete")).toEqual(["none server.one", "none server.two"]);
  expect(await carriedOut("delete")).toBe("completed");
});
