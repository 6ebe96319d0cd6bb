/**
 * Mistakes in a definition are refused before anything is touched: no call to the container engine, nothing in the store. Each is told
 * with its code, its place and, where there is one, what was meant.
 */

import { existsSync, readdirSync, statSync } from "node:fs";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type PlantedTaskserv, plantTaskserv, uprootTaskservs } from "./support/plant.js";
import { fixture, makeWorkspace, type TestWorkspace } from "./support/platform.js";
import { listenAsEngine, type SilentEngine } from "./support/silent-engine.js";

const MAIN = "infra/small/main.k";
/** The server that the mistakes are made in; the line and the column of its first character are those of `main.k`. */
const SERVER = '{name = "two", role = "web", taskservs = ["nginx"]}';

/** A journal that has its heading and no record. */
const EMPTY_JOURNAL_BYTES = 32;

interface Mistake {
  readonly title: string;
  /** Takes the place of the server `two`. */
  readonly server?: string;
  /** Or any other change of `main.k`. */
  readonly edit?: readonly [from: string, to: string];
  /** Further files of the workspace. */
  readonly files?: Readonly<Record<string, string>>;
  readonly plant?: readonly PlantedTaskserv[];
  readonly code: string;
  /** `file:line:column`; the file is `main.k` where it is left out. */
  readonly at: string;
  /** Parts of what is shown. */
  readonly says: readonly string[];
}

