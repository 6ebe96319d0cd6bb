/**
 * Names that are paths, options, shell code, templates or nonsense, wherever a name can be given: on the command line, in an infra, in
 * the configuration of a taskserv. Each is refused before anything is done with it, and nothing that they would run ever runs.
 */

import { existsSync, readdirSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createTemplateRenderer } from "@provisioning/config";
import { loadProgram, type Program, validateValue } from "@provisioning/kcl-lang";
import { createNodeHost } from "@provisioning/kcl-lang/node";
import { isName, type Json, type JsonObject, taskservName } from "@provisioning/model";
import {
  createTaskservCompiler,
  loadTaskservCatalog,
  type TaskservCatalog,
  type TaskservCompiler,
} from "@provisioning/workspace";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { inServer } from "./support/containers.js";
import { runHere } from "./support/in-process.js";
import { fixture, makeWorkspace, obstacle, root, type TestWorkspace } from "./support/platform.js";

const CANARY = join(tmpdir(), `provisioning-canary-${process.pid}`);
const TOUCH = `touch ${CANARY}`;

const HOSTILE: readonly string[] = [
  // Paths.
  "..",
  ".",
  "/",
  "../..",
  "../../etc/passwd",
  "/etc/passwd",
  "a/b",
  "a/../b",
  "./a",
  "a\\b",
  "..\\..\\a",
  "~",
  "~root",
  "%2e%2e%2f",
  "file:///etc/passwd",
  "C:\\a",
  // Options.
  "-",
  "--",
  "-rf",
  "--force",
  "-oProxyCommand=" + TOUCH,
  "--option=value",
  // Shell code.
  `$(${TOUCH})`,
  `\`${TOUCH}\``,
  `; ${TOUCH}`,
  `a;${TOUCH};`,
  `a && ${TOUCH}`,
  `a || ${TOUCH}`,
  `a | ${TOUCH}`,
  `a & ${TOUCH} &`,
  `'; ${TOUCH}; '`,
  `"; ${TOUCH}; "`,
  `a' || ${TOUCH} #`,
  `a\n${TOUCH}`,
  `a\r\n${TOUCH}\r\n`,
  `\${IFS}${TOUCH}`,
  "${HOME}",
  "$HOME",
  "$'\\x41'",
  "a > /tmp/a",
  "a < /etc/passwd",
  "*",
  "?",
  "[a-z]",
  "{a,b}",
  "!!",
  "a b",
  "# a",
  // Of other languages.
  "{{ config }}",
  "{% raw %}",
  "${settings}",
  "%s%n",
  "' OR '1'='1",
  "a'; DROP TABLE users; --",
  "<script>alert(1)</script>",
  "__proto__",
  // Control characters, white space, other letters.
  "",
  " ",
  " a",
  "a ",
  "a\n",
  "\n",
  "\t",
  "a\0b",
  "\0",
  "a\u0007",
  "\u001b[31mred",
  "\u001b]0;title\u0007",
  "\u202eevil",
  "a\u200bb",
  "\ufeffa",
  "naïve",
  "сервер",
  "サーバー",
  "ａ",
  "😀",
  "e\u0301",
  // Nearly names.
  "A",
  "aB",
  "1a",
  "a-",
  "-a",
  "a_b",
  "a.b",
  "a:b",
  "a@b",
  "a,b",
  "a=b",
  "a".repeat(64),
  "a".repeat(5_000),
  `${"a".repeat(5_000)}!`,
  "a-".repeat(2_000),
];

/** What any of them would do to a file or a terminal: shown only escaped. */

const RAW_CONTROL = new RegExp(String.raw`[\u0000-\u0008\u000b-\u001f\u007f]`);

