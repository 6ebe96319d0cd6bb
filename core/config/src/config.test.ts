import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createRedactor, DiagnosticsError, REDACTED } from "@provisioning/model";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  CONFIG_KEYS,
  ConfigSyntaxError,
  createTemplateRenderer,
  loadConfig,
  resolveSecrets,
  SecretUnavailableError,
  TemplateError,
  writeConfig,
} from "./index.js";

const defaultsFile = fileURLToPath(new URL("../../../config/config.defaults.toml", import.meta.url));
let dir: string;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "config-"));
});
afterAll(() => rm(dir, { recursive: true }));

async function workspaceFile(text: string): Promise<string> {
  const file = join(dir, "provisioning.yaml");
  await writeFile(file, text);
  return file;
}

describe("loadConfig", () => {
  it("has a default for every key", async () => {
    const config = await loadConfig({ defaultsFile });
    for (const key of Object.keys(CONFIG_KEYS) as (keyof typeof CONFIG_KEYS)[])
      expect(config.provenance(key).layer).toBe("defaults");
    expect(config.get("servers.default_plan")).toBe("small");
  });

  it("lets the workspace win over the defaults and flags over both, and knows who won", async () => {
    const file = await workspaceFile("servers:\n  default_plan: large\nrun:\n  parallel_limit: 4\n");
    const config = await loadConfig({
      defaultsFile,
      workspaceFile: file,
      flags: { "servers.default_plan": "xlarge", "run.on_failure": undefined },
    });
    expect(config.get("servers.default_plan")).toBe("xlarge");
    expect(config.provenance("servers.default_plan")).toEqual({ layer: "flags" });
    expect(config.get("run.parallel_limit")).toBe(4);
    expect(config.provenance("run.parallel_limit")).toEqual({ layer: "workspace", position: { file, line: 4, column: 3 } });
    expect(config.get("run.on_failure")).toBe("continue");
  });

  it("takes the user's file below the workspace, and variables between it and flags", async () => {
    const file = await workspaceFile("storage:\n  type: postgres\n  postgres:\n    host: db.example.com\n");
    const userFile = join(dir, "user_config.yaml");
    await writeFile(
      userFile,
      "workspaces: {}\nactive: shop\nconfig:\n  storage:\n    type: memory\n    postgres: {schema: mine, port: 1}\n",
    );
    const environment = { PROVISIONING_POSTGRES_PORT: "5433", PROVISIONING_POSTGRES_SCHEMA: "", PROVISIONING_DATA_DIR: "/data" };
    const flags = { "storage.data_dir": "/typed" };
    const config = await loadConfig({ defaultsFile, userFile, workspaceFile: file, environment, flags });
    expect(config.get("storage.type")).toBe("postgres");
    expect(config.get("storage.postgres.schema")).toBe("mine");
    expect(config.provenance("storage.postgres.schema")).toMatchObject({ layer: "user", position: { file: userFile, line: 6 } });
    expect(config.get("storage.postgres.port")).toBe(5433);
    expect(config.provenance("storage.postgres.port")).toEqual({ layer: "environment" });
    expect(config.get("storage.data_dir")).toBe("/typed");
  });

  it("names the variable that holds a wrong value", async () => {
    const wrong = loadConfig({
      defaultsFile,
      environment: { PROVISIONING_STORAGE_TYPE: "tape", PROVISIONING_POSTGRES_PORT: "x" },
    });
    await expect(wrong).rejects.toMatchObject({
      diagnostics: [
        { code: "CONFIG_TYPE", hint: "It comes from the variable PROVISIONING_STORAGE_TYPE." },
        { code: "CONFIG_TYPE", hint: "It comes from the variable PROVISIONING_POSTGRES_PORT." },
      ],
    });
  });

  it("reports every mistake at once, with its place and a suggestion", async () => {
    const file = await workspaceFile("servers:\n  default_plam: large\nrun:\n  parallel_limit: 0\n  on_failure: explode\n");
    const error = await loadConfig({ defaultsFile, workspaceFile: file }).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(DiagnosticsError);
    expect((error as DiagnosticsError).diagnostics).toMatchObject([
      { code: "CONFIG_UNKNOWN_KEY", hint: "Did you mean servers.default_plan?", position: { line: 2, column: 3 } },
      { code: "CONFIG_TYPE", position: { line: 4 } },
      { code: "CONFIG_TYPE", position: { line: 5 } },
    ]);
  });

  it("names the place of broken YAML", async () => {
    const file = await workspaceFile("servers: [\n");
    await expect(loadConfig({ defaultsFile, workspaceFile: file })).rejects.toBeInstanceOf(ConfigSyntaxError);
  });
});

