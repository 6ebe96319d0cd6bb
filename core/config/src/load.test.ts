import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Diagnostic, DiagnosticsError } from "@provisioning/model";
import fc from "fast-check";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import {
  CONFIG_KEY_NAMES,
  type Config,
  configKey,
  type ConfigSources,
  LAYER_NAMES,
  type LayerName,
  loadConfig,
  readConfig,
  renderDefaults,
  variableOf,
} from "./index.js";
import { readIfThere } from "./read-if-there.js";

const defaultsFile = fileURLToPath(new URL("../../../config/config.defaults.toml", import.meta.url));
const dirs: string[] = [];
let dir: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "config-"));
  dirs.push(dir);
});
afterAll(() => Promise.all(dirs.map((one) => rm(one, { recursive: true }))));

async function file(path: string, text: string): Promise<string> {
  const full = join(dir, path);
  await mkdir(dirname(full), { recursive: true });
  await writeFile(full, text);
  return full;
}

function sources(more: Partial<ConfigSources> = {}): ConfigSources {
  return {
    defaultsFile,
    files: [
      { name: "user", base: join(dir, "user_config"), ending: ".yaml", section: "config" },
      { name: "workspace", base: join(dir, "config/provisioning"), ending: ".yaml" },
      { name: "infra", base: join(dir, "infra/shop/config"), ending: ".toml" },
    ],
    environments: {
      placeOf: (name) => ({ name: "environment", base: join(dir, `config/${name}-defaults`), ending: ".toml" }),
      list: async () => ["prod", "staging"],
    },
    ...more,
  };
}

const load = (more: Partial<ConfigSources> = {}): Promise<Config> => loadConfig(sources(more));

async function findings(more: Partial<ConfigSources> = {}): Promise<readonly Diagnostic[]> {
  return (await readConfig(sources(more))).findings;
}

describe("the defaults", () => {
  it("are a file that says what the keys say", async () => {
    expect(await readFile(defaultsFile, "utf8")).toBe(renderDefaults().text);
  });

  it("have a value and a line for every key", async () => {
    const config = await load();
    const lines = (await readFile(defaultsFile, "utf8")).split("\n");
    for (const key of CONFIG_KEY_NAMES) {
      expect(config.get(key)).toEqual(configKey(key).default);
      const { layer, position } = config.provenance(key);
      expect(layer).toBe("defaults");
      if (configKey(key).type.kind === "map") continue;
      expect(lines[(position?.line ?? 0) - 1]).toMatch(new RegExp(`^${key.slice(key.lastIndexOf(".") + 1)} = `));
    }
  });

  it("can be changed in their file, which may be older than the platform", async () => {
    const changed = await file("config.defaults.toml", '[servers]\ndefault_plan = "large"\n');
    const config = await load({ defaultsFile: changed });
    expect(config.get("servers.default_plan")).toBe("large");
    expect(config.provenance("servers.default_plan").position).toEqual({ file: changed, line: 2, column: 1 });
    expect(config.get("run.keep")).toBe(10_000);
  });

  it("hold without a file, too", async () => {
    expect((await load({ defaultsFile: join(dir, "none") })).get("servers.default_plan")).toBe("small");
  });
});