describe(`${HOSTILE.length} hostile names`, () => {
  it("are not names, and more than sixty", () => {
    expect(HOSTILE.filter(isName)).toEqual([]);
    expect(new Set(HOSTILE).size).toBeGreaterThanOrEqual(60);
  });

  describe("on the command line", () => {
    let base: string;
    let options: { currentDir: string; env: Record<string, string> };

    beforeAll(async () => {
      base = await mkdtemp(join(tmpdir(), "provisioning-"));
      const dir = join(base, "workspace");
      options = { currentDir: base, env: { XDG_CONFIG_HOME: join(base, "config"), HOME: base, NO_COLOR: "1" } };
      const made = await runHere(["workspace", "init", "test", "--dir", dir, "--from", fixture("small")], options);
      expect(made.code, made.stderr).toBe(0);
      await mkdir(join(base, "empty"));
      // Whoever reached for the engine would find none.
      options = { ...options, env: { ...options.env, PROVISIONING_WORKSPACE: dir, DOCKER_HOST: "unix:///nowhere/engine.sock" } };
    });
    afterAll(() => rm(base, { recursive: true, force: true }));

    it.each<{ place: string; words: (name: string) => string[]; tried?: (name: string, index: number) => boolean }>([
      { place: "an infra", words: (name) => ["plan", "--infra", name] },
      { place: "an infra to create", words: (name) => ["cluster", "create", name, "--yes"] },
      { place: "an infra to delete", words: (name) => ["cluster", "delete", name, "--yes"] },
      { place: "a new workspace", words: (name) => ["workspace", "init", name] },
      { place: "a workspace to switch to", words: (name) => ["workspace", "switch", name] },
      { place: "a workspace to forget", words: (name) => ["workspace", "remove", name] },
      { place: "a server to create", words: (name) => ["server", "create", name, "--yes"], tried: share(0) },
      { place: "a server to delete", words: (name) => ["server", "delete", name, "--yes"] },
      { place: "a server to log in to", words: (name) => ["server", "ssh", name], tried: share(1) },
      { place: "a server to look at", words: (name) => ["server", "status", name], tried: share(2) },
      { place: "a taskserv to install", words: (name) => ["taskserv", "create", name, "--yes"], tried: share(3) },
      {
        place: "a server to install on",
        words: (name) => ["taskserv", "create", "redis", "--yes", "--servers", name],
        tried: share(4),
      },
      { place: "a taskserv to remove", words: (name) => ["taskserv", "delete", name, "--yes"] },
      { place: "a service to check", words: (name) => ["health-check", "--services", name], tried: share(5) },
      { place: "a run", words: (name) => ["workflow", "status", name], tried: (name) => name !== "--" },
      { place: "a size", words: (name) => ["plan", "--plan", name], tried: share(6) },
    ])("are refused as $place", async ({ words, tried = () => true }) => {
      const files = () => readdirSync(base, { recursive: true }).filter((file) => !String(file).startsWith("workspace/runtime"));
      const before = files();
      for (const name of HOSTILE.filter(tried)) {
        const { code, stdout, stderr } = await runHere(words(name), options);
        expect([3, 64], `${JSON.stringify(name)}: exit ${code}\n${stdout}${stderr}`).toContain(code);
        expect(stderr, JSON.stringify(name)).not.toMatch(RAW_CONTROL);
        expect(stderr, JSON.stringify(name)).not.toContain("INTERNAL");
      }
      expect(files()).toEqual(before);
      expect(existsSync(CANARY)).toBe(false);
    });
  });

  describe("in an infra", () => {
    let program: Program;

    beforeAll(() => {
      const loaded = loadProgram({
        host: createNodeHost(),
        files: [join(fixture("small"), "infra/small/main.k")],
        packages: { provisioning: join(root, "kcl") },
      });
      if (!loaded.ok) throw new Error(loaded.diagnostics[0]?.message);
      program = loaded.program;
    });

    const host = { address: "10.0.0.1", key_file: "keys/id" };
    const server = (attributes: JsonObject): JsonObject => ({
      infra: { name: "small" },
      servers: [{ name: "one", ...attributes }],
    });
    it.each<{ place: string; settings: (name: string) => JsonObject; fine?: (name: string) => boolean }>([
      { place: "its name", settings: (name) => ({ infra: { name }, servers: [] }) },
      { place: "its provider", settings: (name) => ({ infra: { name: "small", provider: name }, servers: [] }), fine: isEmpty },
      { place: "a server", settings: (name) => server({ name }) },
      { place: "a role", settings: (name) => server({ role: name }), fine: isEmpty },
      { place: "a provider", settings: (name) => server({ provider: name }), fine: isEmpty },
      { place: "a size", settings: (name) => server({ plan: name }) },
      { place: "a taskserv", settings: (name) => server({ taskservs: [{ name }] }) },
      { place: "an address", settings: (name) => server({ host: { ...host, address: name } }), fine: isHostName },
      {
        place: "a user",
        settings: (name) => server({ host: { ...host, user: name } }),
        fine: (name) => /^[a-z_][a-z0-9_-]{0,31}$/.test(name),
      },
      { place: "a host key", settings: (name) => server({ host: { ...host, host_key: name } }), fine: isEmpty },
    ])("are refused as $place", ({ settings, fine = never }) => {
      for (const name of HOSTILE.filter((item) => !fine(item))) {
        expect(validateValue(program, "cfg.Settings", settings(name)), JSON.stringify(name)).not.toEqual([]);
      }
    });
  });

  describe("in the configuration of a taskserv", () => {
    let catalog: TaskservCatalog;
    let compiler: TaskservCompiler;

    beforeAll(async () => {
      catalog = await loadTaskservCatalog([join(root, "extensions")]);
      compiler = createTaskservCompiler(join(root, "kcl"), await createTemplateRenderer());
    });

    const upstream = { name: "etcd", taskserv: "etcd", port: 2379, path: "/etcd/" };
    it.each<{ taskserv: string; place: string; config: (name: string) => JsonObject; fine?: (name: string) => boolean }>([
      { taskserv: "os", place: "a user", config: (name) => ({ users: [{ name }] }), fine: isUser },
      { taskserv: "os", place: "a group", config: (name) => ({ groups: [{ name }] }), fine: isUser },
      {
        taskserv: "os",
        place: "a group of a user",
        config: (name) => ({ users: [{ name: "ann", groups: [name] }] }),
        fine: isUser,
      },
      { taskserv: "os", place: "a shell", config: (name) => ({ users: [{ name: "ann", shell: name }] }), fine: isPlainPath },
      { taskserv: "os", place: "an SSH key", config: (name) => ({ users: [{ name: "ann", authorized_keys: [name] }] }) },
      {
        taskserv: "os",
        place: "a package",
        config: (name) => ({ packages: [name] }),
        fine: (name) => /^[a-z0-9][a-z0-9+.-]+$/.test(name),
      },
      { taskserv: "os", place: "a time zone", config: (name) => ({ timezone: name }), fine: isZone },
      { taskserv: "os", place: "a language", config: (name) => ({ locale: name }) },
      { taskserv: "os", place: "a domain", config: (name) => ({ domain: name }), fine: isDomain },
      { taskserv: "os", place: "what is limited", config: (name) => ({ limits: [{ item: name, value: 1 }] }) },
      { taskserv: "os", place: "a limit", config: (name) => ({ limits: [{ item: "nofile", value: name }] }) },
      {
        taskserv: "os",
        place: "who is limited",
        config: (name) => ({ limits: [{ domain: name, item: "nofile", value: 1 }] }),
        fine: (name) => name === "*" || isUser(name),
      },
      { taskserv: "resolv", place: "a nameserver", config: (name) => ({ nameservers: [name] }) },
      { taskserv: "resolv", place: "a search domain", config: (name) => ({ search: [name] }), fine: isHostName },
      {
        taskserv: "resolv",
        place: "an option",
        config: (name) => ({ options: [name] }),
        fine: (name) => /^[a-z][a-z0-9-]*$/.test(name),
      },
      { taskserv: "nginx", place: "a server name", config: (name) => ({ server_name: name }), fine: isDomain },
      { taskserv: "nginx", place: "an upstream", config: (name) => ({ upstreams: [{ ...upstream, name }] }) },
      {
        taskserv: "nginx",
        place: "an upstream's taskserv",
        config: (name) => ({ upstreams: [{ ...upstream, taskserv: name }] }),
      },
      {
        taskserv: "nginx",
        place: "a path",
        config: (name) => ({ upstreams: [{ ...upstream, path: name }] }),
        fine: (name) => name === "/",
      },
      { taskserv: "redis", place: "an address", config: (name) => ({ bind: [name], password: "secret" }) },
      { taskserv: "redis", place: "a snapshot", config: (name) => ({ save: [name] }) },
      { taskserv: "redis", place: "an eviction", config: (name) => ({ eviction: name }) },
      { taskserv: "postgresql", place: "a database", config: (name) => ({ databases: [{ name }] }), fine: isSqlName },
      { taskserv: "postgresql", place: "an owner", config: (name) => ({ databases: [{ name: "shop", owner: name }] }) },
      { taskserv: "postgresql", place: "a user", config: (name) => ({ users: [{ name }] }), fine: isSqlName },
      { taskserv: "postgresql", place: "a network", config: (name) => ({ allowed_addresses: [name] }) },
      {
        taskserv: "postgresql",
        place: "the name of a setting",
        config: (name) => ({ settings: { [name]: "1" } }),
        fine: (name) => /^[a-z_][a-z0-9_]*(\.[a-z_][a-z0-9_]*)?$/.test(name),
      },
      { taskserv: "etcd", place: "an address", config: (name) => ({ listen_address: name }), fine: isEmpty },
      { taskserv: "etcd", place: "a folder", config: (name) => ({ data_dir: name }) },
      { taskserv: "containerd", place: "a folder", config: (name) => ({ data_dir: name }), fine: isPlainPath },
      {
        taskserv: "containerd",
        place: "a registry",
        config: (name) => ({ mirrors: { [name]: [] } }),
        fine: (name) => isDomain(name),
      },
      { taskserv: "containerd", place: "a mirror", config: (name) => ({ mirrors: { "docker.io": [name] } }) },
    ])("are refused as $place of $taskserv", ({ taskserv, config, fine = never }) => {
      const extension = catalog.get(taskservName(taskserv));
      if (extension === undefined) throw new Error(`no taskserv ${taskserv}`);
      for (const name of HOSTILE.filter((item) => !fine(item))) {
        const problems = compiler.checkConfig(extension, config(name) satisfies Json as JsonObject);
        expect(problems, `${JSON.stringify(name)} is accepted`).not.toEqual([]);
      }
    });
  });
});