const MISTAKES: readonly Mistake[] = [
  {
    title: "an unknown attribute of a server",
    server: '{name = "two", rolle = "web"}',
    code: "KCL_E2L23",
    at: "8:24",
    says: ["'rolle'", "Did you mean role?"],
  },
  {
    title: "a wrong type",
    server: '{name = "two", role = 7}',
    code: "KCL_E2G22",
    at: "8:24",
    says: ["expected str, got int(7)"],
  },
  {
    title: "a value that is not one of a choice",
    server: '{name = "two", plan = "huge"}',
    code: "KCL_E2G22",
    at: "8:24",
    says: ["small", "xlarge", "got str(huge)"],
  },
  {
    title: "a failed check of a shipped schema",
    server: '{name = "Two"}',
    code: "KCL_E3M38",
    at: "8:10",
    says: ["name must be 1 to 63"],
  },
  {
    title: "a failed check of another attribute",
    server: '{name = "two", role = "the web"}',
    code: "KCL_E3M38",
    at: "8:24",
    says: ["role must be"],
  },
  {
    title: "a missing attribute",
    server: '{role = "web"}',
    code: "KCL_E3M38",
    at: "8:10",
    says: ["'name' of Server is required"],
  },
  {
    title: "two servers of one name",
    server: '{name = "one"}',
    code: "KCL_E3M38",
    at: "6:5",
    says: ["two servers have the same name"],
  },
  {
    title: "a name that is not defined",
    server: '{name = "two", role = _rle}',
    code: "KCL_E2L23",
    at: "8:31",
    says: ["'_rle' is not defined"],
  },
  { title: "text that is not KCL", server: '{name = "two"', code: "KCL_E1001", at: "9:5", says: ["InvalidSyntax"] },
  {
    title: "a module of the platform that does not exist",
    edit: ["import provisioning.settings as cfg", "import provisioning.setings as cfg"],
    code: "KCL_E2F04",
    at: "2:1",
    says: ["Did you mean provisioning.settings?"],
  },
  {
    title: "a module of the workspace that does not exist",
    edit: ["import provisioning.settings as cfg", "import provisioning.settings as cfg\nimport infra.names"],
    code: "KCL_E2F04",
    at: "3:1",
    says: ["infra.names", "the platform offers", "provisioning.settings"],
  },
  {
    title: "modules that import each other",
    edit: ["import provisioning.settings as cfg", "import provisioning.settings as cfg\nimport shared.left"],
    files: { "shared/left.k": "import shared.right\nx = 1\n", "shared/right.k": "import shared.left\ny = left.x\n" },
    code: "KCL_E2L23",
    at: "shared/left.k:1:1",
    says: ["circular reference between modules shared.right, shared.left"],
  },
  {
    title: "a file without settings",
    edit: ["settings: cfg.Settings =", "setings: cfg.Settings ="],
    code: "INFRA_INVALID",
    at: "1:1",
    says: ["defines no settings", "Write: settings: cfg.Settings"],
  },
  {
    title: "an infra that has another name than its folder",
    edit: ['name = "small"', 'name = "smal"'],
    code: "INFRA_NAME",
    at: "5:14",
    says: ['Set infra.name to "small"'],
  },
  {
    title: "an unknown taskserv",
    server: '{name = "two", taskservs = ["ngnix"]}',
    code: "TASKSERV_UNKNOWN",
    at: "8:37",
    says: ["no taskserv ngnix", "Did you mean nginx?"],
  },
  {
    title: "an unknown provider",
    server: '{name = "two", provider = "locla"}',
    code: "PROVIDER_UNKNOWN",
    at: "8:24",
    says: ["no provider locla", "Known providers: local"],
  },
  {
    title: "a taskserv for a server that does not exist",
    edit: ["    ]\n}", '    ]\n    taskservs = [{name = "redis", servers = ["tow"]}]\n}'],
    code: "PLACEMENT_UNKNOWN",
    at: "10:18",
    says: ["the server tow", "Did you mean two?"],
  },
  {
    title: "a taskserv for a role that no server has",
    edit: ["    ]\n}", '    ]\n    taskservs = [{name = "redis", roles = ["wbe"]}]\n}'],
    code: "PLACEMENT_UNKNOWN",
    at: "10:18",
    says: ["the role wbe", "Did you mean web?"],
  },
  {
    title: "an unknown attribute of a taskserv's configuration",
    server: '{name = "two", taskservs = [{name = "nginx", config = {prot = 80}}]}',
    code: "TASKSERV_CONFIG",
    at: "8:64",
    says: ["nginx (config.prot)", "Did you mean port?"],
  },
  {
    title: "a wrong type in a taskserv's configuration",
    server: '{name = "two", taskservs = [{name = "nginx", config = {port = "http"}}]}',
    code: "TASKSERV_CONFIG",
    at: "8:64",
    says: ["nginx (config.port): expected int, got str"],
  },
  {
    title: "a failed check of a taskserv's schema",
    server: '{name = "two", taskservs = [{name = "nginx", config = {port = 99999}}]}',
    code: "TASKSERV_CONFIG",
    at: "8:64",
    says: ["port must be between 1 and 65535"],
  },
  {
    title: "a taskserv that finds its configuration impossible",
    server:
      '{name = "two", taskservs = [{name = "nginx", config = {upstreams = [{name = "x", taskserv = "etcd", port = 99, path = "/x/"}]}}]}',
    code: "KCL_E3M38",
    at: "8:37",
    says: ["taskserv.two.nginx", "no server of the infra carries the taskserv of an upstream"],
  },
  {
    title: "taskservs that exclude each other",
    server: '{name = "two", taskservs = ["nginx", "rival"]}',
    plant: [{ name: "rival", conflictsWith: ["nginx"] }],
    code: "TASKSERV_CONFLICT",
    at: "8:46",
    says: ["rival and nginx cannot be on the same server (two)"],
  },
  {
    title: "taskservs that require each other",
    server: '{name = "two", taskservs = ["ring-a"]}',
    plant: [
      { name: "ring-a", requires: ["ring-b"] },
      { name: "ring-b", requires: ["ring-c"] },
      { name: "ring-c", requires: ["ring-a"] },
    ],
    code: "TASKSERV_CYCLE",
    at: "8:37",
    says: ["ring-a → ring-b → ring-c → ring-a"],
  },
  {
    title: "a requirement that does not exist",
    server: '{name = "two", taskservs = ["needy"]}',
    plant: [{ name: "needy", requires: ["nowhere"] }],
    code: "TASKSERV_UNKNOWN",
    at: "8:37",
    says: ["no taskserv nowhere (required by needy)"],
  },
  {
    title: "a server that is too small",
    server: '{name = "two", plan = "small", taskservs = ["greedy"]}',
    plant: [{ name: "greedy", cpu: 64 }],
    code: "SERVER_TOO_SMALL",
    at: "8:24",
    says: ["two is too small for greedy", "64 CPUs", "Give the server a larger plan."],
  },
  {
    title: "a taskserv whose steps make no sense",
    server: '{name = "two", taskservs = ["clumsy"]}',
    plant: [{ name: "clumsy", body: 'install = [{id = "x", kind = "fiel", path = "/x"}]\nremove = []\nhealth = []\n' }],
    code: "STEP_INVALID",
    at: "8:37",
    says: ["taskserv.two.clumsy", "fiel"],
  },
  {
    title: "a taskserv that names a template it does not have",
    server: '{name = "two", taskservs = ["clumsy"]}',
    plant: [
      {
        name: "clumsy",
        body: 'install = [st.Template {id = "x", source = "gone.j2", path = "/x"}]\nremove = []\nhealth = []\n',
      },
    ],
    code: "TEMPLATE_MISSING",
    at: "8:37",
    says: ["clumsy", "gone.j2"],
  },
];

