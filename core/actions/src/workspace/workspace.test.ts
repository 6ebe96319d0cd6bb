/** Actions on workspaces: what the list shows, what is checked, and that a workspace goes to another place and back. */

import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { invoke } from "../invoke.js";
import { testContext } from "../testing/test-context.js";

const root = fileURLToPath(new URL("../../../../", import.meta.url));
let base: string;
beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), "workspaces-"));
});
afterEach(() => rm(base, { recursive: true, force: true }));

const at = (...path: string[]) => testContext(join(base, ...path), { environment: { XDG_CONFIG_HOME: join(base, "user") } });
const make = (name: string) => invoke("workspace.create", at(), { name });

describe("the list of workspaces", () => {
  it("shows what was moved or deleted, and forgets it when asked", async () => {
    for (const name of ["shop", "dev", "old"]) await make(name);
    await rename(join(base, "old"), join(base, "elsewhere"));
    await rm(join(base, "dev", "config"), { recursive: true });
    const presence = (await invoke("workspace.list", at(), {})).map((info) => [info.name, info.presence]);
    expect(Object.fromEntries(presence)).toEqual({ shop: "there", dev: "foreign", old: "missing" });
    expect(await invoke("workspace.forget", at(), { missing: true })).toEqual({ removed: ["old"] });
    expect(await invoke("workspace.forget", at(), { missing: true })).toEqual({ removed: [] });
    await expect(invoke("workspace.forget", at(), {})).rejects.toMatchObject({ code: "INPUT_INVALID" });
  });

  it("takes the name that stands behind workspace_", async () => {
    const made = await make("workspace_librecloud");
    expect(made).toMatchObject({ name: "librecloud", path: join(base, "workspace_librecloud"), presence: "there" });
    expect((await readdir(made.path)).sort()).toEqual(
      expect.arrayContaining([".gitignore", "config", "extensions", "infra", "runtime"]),
    );
    await invoke("workspace.forget", at(), { name: "librecloud" });
    const here = await invoke("workspace.current", { ...at("workspace_librecloud", "infra") }, {});
    expect(here.name).toBe("librecloud");
  });

  it("is the same for twenty processes that change it at once", async () => {
    const command = join(root, "core/cli/provisioning");
    const built = await stat(join(root, "core/cli/bundle")).catch(() => undefined);
    if (built === undefined) return;
    const env = { ...process.env, XDG_CONFIG_HOME: join(base, "user") };
    const names = Array.from({ length: 20 }, (_, index) => `w${index}`);
    await Promise.all(
      names.map((name) => promisify(execFile)(process.execPath, [command, "workspace", "init", name], { cwd: base, env })),
    );
    const known = await invoke("workspace.list", at(), {});
    expect(known.map(({ name }) => name).sort()).toEqual([...names].sort());
    expect(known.filter(({ active }) => active).length).toBe(1);
  }, 120_000);
});

describe("what a person prefers", () => {
  it("is set once and holds in every workspace, until a workspace says otherwise", async () => {
    for (const name of ["shop", "dev"]) await make(name);
    const kept = async (name: string) => (await invoke("config.get", at(name), { key: "run.keep" }))[0]?.value;
    await invoke("config.set", at("shop"), { key: "run.keep", value: "77", layer: "user" });
    expect([await kept("shop"), await kept("dev")]).toEqual([77, 77]);
    await invoke("config.set", at("dev"), { key: "run.keep", value: "88", layer: "workspace" });
    expect([await kept("shop"), await kept("dev")]).toEqual([77, 88]);
    expect((await invoke("workspace.list", at(), {})).map(({ name }) => name).sort()).toEqual(["dev", "shop"]);
  });
});

describe("a workspace without its runtime folder", () => {
  it("gets a new one from the next command, for nobody else to read", async () => {
    await make("shop");
    await rm(join(base, "shop", "runtime"), { recursive: true });
    expect((await invoke("workspace.info", at("shop"), {})).runtime).toMatchObject({ files: 0, bytes: 0 });
    expect((await invoke("workspace.validate", at("shop"), {})).ok).toBe(true);
    const made = await stat(join(base, "shop", "runtime"));
    expect(made.mode & 0o777).toBe(0o700);
    expect(await readFile(join(base, "shop", "runtime", "workspace-id"), "utf8")).toMatch(/^shop-/);
  });
});