describe.skipIf(obstacle !== undefined)("texts that may be anything", () => {
  /** In one line: ends every kind of quotation, then tries each language that it passes through. */
  const LINE = `'"; ${TOUCH}; $(${TOUCH}) \`${TOUCH}\` \${HOME} $HOME {{ 7 * 7 }} {% raw %} \\n \\ %s * ~ & | > é 😀`;
  const TEXT = `${LINE}\nEOF\n${TOUCH}\n'\n"\n# end`;
  const COMMENT = LINE.replaceAll(/[:,]/g, "");
  const PASSWORD = "$(id);`id`&|>{{7*7}}%s~*";
  let workspace: TestWorkspace;

  beforeAll(async () => {
    workspace = await makeWorkspace(fixture("small"));
    const os = `{name = "os", config = {motd = ${raw(TEXT)}, users = [{name = "ann", comment = ${raw(COMMENT)}}]}}`;
    await writeFile(join(workspace.dir, "password"), PASSWORD);
    const redis = `{name = "redis", config = {password = "file://password"}}`;
    const nginx = `{name = "nginx", config = {page = ${raw(TEXT)}}}`;
    await workspace.edit("infra/small/main.k", (text) =>
      text.replace(/ {8}\{name = "two".*\n/, "").replace('["redis"]', () => `[${os}, ${redis}, ${nginx}]`),
    );
    const applied = await workspace.run("apply", "--yes");
    expect(applied.code, applied.stdout).toBe(0);
  });
  afterAll(() => workspace.destroy());

  it.each([
    { what: "the message of the day", line: "cat /etc/motd", text: TEXT },
    { what: "a user's full name", line: "getent passwd ann | cut -d: -f5", text: COMMENT },
    { what: "a page", line: "curl -fsS http://127.0.0.1/", text: TEXT },
    { what: "a password", line: "sed -n 's/^requirepass //p' /etc/redis/redis.conf", text: `"${PASSWORD}"` },
  ])("arrive as they were written: $what", async ({ line, text }) => {
    expect(await inServer(workspace, "one", line)).toBe(text);
  });

  it("are healthy, found unchanged, and ran nothing", async () => {
    expect((await workspace.run("health-check")).code).toBe(0);
    expect((await workspace.run("plan", "--detailed-exitcode")).code).toBe(0);
    expect(await inServer(workspace, "one", `ls ${CANARY} 2>/dev/null || true`)).toBe("");
    expect(existsSync(CANARY)).toBe(false);
  });
});

/** A raw string of KCL: nothing in it means anything. */
const raw = (text: string) => `r"""${text}"""`;

/** Commands that read the whole definition first take turns: all names are tried, each by some of them. */
const share = (turn: number) => (_: string, index: number) => index % 3 === turn % 3;

// What looks hostile in one place can be right in another.
const never = () => false;
const isEmpty = (name: string) => name === "";
const isUser = (name: string) => /^[a-z_][a-z0-9_-]{0,31}$/.test(name);
const isSqlName = (name: string) => /^[a-z_][a-z0-9_]{0,62}$/.test(name);
const isPlainPath = (name: string) => /^\/[A-Za-z0-9/_.-]+$/.test(name);
const isZone = (name: string) => /^[A-Za-z0-9_+-]+(\/[A-Za-z0-9_+-]+){0,2}$/.test(name);
const isDomain = (name: string) => name === "" || /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/.test(name);
const isHostName = (name: string) => /^[A-Za-z0-9]([A-Za-z0-9.:-]*[A-Za-z0-9])?$/.test(name);
