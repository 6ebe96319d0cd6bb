/** The example with one cluster in three regions: what it means, and what of it is not possible yet. */

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { DiagnosticsError } from "@provisioning/model";
import { evaluateWorkflow } from "@provisioning/workspace";
import { afterAll, beforeAll, expect, it } from "vitest";
import { invoke } from "../invoke.js";
import { addInfraWithoutServers } from "../testing/infra-without-servers.js";
import { testContext } from "../testing/test-context.js";

const example = fileURLToPath(new URL("../../../../examples/multi-region", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "provisioning-regions-"));
const workspace = join(folder, "regions");
// No engine answers there.
const environment = { XDG_CONFIG_HOME: `${folder}/user`, DOCKER_HOST: `unix://${folder}/none.sock` };
const context = () => testContext(folder, { workspace, environment });
const FILE = "workflows/multi-region.k";

beforeAll(async () => {
  await invoke("workspace.create", testContext(folder), { name: "regions", dir: workspace, from: example });
  await addInfraWithoutServers(workspace, "archive");
  writeFileSync(
    join(workspace, "infra/archive/main.k"),
    readFileSync(join(workspace, "infra/archive/main.k"), "utf8").replace('"empty"', '"archive"'),
  );
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The file with a change. */
function changed(change: (text: string) => string): { file: string } {
  const file = "workflows/changed.k";
  mkdirSync(join(workspace, "workflows"), { recursive: true });
  writeFileSync(join(workspace, file), change(readFileSync(join(workspace, FILE), "utf8")));
  return { file };
}

async function problemsOf(input: { file: string }) {
  const error = await invoke("batch.validate", context(), input).catch((found: unknown) => found as DiagnosticsError);
  return (error as DiagnosticsError).diagnostics.map(({ code, summary, hint, position }) => [
    code,
    summary,
    hint,
    position?.line,
  ]);
}

it("the workflow has a cluster in each of three regions", async () => {
  const { operations, parallelLimit } = await evaluateWorkflow(context().platform, {
    file: join(workspace, FILE),
    workspaceDir: workspace,
  });
  expect(parallelLimit).toBe(3);
  expect(operations.map(({ id, target, region, items }) => [id, target, region, items])).toEqual([
    ["eu-cluster", "cluster", "eu-west-1", ["app-stack"]],
    ["us-cluster", "cluster", "us-east-1", ["app-stack"]],
    ["asia-cluster", "cluster", "ap-south-1", ["app-stack"]],
  ]);
});

it("a dry run shows the three in one wave, without an engine too, and says what it could not see", async () => {
  const given = context();
  const forecast = await invoke("batch.plan", given, { file: FILE });
  expect(forecast.infra).toBe("app-stack");
  expect(forecast.waves.map((wave) => wave.map(({ id, region }) => [id, region]))).toEqual([
    [
      ["eu-cluster", "eu-west-1"],
      ["us-cluster", "us-east-1"],
      ["asia-cluster", "ap-south-1"],
    ],
  ]);
  expect(forecast.longestPath.slice(0, 2)).toEqual(["make network local", expect.stringMatching(/^create server /)]);
  expect(forecast.limits).toMatchObject({ parallel: 3, providers: [{ name: "local" }] });
  expect(forecast.unseen).toContain("cannot be reached");
  const warnings = given.events.flatMap((event) => (event.type === "warning" ? [event.text] : []));
  expect(warnings).toHaveLength(3);
  expect(warnings.join("\n")).toMatch(/^It cannot be carried out: us-cluster.*asia-cluster.*as it was recorded\.$/s);
});

it("one infra cannot be in several regions, each further one is refused at its place", async () => {
  const hint = "Describe an infra for each region, and write a workflow for each.";
  const same = "an infra is in one place, so they would be the same servers.";
  expect(await problemsOf({ file: FILE })).toEqual([
    ["BATCH_UNSUPPORTED", `us-cluster wants app-stack in us-east-1, eu-cluster in eu-west-1: ${same}`, hint, 15],
    ["BATCH_UNSUPPORTED", `asia-cluster wants app-stack in ap-south-1, eu-cluster in eu-west-1: ${same}`, hint, 21],
  ]);
});

it.each([
  ["archiv", "BATCH_ITEM_UNKNOWN", "There is no cluster archiv.", "Did you mean archive?"],
  [
    "archive",
    "BATCH_UNSUPPORTED",
    "A run works on one infra, here on app-stack; archive is another one.",
    "Write a workflow of its own for it.",
  ],
])("a cluster %s is refused at its place", async (name, code, summary, hint) => {
  const input = changed((text) => text.replace(/"us-east-1"\n(\s*)cluster = "app-stack"/, `"eu-west-1"\n$1cluster = "${name}"`));
  expect((await problemsOf(input))[0]).toEqual([code, summary, hint, 16]);
});

it("a workflow without an infra is about the one that its cluster is", async () => {
  const input = changed((text) => text.replaceAll("app-stack", "archive").replace(/us-east-1|ap-south-1/g, "eu-west-1"));
  expect(await invoke("batch.validate", context(), input)).toMatchObject({ infra: "archive", operations: 3 });
});

it.each(["create", "check", "delete"])("operations of the type %s take a cluster as target", async (type) => {
  const definition = { name: "all", operations: [{ id: "all", type, target: "cluster", items: ["app-stack"] }] };
  expect(await invoke("batch.validate", context(), { definition })).toMatchObject({ infra: "app-stack", operations: 1 });
});
