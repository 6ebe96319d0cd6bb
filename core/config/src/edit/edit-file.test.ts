import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ConfigSyntaxError, editConfigFile, writeConfig } from "../index.js";

let dir: string;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "config-edit-"));
});
afterAll(() => rm(dir, { recursive: true }));

async function edited(
  name: string,
  text: string | undefined,
  values: Record<string, unknown>,
  section?: string,
): Promise<string> {
  const file = join(dir, name);
  await rm(file, { force: true });
  if (text !== undefined) await writeFile(file, text);
  await editConfigFile(file, { values: new Map(Object.entries(values)), ...(section === undefined ? {} : { section }) });
  return readFile(file, "utf8");
}

const YAML = "# Ours.\nservers:\n  default_plan: large # really\n\n# Below.\nrun: {keep: 3}\nlocal:\n";
const TOML = '# Ours.\n[servers]\ndefault_plan = "large" # really\n\n# Below.\n[run]\nkeep = 3\n';

describe("an edit", () => {
  it("keeps comments and order of YAML", async () => {
    const text = await edited("a.yaml", YAML, {
      "servers.default_plan": "small",
      "run.retry.max_attempts": 4,
      "local.image": "x",
    });
    expect(text).toBe(
      "# Ours.\nservers:\n  default_plan: small # really\n\n# Below.\nrun: { keep: 3, retry: { max_attempts: 4 } }\nlocal:\n  image: x\n",
    );
  });

  it("keeps comments and order of TOML", async () => {
    const text = await edited("a.toml", TOML, { "servers.default_plan": "small", "run.retry.max_attempts": 4 });
    expect(text).toContain('# Ours.\n[servers]\ndefault_plan = "small" # really\n\n# Below.\n[run]\nkeep = 3\n');
    expect(text).toMatch(/\[run\.retry\]\nmax_attempts = 4/);
  });

  it.each(["b.yaml", "b.toml"])("makes %s when it is missing", async (name) => {
    const text = await edited(name, undefined, { "servers.default_plan": "small", "run.keep": 2 });
    expect(text).toBe(
      name === "b.yaml"
        ? "servers:\n  default_plan: small\nrun:\n  keep: 2\n"
        : '[servers]\ndefault_plan = "small"\n\n[run]\nkeep = 2\n',
    );
  });

  it("keeps a file that has only comments", async () => {
    expect(await edited("c.yaml", "# Nothing yet.\n", { "run.keep": 2 })).toBe("# Nothing yet.\n\nrun:\n  keep: 2\n");
    expect(await edited("c.toml", "# Nothing yet.\n", { "run.keep": 2 })).toContain("# Nothing yet.\n");
  });

  it("takes a value away, and a section that is left with nothing", async () => {
    expect(await edited("d.yaml", YAML, { "run.keep": undefined, "run.keep_days": undefined })).not.toContain("run");
    const toml = await edited("d.toml", TOML, { "run.keep": undefined });
    expect(toml).not.toContain("[run]");
    expect(toml).toContain('default_plan = "large" # really');
  });

  it.each([
    ["l.yaml", "taskservs:\n  os:\n    sysctl:\n      vm.swappiness: 10\n"],
    ["l.toml", '[taskservs.os.sysctl]\n"vm.swappiness" = 10\n'],
  ])("sets a setting of a taskserv whose name has dots, and takes it away again: %s", async (name, expected) => {
    const key = 'taskservs.os.sysctl."vm.swappiness"';
    expect(await edited(name, undefined, { [key]: 10 })).toBe(expected);
    expect((await edited(name, expected, { [key]: undefined })).trim()).toMatch(/^(?:\{\})?$/);
  });

  it("keeps what stands at the head of a file when everything goes and comes again", async () => {
    const text = "# Configuration of shop.\n# Ours.\nservers:\n  default_plan: small\n";
    const head = "# Configuration of shop.\n# Ours.\n";
    expect(await edited("h.yaml", text, { "servers.default_plan": undefined })).toBe(head);
    expect(await edited("h.yaml", head, { "servers.default_plan": "large" })).toBe(`${head}\nservers:\n  default_plan: large\n`);
    expect(await edited("h.yaml", "{}\n", { "run.keep": 2 })).toBe("run:\n  keep: 2\n");
    const two = `${text}run:\n  # So many.\n  keep: 2\n`;
    expect(await edited("h.yaml", two, { "servers.default_plan": undefined })).toBe(`${head}\nrun:\n  # So many.\n  keep: 2\n`);
  });

  it("leaves a header that somebody wrote", async () => {
    const text = await edited("m.toml", "[taskservs] # ours\n", { "taskservs.redis.port": 6380 });
    expect(text).toContain("[taskservs] # ours\n");
    expect(text).toContain("[taskservs.redis]\nport = 6380\n");
  });

  it("changes nothing when there is nothing to change, not even the way it is written", async () => {
    const odd = "run:   {keep:   3}\n";
    expect(await edited("e.yaml", odd, { "run.keep": 3 })).toBe(odd);
    expect(await edited("e.yaml", odd, { "run.keep_days": undefined })).toBe(odd);
  });

  it("stays within a section", async () => {
    const text = await edited("f.yaml", "workspaces: {}\nactive: shop\n", { "run.keep": 3 }, "config");
    expect(text).toBe("workspaces: {}\nactive: shop\nconfig:\n  run:\n    keep: 3\n");
  });

  it.each([
    ["g.yaml", "storage: postgres\n", "storage.type"],
    ["g.toml", 'storage = "postgres"\n', "storage.type"],
    ["h.yaml", "a: [\n", "storage.type"],
    ["h.toml", "a = [\n", "storage.type"],
  ])("writes nothing when a value cannot be set: %s", async (name, text, key) => {
    await expect(edited(name, text, { [key]: "memory" })).rejects.toBeInstanceOf(ConfigSyntaxError);
    expect(await readFile(join(dir, name), "utf8")).toBe(text);
  });

  it("leaves KCL to people", async () => {
    await expect(edited("i.k", "a = 1\n", { "run.keep": 3 })).rejects.toMatchObject({ code: "CONFIG_EDIT_KCL" });
  });

  it("loses nothing of others at the same moment, keeps the mode, and leaves no draft", async () => {
    const file = join(dir, "j.yaml");
    await writeFile(file, "", { mode: 0o600 });
    const keys = ["run.keep", "run.keep_days", "run.priority", "run.retry.max_attempts", "orchestrator.workers"];
    await Promise.all(keys.map((key) => writeConfig(file, new Map([[key, 7]]))));
    expect((await readFile(file, "utf8")).match(/: 7$/gm)).toHaveLength(keys.length);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect((await readdir(dir)).filter((name) => name.startsWith("j.yaml"))).toEqual(["j.yaml"]);
  });

  it("keeps the file when the check refuses the new text", async () => {
    const file = join(dir, "k.yaml");
    await writeFile(file, "run: {keep: 3}\n");
    const check = () => Promise.reject(new Error("no"));
    await expect(editConfigFile(file, { values: new Map([["run.keep", 0]]) }, { check })).rejects.toThrow("no");
    expect(await readFile(file, "utf8")).toBe("run: {keep: 3}\n");
  });
});
