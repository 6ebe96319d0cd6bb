/** Batch workflows on whole clusters over HTTP: the example with three regions, and one that a provider of the workspace makes. */

import { afterAll, beforeAll, expect, it } from "vitest";
import { addInfraWithoutServers } from "../../../../core/actions/src/testing/infra-without-servers.js";
import { type Answer, type ServedWorkspace, serveWorkspace } from "../testing/served-workspace.js";

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
  await addInfraWithoutServers(service.workspace, "bare", DEFINITION);
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