describe("writeConfig", () => {
  it("sets values in their places and keeps the rest", async () => {
    const file = await workspaceFile("# Ours.\nservers:\n  default_plan: large # really\nstorage: { type: memory }\n");
    await writeConfig(
      file,
      new Map<string, string | number>([
        ["storage.type", "postgres"],
        ["storage.postgres.port", 5433],
      ]),
    );
    const text = await readFile(file, "utf8");
    expect(text).toContain("# Ours.\nservers:\n  default_plan: large # really\n");
    const config = await loadConfig({ defaultsFile, workspaceFile: file });
    expect([config.get("storage.type"), config.get("storage.postgres.port")]).toEqual(["postgres", 5433]);
  });

  it("writes nothing when a value cannot be set", async () => {
    const file = await workspaceFile("storage: postgres\n");
    await expect(writeConfig(file, new Map([["storage.type", "memory"]]))).rejects.toBeInstanceOf(ConfigSyntaxError);
    expect(await readFile(file, "utf8")).toBe("storage: postgres\n");
  });
});

describe("templates", () => {
  it("render loops and keep line ends", async () => {
    const render = await createTemplateRenderer();
    const text = render("a.j2", "{% for s in servers %}\nserver {{ s.host }}:{{ s.port }};\n{% endfor %}\n", {
      servers: [{ host: "a", port: 80 }],
    });
    expect(text).toBe("server a:80;\n");
  });

  it("refuse a value that is not given, with the line", async () => {
    const render = await createTemplateRenderer();
    expect(() => render("a.j2", "one\n{{ missing }}\n", {})).toThrow(TemplateError);
    expect(() => render("a.j2", "one\n{{ missing }}\n", {})).toThrow(/a\.j2:2/);
  });

  it("stop a loop without end", async () => {
    const render = await createTemplateRenderer();
    const bomb =
      "{% for a in range(9999) %}{% for b in range(9999) %}{% for c in range(9999) %}x{% endfor %}{% endfor %}{% endfor %}";
    expect(() => render("bomb.j2", bomb, {})).toThrow(TemplateError);
  });
});

describe("secret references", () => {
  const sourcesIn = (redactor = createRedactor()) => ({
    environment: { TOKEN: "from-the-environment" },
    workspaceDir: dir,
    generatedDir: join(dir, "generated"),
    redactor,
  });

  it("are replaced anywhere in a value, and known to the redactor", async () => {
    await writeFile(join(dir, "secret"), "from-a-file\n");
    const redactor = createRedactor();
    const value = await resolveSecrets({ a: ["env://TOKEN"], b: { c: "file://secret", d: "plain" } }, sourcesIn(redactor));
    expect(value).toEqual({ a: ["from-the-environment"], b: { c: "from-a-file", d: "plain" } });
    expect(redactor.text("x from-a-file y")).toBe(`x ${REDACTED} y`);
  });

  it("are generated once, also by callers at the same moment, readable by the owner only", async () => {
    const values = await Promise.all(Array.from({ length: 8 }, () => resolveSecrets("generated://db", sourcesIn())));
    expect(new Set(values).size).toBe(1);
    expect(await readFile(join(dir, "generated", "db"), "utf8")).toBe(values[0]);
    expect((await stat(join(dir, "generated", "db"))).mode & 0o777).toBe(0o600);
  });

  it.each(["env://NOPE", "file://nope", "generated://../x"])("fail by name when they cannot be read: %s", async (reference) => {
    await expect(resolveSecrets(reference, sourcesIn())).rejects.toBeInstanceOf(SecretUnavailableError);
  });
});