describe("a mistake in a definition", () => {
  let workspace: TestWorkspace;
  let engine: SilentEngine;
  let original: string;

  beforeAll(async () => {
    workspace = await makeWorkspace(fixture("small"));
    engine = await listenAsEngine(join(workspace.dir, "..", "engine.sock"));
    await workspace.edit("config/provisioning.yaml", (text) => `${text}\nlocal:\n  engine: "${engine.address}"\n`);
    original = await readFile(join(workspace.dir, MAIN), "utf8");
  });
  afterEach(async () => {
    await writeFile(join(workspace.dir, MAIN), original);
    await rm(join(workspace.dir, "shared"), { recursive: true, force: true });
    await uprootTaskservs(workspace);
  });
  afterAll(async () => {
    await engine.close();
    await workspace.destroy();
  });

  it.each(MISTAKES)("$title is refused: $code at $at", async ({ server, edit, files = {}, plant = [], code, at, says }) => {
    const [from, to] = edit ?? [SERVER, server ?? SERVER];
    await workspace.edit(MAIN, (text) => replaceOnce(text, from, to));
    for (const [path, text] of Object.entries(files)) await write(join(workspace.dir, path), text);
    for (const taskserv of plant) await plantTaskserv(workspace, taskserv);

    const result = await workspace.run("apply", "--yes");
    expect(result.stderr).toContain(`✗ ${code} `);
    expect(result.stderr).toContain(`--> ${at.includes(".k:") ? at : `${MAIN}:${at}`}\n`);
    for (const part of says) expect(result.stderr).toContain(part);
    expect(result).toMatchObject({ code: 3, stdout: "" });
    expectUntouched();
  });

  it("is told with all others of its kind at once", async () => {
    await workspace.edit(MAIN, (text) =>
      replaceOnce(
        text,
        SERVER,
        '{name = "two", provider = "locla", taskservs = ["ngnix", "rediss"]}\n{name = "three", taskservs = ["ngnix"]}',
      ),
    );
    const { stderr, code } = await workspace.run("apply", "--yes");
    expect(code).toBe(3);
    for (const part of ["locla", "There is no taskserv ngnix."]) expect(stderr).toContain(part);
    expectUntouched();
  });

  it.each([
    { words: ["plan", "--infra", "smal"], code: "INFRA_UNKNOWN", says: "Did you mean small?" },
    { words: ["cluster", "create", "smal", "--yes"], code: "INFRA_UNKNOWN", says: "Did you mean small?" },
    { words: ["plan", "--workspace", "tset"], code: "WORKSPACE_UNKNOWN", says: "Known workspaces: test." },
    { words: ["workspace", "switch", "tset"], code: "WORKSPACE_UNKNOWN", says: "Known workspaces: test." },
    { words: ["health-check", "--services", "ngnix"], code: "TARGET_UNKNOWN", says: "Did you mean nginx?" },
    { words: ["server", "ssh", "tow"], code: "TARGET_UNKNOWN", says: "Did you mean two?" },
  ])("$words is wrong usage: $code", async ({ words, code, says }) => {
    const result = await workspace.run(...words);
    expect(result.stderr).toContain(`✗ ${code} `);
    expect(result.stderr).toContain(says);
    expect(result).toMatchObject({ code: 64, stdout: "" });
    expectUntouched();
  });

  it.each([
    { config: "run:\n  parallel_limt: 3\n", says: "run.parallel_limit" },
    { config: "run:\n  parallel_limit: many\n", says: "parallel_limit" },
    { config: "run: [\n", says: "config/provisioning.yaml" },
  ])("in the configuration is refused: $config", async ({ config, says }) => {
    const path = join(workspace.dir, "config/provisioning.yaml");
    const before = await readFile(path, "utf8");
    await writeFile(path, config);
    const result = await workspace.run("apply", "--yes");
    await writeFile(path, before);
    expect(result.stderr).toContain(says);
    expect(result).toMatchObject({ code: 3, stdout: "" });
    expectUntouched();
  });

  function expectUntouched(): void {
    expect(engine.calls).toBe(0);
    const runtime = join(workspace.dir, "runtime");
    const files = readdirSync(runtime, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    const written = files.map((entry) => relative(runtime, join(entry.parentPath, entry.name))).sort();
    for (const file of written) expect(["store/journal/00000001.log", "workspace-id", "digest-key"]).toContain(file);
    const journal = join(runtime, "store/journal/00000001.log");
    if (existsSync(journal)) expect(statSync(journal).size).toBeLessThanOrEqual(EMPTY_JOURNAL_BYTES);
  }
});

function replaceOnce(text: string, from: string, to: string): string {
  const parts = text.split(from);
  if (parts.length !== 2) throw new Error(`${JSON.stringify(from)} is there ${parts.length - 1} times`);
  return parts.join(to);
}

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
}