describe("what a workspace consists of", () => {
  it("is told with its parts", async () => {
    await cp(join(root, "examples/multi-region"), join(base, "shop"), { recursive: true });
    expect(await invoke("workspace.info", at("shop"), {})).toMatchObject({
      name: "shop",
      active: false,
      infras: ["app-stack"],
      workflows: ["workflows/multi-region.k"],
      taskservs: [],
      storage: { type: "filesystem" },
    });
  });
});

describe("validation", () => {
  it("finds everything that is wrong, in each part, with its place", async () => {
    const { path } = await make("shop");
    await writeFile(
      join(path, "infra/demo/main.k"),
      "import provisioning.settings as cfg\nsettings: cfg.Settings = {\n    infra = {nam = 1}\n}\n",
    );
    await mkdir(join(path, "workflows"));
    await writeFile(join(path, "workflows/broken.yaml"), "workflow:\n  steps: 3\n");
    const taskserv = join(path, "extensions/taskservs/databases/mine");
    await mkdir(taskserv, { recursive: true });
    await writeFile(join(taskserv, "manifest.toml"), 'name = "mine"\n');
    const report = await invoke("workspace.validate", at("shop"), {});
    expect(report.ok).toBe(false);
    const parts = report.workspaces[0]?.parts.map(({ kind, name, ok }) => [kind, name, ok]);
    expect(parts).toEqual([
      ["configuration", "all layers", true],
      ["extensions", "taskservs", false],
      ["infra", "demo", false],
      ["workflow", "workflows/broken.yaml", false],
    ]);
    for (const part of report.workspaces[0]?.parts ?? []) if (!part.ok) expect(part.findings.length).toBeGreaterThan(0);
  });

  it("holds for every workspace of the list", async () => {
    for (const name of ["shop", "dev"]) await make(name);
    await writeFile(join(base, "dev/config/provisioning.yaml"), "servers:\n  default_plam: small\n");
    const report = await invoke("workspace.validate", at(), { all: true });
    expect(Object.fromEntries(report.workspaces.map(({ name, ok }) => [name, ok]))).toEqual({ shop: true, dev: false });
    const [configuration] = report.workspaces.find(({ name }) => name === "dev")?.parts ?? [];
    expect(configuration?.findings[0]).toMatchObject({ code: "CONFIG_UNKNOWN_KEY", line: 2 });
  });

  it.each(["quickstart", "multi-region", "wuji", "vapora"])("reads the example %s", async (name) => {
    await cp(join(root, "examples", name), join(base, name), { recursive: true });
    const report = await invoke("workspace.validate", at(name), {});
    const [configuration, extensions] = report.workspaces[0]?.parts ?? [];
    expect([configuration?.ok, extensions?.ok]).toEqual([true, true]);
    // The others ask for what is not possible yet.
    const refused: readonly string[] | undefined = { quickstart: [], wuji: ["workflows/full-deployment.k"] }[name];
    const parts = report.workspaces[0]?.parts.flatMap((part) => (part.ok ? [] : [part.name]));
    if (refused !== undefined) expect(parts).toEqual(refused);
  });
});

describe("export and import", () => {
  it("take a workspace and its records to another place", async () => {
    const { path } = await make("shop");
    await invoke("workspace.validate", at("shop"), {});
    const identity = await readFile(join(path, "runtime/workspace-id"), "utf8");
    const exported = await invoke("workspace.export", at(), { workspace: "shop", withState: true });
    expect(exported).toMatchObject({ name: "shop", file: join(base, "shop.tar.gz"), left: [] });
    await expect(invoke("workspace.import", at(), { file: "shop.tar.gz" })).rejects.toMatchObject({ code: "WORKSPACE_EXISTS" });
    const made = await invoke("workspace.import", at(), { file: "shop.tar.gz", name: "copy", dir: "there/copy" });
    expect(made).toMatchObject({ name: "copy", active: true, withState: true, path: join(base, "there/copy") });
    expect(await readFile(join(made.path, "runtime/workspace-id"), "utf8")).toBe(identity);
    expect((await stat(join(made.path, "runtime"))).mode & 0o777).toBe(0o700);
    expect(await readdir(join(made.path, "runtime"))).not.toContain("digest-key");
    expect((await invoke("workspace.validate", at("there/copy"), {})).ok).toBe(true);
    expect((await invoke("storage.info", at("there/copy"), {})).runs).toBe(0);
  });

  it("can export into the workspace itself, again and again", async () => {
    await make("shop");
    const first = await invoke("workspace.export", at("shop"), {});
    const second = await invoke("workspace.export", at("shop"), {});
    expect(second.files).toEqual(first.files);
  });
});