describe("layers", () => {
  it("win in their order: small, medium of the user, large of the infra, xlarge of the flag", async () => {
    const plan = async (more: Partial<ConfigSources> = {}) => {
      const config = await load(more);
      return [config.get("servers.default_plan"), config.provenance("servers.default_plan")];
    };
    expect((await plan())[0]).toBe("small");
    const user = await file("user_config.yaml", "active: shop\nconfig:\n  servers:\n    default_plan: medium\n");
    expect(await plan()).toEqual(["medium", { layer: "user", position: { file: user, line: 4, column: 5 } }]);
    const infra = await file("infra/shop/config.toml", '[servers]\n  default_plan = "large"\n');
    expect(await plan()).toEqual(["large", { layer: "infra", position: { file: infra, line: 2, column: 3 } }]);
    expect(await plan({ flags: { "servers.default_plan": "xlarge" } })).toEqual(["xlarge", { layer: "flags" }]);
  });

  it("are all there, each above the one before", async () => {
    await file("user_config.yaml", "config: {run: {keep: 1, keep_days: 1}}");
    await file("config/provisioning.yaml", "run: {keep: 2, priority: 2}");
    await file("infra/shop/config.toml", "run.keep = 3\nrun.retry.max_attempts = 3");
    await file("config/prod-defaults.toml", "[run]\nkeep = 4\n[run.retry]\ninitial_delay_seconds = 4");
    const environment = { PROVISIONING_RUN_KEEP: "5", PROVISIONING_RUN_PARALLEL_LIMIT: "5", PROVISIONING_RUN_ON_FAILURE: "" };
    const config = await load({ chosenEnvironment: "prod", environment, flags: { "run.keep": 6, "run.on_failure": undefined } });
    expect(config.layers.map(({ name }) => name)).toEqual(LAYER_NAMES);
    const values = (["keep", "keep_days", "priority", "retry.max_attempts", "retry.initial_delay_seconds"] as const).map((key) =>
      config.get(`run.${key}`),
    );
    expect([...values, config.get("run.parallel_limit"), config.get("run.on_failure")]).toEqual([6, 1, 2, 3, 4, 5, "continue"]);
    expect(config.environment).toBe("prod");
  });

  it("give the value of the highest one that says something, whatever they say", async () => {
    const keys = ["run.keep", "run.priority", "run.retry.max_attempts", "orchestrator.workers"] as const;
    const said = fc.record(
      Object.fromEntries(keys.map((key) => [key, fc.option(fc.integer({ min: 1, max: 90 }), { nil: undefined })])),
    );
    const layers = fc.array(said, { minLength: 6, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(layers, async ([user, workspace, infra, environment, variables, flags]) => {
        const inFile = (values: Record<string, unknown> | undefined) =>
          Object.entries(values ?? {}).filter(([, value]) => value !== undefined);
        const yaml = (values: Record<string, unknown> | undefined) => JSON.stringify(nested(inFile(values)));
        await file("user_config.yaml", `config: ${yaml(user)}\n`);
        await file("config/provisioning.yaml", yaml(workspace));
        const ofInfra = inFile(infra).filter(([key]) => !key.startsWith("orchestrator."));
        await file("infra/shop/config.toml", ofInfra.map(([key, value]) => `${key} = ${String(value)}\n`).join(""));
        await file(
          "config/prod-defaults.toml",
          inFile(environment)
            .map(([key, value]) => `${key} = ${String(value)}\n`)
            .join(""),
        );
        const names = Object.fromEntries(inFile(variables).map(([key, value]) => [variableOf(key as "run.keep"), String(value)]));
        const config = await load({ chosenEnvironment: "prod", environment: names, flags: flags ?? {} });
        const ordered: [LayerName, Record<string, unknown>][] = [
          ["flags", flags ?? {}],
          ["variables", variables ?? {}],
          ["environment", environment ?? {}],
          ["infra", Object.fromEntries(ofInfra)],
          ["workspace", workspace ?? {}],
          ["user", user ?? {}],
        ];
        for (const key of keys) {
          const [layer, values] = ordered.find(([, one]) => one[key] !== undefined) ?? [
            "defaults",
            { [key]: configKey(key).default },
          ];
          expect([config.provenance(key).layer, config.get(key)]).toEqual([layer, values[key]]);
        }
      }),
      { numRuns: 60 },
    );
  });

  it("say nothing with null, and replace lists and plain values as a whole", async () => {
    await file("user_config.yaml", "config:\n  servers: {default_plan: large}\n  run:\n");
    await file("config/provisioning.yaml", "servers: {default_plan: null}\nrun: null\n");
    const config = await load();
    expect(config.get("servers.default_plan")).toBe("large");
    expect(config.provenance("servers.default_plan").layer).toBe("user");
  });

  it("are the same in TOML, YAML and KCL", async () => {
    const texts = {
      ".toml": '# c\n[servers]\ndefault_plan = "large"\n[run]\nkeep = 7\nretry = { max_attempts = 9 }\n',
      ".yaml": "# c\nservers:\n  default_plan: large\nrun: {keep: 7, retry: {max_attempts: 9}}\n",
      ".yml": "# c\nservers: {default_plan: large}\nrun: {keep: 7, retry: {max_attempts: 9}}\n",
      ".k": "# c\nservers = {default_plan = 'large'}\nrun = {keep = 7, retry = {max_attempts = 9}}\n",
    };
    for (const [ending, text] of Object.entries(texts)) {
      const path = await file(`config/provisioning${ending}`, text);
      const config = await load({
        kcl: async () => ({
          value: { servers: { default_plan: "large" }, run: { keep: 7, retry: { max_attempts: 9 } } },
          positionOf: () => ({ file: path, line: 2, column: 12 }),
        }),
      });
      expect([config.get("servers.default_plan"), config.get("run.keep"), config.get("run.retry.max_attempts")]).toEqual([
        "large",
        7,
        9,
      ]);
      expect(config.provenance("run.keep").position?.file).toBe(path);
      await rm(path);
    }
  });

  it("refuse two files for one layer, and name both", async () => {
    const yaml = await file("config/provisioning.yaml", "run: {keep: 1}");
    const toml = await file("config/provisioning.toml", "run.keep = 1");
    await expect(load()).rejects.toMatchObject({
      code: "CONFIG_AMBIGUOUS",
      message: expect.stringContaining(`${toml} and ${yaml}`),
    });
  });

  it("take the environment that was asked for, else the one that the configuration names", async () => {
    await file("config/provisioning.yaml", "environment: {default: staging}");
    await file("config/staging-defaults.yaml", "run: {keep: 11}");
    await file("config/prod-defaults.toml", "[run]\nkeep = 22");
    expect((await load()).get("run.keep")).toBe(11);
    expect((await load({ chosenEnvironment: "prod" })).get("run.keep")).toBe(22);
    await expect(load({ chosenEnvironment: "prd" })).rejects.toMatchObject({
      code: "ENVIRONMENT_UNKNOWN",
      hint: "Did you mean prod?",
    });
    await expect(load({ chosenEnvironment: "../x" })).rejects.toMatchObject({ code: "ENVIRONMENT_UNKNOWN" });
  });
});

describe("findings", () => {
  it("come all at once, with the place of the key and what could be meant", async () => {
    const user = await file("user_config.yaml", "config:\n  servers: {default_plan: 7}\n");
    const workspace = await file(
      "config/provisioning.yaml",
      "servers:\n  default_plam: large\nrun:\n  parallel_limit: 0\n  on_failure: explode\nkeep_days: 3\n",
    );
    const infra = await file(
      "infra/shop/config.toml",
      'run = { keep = "many", retry.backoff = "no" }\n[storage]\n  "type" = "memory"\n',
    );
    const found = await findings({ environment: { PROVISIONING_STORAGE_TYPE: "tape", PROVISIONING_POSTGRES_PORT: "x" } });
    expect(found).toMatchObject([
      { code: "CONFIG_TYPE", position: { file: user, line: 2, column: 13 }, sourceLine: "  servers: {default_plan: 7}" },
      {
        code: "CONFIG_UNKNOWN_KEY",
        hint: "Did you mean servers.default_plan?",
        position: { file: workspace, line: 2, column: 3 },
      },
      { code: "CONFIG_TYPE", summary: "run.parallel_limit: expected 1 to 1000, got 0.", position: { line: 4, column: 3 } },
      { code: "CONFIG_TYPE", position: { line: 5, column: 3 } },
      { code: "CONFIG_UNKNOWN_KEY", hint: "Did you mean run.keep_days?", position: { line: 6, column: 1 } },
      { code: "CONFIG_TYPE", position: { file: infra, line: 1, column: 9 } },
      { code: "CONFIG_TYPE", position: { file: infra, line: 1, column: 30 } },
      { code: "CONFIG_SCOPE", position: { file: infra, line: 3, column: 3 } },
      { code: "CONFIG_TYPE", hint: "It comes from the variable PROVISIONING_STORAGE_TYPE." },
      { code: "CONFIG_TYPE", hint: "It comes from the variable PROVISIONING_POSTGRES_PORT." },
    ]);
    await expect(load()).rejects.toBeInstanceOf(DiagnosticsError);
  });

  it("name broken text of every file, and go on with the rest", async () => {
    await file("user_config.yaml", "config: [\n");
    await file("config/provisioning.yaml", "run: {keep: x}\n");
    await file("infra/shop/config.toml", "[run\nkeep = 1\n");
    expect(await findings()).toMatchObject([
      { code: "CONFIG_SYNTAX", position: { line: 2 } },
      { code: "CONFIG_SYNTAX", position: { line: 1, column: 5 } },
      { code: "CONFIG_TYPE", position: { line: 1, column: 7 } },
    ]);
  });

  it("come in the order of the layers, whichever file is read first", async () => {
    const user = await file("user_config.yaml", "config: [\n");
    const infra = await file("infra/shop/config.toml", "[run\n");
    const read = async (path: string) => {
      if (path === user) await new Promise((resolve) => setTimeout(resolve, 20));
      return readIfThere(path);
    };
    expect(await findings({ read })).toMatchObject([{ position: { file: user } }, { position: { file: infra } }]);
  });

  it.each([
    ["storage: postgres\n", "storage is a section"],
    ["servers: {default_plan: {a: 1}}\n", "got a map"],
    ["- a\n", "must be a map of sections"],
    ["a: &a {b: *a}\n", "There is no configuration key a.b"],
    ["serverz: {}\n", "There is no configuration key serverz"],
    ["serverz:\n", "There is no configuration key serverz"],
  ])("tell that %s has the wrong shape", async (text, problem) => {
    await file("config/provisioning.yaml", text);
    expect((await findings()).map(({ summary }) => summary).join()).toContain(problem);
  });

  it("warn of secrets in a file without showing them", async () => {
    await file("config/provisioning.yaml", "storage: {postgres: {password: hunter2, url: 'postgres://me:hunter2@db/x'}}");
    const found = await findings();
    expect(found.map(({ code, severity }) => [code, severity])).toEqual([
      ["CONFIG_SECRET", "warning"],
      ["CONFIG_SECRET", "warning"],
    ]);
    expect(JSON.stringify(found)).not.toContain("hunter2");
  });
});

describe("references", () => {
  const environment = { HOME: "/home/me", JOBS: "8", EMPTY: "" };
  const facts = { "paths.base": "/opt/provisioning", "workspace.name": "shop" };
  const clock = { now: () => Date.parse("2026-03-04T05:06:07Z") };
  const withText = async (text: string) => {
    await file("config/provisioning.yaml", text);
    return readConfig(sources({ environment, facts, clock }));
  };

  it("name facts, variables, the date and other keys", async () => {
    const { config, findings: found } = await withText(
      [
        "storage:",
        "  data_dir: '{{paths.base}}/{{workspace.name}}/{{ now.date }}'",
        "  packages_dir: '{{env.HOME}}/{{servers.default_plan}}'",
        "run: {parallel_limit: '{{env.JOBS}}', keep: '{{run.keep_days}}'}",
        "local: {image: '\\{{x}}'}",
      ].join("\n"),
    );
    expect(found).toEqual([]);
    expect(config.get("storage.data_dir")).toBe("/opt/provisioning/shop/2026-03-04");
    expect(config.get("storage.packages_dir")).toBe("/home/me/small");
    expect(config.get("run.parallel_limit")).toBe(8);
    expect(config.get("run.keep")).toBe(90);
    expect(config.get("local.image")).toBe("{{x}}");
    expect(config.raw("storage.packages_dir")).toBe("{{env.HOME}}/{{servers.default_plan}}");
  });

  it("are checked after they are replaced", async () => {
    const { findings: found } = await withText("run: {keep: '{{env.HOME}}'}\n");
    expect(found).toMatchObject([
      { code: "CONFIG_TYPE", position: { line: 1, column: 7 }, summary: expect.stringContaining('"/home/me"') },
    ]);
  });

  it.each([
    ["{{paths.bose}}", "CONFIG_REFERENCE", "Did you mean {{paths.base}}?"],
    ["{{env.EMPTY}}", "CONFIG_REFERENCE", undefined],
    ["{{1 + 1}}", "CONFIG_REFERENCE", expect.stringContaining("Write")],
    ["{{env.GITHUB_TOKEN}}", "CONFIG_REFERENCE_SECRET", expect.stringContaining("env://GITHUB_TOKEN")],
    ["{{env.AWS_ACCESS_KEY_ID}}", "CONFIG_REFERENCE_SECRET", expect.stringContaining("env://")],
    ["{{storage.postgres.password}}", "CONFIG_REFERENCE_SECRET", undefined],
  ])("that cannot be followed are reported: %s", async (reference, code, hint) => {
    const { findings: found } = await withText(`local:\n  image: 'a-${reference}'\n`);
    expect(found).toMatchObject([{ code, position: { line: 2, column: 3 }, ...(hint === undefined ? {} : { hint }) }]);
  });

  it("in a circle are reported once, as the chain with its places", async () => {
    const { findings: found } = await withText(
      "local:\n  image: 'x{{local.engine}}'\n  engine: '{{storage.data_dir}}'\nstorage:\n  data_dir: '{{local.image}}'\n",
    );
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({ code: "CONFIG_CYCLE" });
    const path = join(dir, "config/provisioning.yaml");
    expect(found[0]?.summary).toContain(
      `storage.data_dir (${path}:5:3) → local.image (${path}:2:3) → local.engine (${path}:3:3) → storage.data_dir`,
    );
  });

  it("are no references in variables and flags", async () => {
    const config = await load({ environment: { PROVISIONING_POSTGRES_PASSWORD: "a{{b}}" }, flags: { "local.image": "{{x}}" } });
    expect([config.get("storage.postgres.password"), config.get("local.image")]).toEqual(["a{{b}}", "{{x}}"]);
  });
});

function nested(entries: readonly (readonly [string, unknown])[]): object {
  const root: Record<string, unknown> = {};
  for (const [key, value] of entries) {
    const parts = key.split(".");
    let at = root;
    for (const part of parts.slice(0, -1)) at = (at[part] ??= {}) as Record<string, unknown>;
    at[parts.at(-1) as string] = value;
  }
  return root;
}
