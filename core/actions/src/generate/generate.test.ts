/** What is generated passes its own checks as it is, and nothing that is there is overwritten. */

import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type ConformanceSubject, providerConformance } from "@provisioning/extension-sdk/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { invoke } from "../invoke.js";
import { testContext } from "../testing/test-context.js";

let base: string;
beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), "generate-"));
  await invoke("generate.write", at(), { kind: "workspace", name: "ws" });
});
afterAll(() => rm(base, { recursive: true, force: true }));

const at = (...path: string[]) => testContext(join(base, ...path), { environment: { XDG_CONFIG_HOME: join(base, "user") } });
const here = () => at("ws");

async function isValid(): Promise<unknown> {
  const { workspaces } = await invoke("workspace.validate", here(), {});
  return workspaces[0]?.parts.filter(({ ok }) => !ok);
}

describe("what is generated", () => {
  it("is a workspace that is valid", async () => {
    expect(await isValid()).toEqual([]);
    expect((await invoke("workspace.current", here(), {})).active).toBe(true);
  });

  it.each(["infra", "cluster"] as const)("is an %s that is valid", async (kind) => {
    const made = await invoke("generate.write", here(), { kind, name: `my-${kind}` });
    expect(made.files.map(({ done }) => done)).toEqual(["written"]);
    expect(await isValid()).toEqual([]);
  });

  it("is a taskserv whose tests pass, and that an infra can have", async () => {
    const made = await invoke("generate.write", here(), { kind: "taskserv", name: "my-queue", category: "messaging" });
    expect(made.dir).toBe(join(base, "ws/extensions/taskservs/messaging/my-queue"));
    const tests = await invoke("kcl.test", here(), { paths: ["extensions"], mayUseMachine: true });
    expect(tests).toMatchObject({ ok: true, broken: [] });
    expect(tests.tests.length).toBe(3);
    const lint = await invoke("kcl.lint", here(), { paths: ["extensions"], mayUseMachine: true });
    expect(lint.findings).toEqual([]);
    const infra = join(base, "ws/infra/demo/main.k");
    await writeFile(
      infra,
      (await readFile(infra, "utf8")).replace('["nginx"]', '["nginx", {name = "my-queue", config = {port = 9000}}]'),
    );
    expect(await isValid()).toEqual([]);
    await writeFile(infra, (await readFile(infra, "utf8")).replace("port = 9000", "port = 1"));
    expect(JSON.stringify(await isValid())).toContain("port must be between 1024 and 65535");
    await writeFile(infra, (await readFile(infra, "utf8")).replace("port = 1}", "port = 9000}"));
    expect(await invoke("catalog.schema", here(), { taskserv: "my-queue" })).toMatchObject({
      taskserv: "my-queue",
      schemas: [{ name: "Config", attributes: [{ name: "port", type: "int", default: "8080" }] }],
    });
  });

  it("is a workflow that can be carried out", async () => {
    const made = await invoke("generate.write", here(), { kind: "workflow", name: "deploy-all", infra: "my-cluster" });
    expect(made.next).toEqual(["provisioning batch validate workflows/deploy-all.k"]);
    const report = await invoke("batch.validate", here(), { file: "workflows/deploy-all.k", infra: "my-cluster" });
    expect(report.operations).toBe(2);
    expect(await isValid()).toEqual([]);
  });

  it("is a provider that can be used", async () => {
    await invoke("generate.write", here(), { kind: "provider", name: "my-cloud" });
    const providers = await invoke("catalog.providers", here(), {});
    expect(providers.map(({ name }) => name)).toContain("my-cloud");
    const infra = join(base, "ws/infra/my-infra/main.k");
    await writeFile(infra, (await readFile(infra, "utf8")).replace('"local"', '"my-cloud"'));
    const plan = await invoke("infra.plan", here(), { infra: "my-infra" });
    expect(plan.changes.filter(({ kind }) => kind === "create").length).toBe(plan.changes.length);
  });

  it("has no placeholder left in it", async () => {
    const files = await readdir(join(base, "ws"), { recursive: true, withFileTypes: true });
    for (const file of files.filter((entry) => entry.isFile())) {
      const path = join(file.parentPath ?? file.path, file.name);
      expect(`${path} ${await readFile(path, "utf8")}`).not.toMatch(/__[A-Z]+__/);
    }
  });

  it("never overwrites, and with check is not written at all", async () => {
    const file = join(base, "ws/infra/demo/main.k");
    const before = await readFile(file, "utf8");
    const again = await invoke("generate.write", here(), { kind: "infra", name: "demo" });
    expect(again.files).toEqual([{ path: "main.k", done: "kept" }]);
    expect(await readFile(file, "utf8")).toBe(before);
    const look = await invoke("generate.write", here(), { kind: "infra", name: "other", check: true });
    expect(look.files).toEqual([{ path: "main.k", done: "wouldWrite" }]);
    expect(await readdir(join(base, "ws/infra"))).not.toContain("other");
  });

  it.each(["../evil", "a b", "A", "a;b", ""])("is not named %j", async (name) => {
    for (const kind of ["workspace", "infra", "taskserv", "provider", "workflow"] as const)
      await expect(invoke("generate.write", here(), { kind, name })).rejects.toMatchObject({ code: "NAME_INVALID" });
  });
});

describe("templates", () => {
  it("are listed with their files", async () => {
    const templates = await invoke("generate.templates", here(), {});
    expect(templates.map(({ kind }) => kind)).toEqual(["workspace", "infra", "cluster", "taskserv", "provider", "workflow"]);
    for (const { files } of templates) expect(files.length).toBeGreaterThan(0);
  });
});

providerConformance({
  name: "that was generated",
  async open() {
    const dir = join(base, "conformance");
    await invoke("generate.write", here(), { kind: "provider", name: "tried", dir });
    const module = (await import(pathToFileURL(join(dir, "subject.js")).href)) as { openSubject(): Promise<ConformanceSubject> };
    return module.openSubject();
  },
});

describe("the schema of every taskserv", () => {
  it("is told with its fields, and each is explained", async () => {
    const catalog = await invoke("catalog.list", at(), {});
    for (const { name } of catalog) {
      const { schemas } = await invoke("catalog.schema", at(), { taskserv: name });
      expect(schemas[0]?.name).toBe("Config");
      expect(schemas[0]?.attributes.length).toBeGreaterThan(0);
    }
    await expect(invoke("catalog.schema", at(), { taskserv: "rediss" })).rejects.toMatchObject({
      code: "TASKSERV_UNKNOWN",
      hint: "Did you mean redis?",
    });
  });
});
