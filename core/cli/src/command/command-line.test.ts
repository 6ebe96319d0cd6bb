import { readFileSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { CliContext } from "../cli-context.js";
import { DOMAINS } from "../commands/table.js";
import { readErrorsPage } from "../commands/utilities/errors-page.js";
import { QUICK_REFERENCE } from "../commands/utilities/quick-reference.js";
import { resultSchema } from "../commands/utilities/schema.js";
import { propose } from "../complete/propose.js";
import { EXIT } from "../exit-codes.js";
import { allCommands } from "../help/help-data.js";
import type { Domain } from "./command.js";
import { entries, route } from "./route.js";
import { runWords } from "./run.js";
import { shortcuts } from "./shortcuts.js";
import { readViewWords } from "./view-words.js";

interface Told {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function cli(
  words: readonly string[],
  { columns = 80, rows, env = {} }: { columns?: number; rows?: number; env?: Record<string, string> } = {},
): Promise<Told> {
  let [out, err] = ["", ""];
  const process: CliContext["process"] = {
    stdout: { write: (text) => void (out += text), columns, ...(rows === undefined ? {} : { isTTY: true, rows }) },
    stderr: { write: (text) => void (err += text), columns },
    env,
  };
  const stdin = {} as CliContext["stdin"];
  const surroundings = { process, stdin, currentDir: "/", platformRoot: "/", version: "1.2.3" };
  await runWords(surroundings, words, { isFolder: () => false });
  return { code: Number(process.exitCode), stdout: out, stderr: err };
}

const commands = allCommands(DOMAINS);
const groups = entries(DOMAINS).filter((entry) => entry.kind === "group");
const topics = [...commands.map(({ path }) => path.join(" ")), ...groups.map(({ name }) => name)];

describe("the table of commands", () => {
  it("has the seven domains", () => {
    expect(DOMAINS.map(({ name }) => name).sort()).toEqual([
      "configuration",
      "development",
      "generation",
      "infrastructure",
      "orchestration",
      "utilities",
      "workspace",
    ]);
  });

  it("says one thing with one word", () => {
    const firstWords = entries(DOMAINS).flatMap((entry) => [
      entry.name,
      ...entry.aliases,
      ...(entry.kind === "group" ? entry.commands.flatMap((item) => item.shortcuts) : []),
    ]);
    expect(firstWords.filter((word, at) => firstWords.indexOf(word) !== at)).toEqual([]);
    for (const { name, commands: inside } of groups) {
      const words = inside.flatMap((item) => [item.name, ...item.aliases]);
      expect([name, words.filter((word, at) => words.indexOf(word) !== at)]).toEqual([name, []]);
    }
  });

  it.each(commands.map(({ path, command }) => [path.join(" "), path, command] as const))("routes %s", (_, path, command) => {
    expect(route(DOMAINS, path)).toMatchObject({ kind: "run", path, command: { name: command.name }, rest: [] });
  });

  it.each(commands.map(({ path, command }) => [path.join(" "), command] as const))(
    "gives examples of %s that it would run",
    (name, command) => {
      for (const [words] of command.examples) {
        const found = route(DOMAINS, readViewWords(split(words)).words);
        expect(found.kind === "run" ? found.path.join(" ") : found).toBe(name);
      }
    },
  );

  it.each(commands.map(({ path, command }) => [path.join(" "), command] as const))("has a code for %s", async (_, command) => {
    const parser = command.parser() as unknown as { readonly loader: () => Promise<unknown> };
    expect(typeof (await parser.loader())).toBe("function");
  });
});

describe("shortcuts", () => {
  const all = shortcuts(DOMAINS);

  it("are at least eighty, each of them once", () => {
    expect(all.length).toBeGreaterThanOrEqual(80);
    const words = all.map(({ shortcut }) => shortcut);
    expect(words.filter((word, at) => words.indexOf(word) !== at)).toEqual([]);
  });

  it.each(all.map(({ shortcut, command }) => [shortcut, command] as const))("%s is %s", async (shortcut, command) => {
    const short = await cli([...shortcut.split(" "), "--help"]);
    expect(short).toEqual(await cli([...command.split(" "), "--help"]));
    expect(short.code).toBe(EXIT.ok);
  });
});

/** What is longer than the terminal goes through the pager. */
const PAGE_LINES = 40;

describe("help", () => {
  it.each(topics)("of %s is the same however it is asked for, begins with examples and fits a page", async (topic) => {
    const words = topic.split(" ");
    const asked = await cli([...words, "help"]);
    expect(asked.code).toBe(EXIT.ok);
    for (const other of [
      ["help", ...words],
      [...words, "--help"],
      [...words, "-h"],
    ])
      expect(await cli(other)).toEqual(asked);
    const lines = asked.stdout.trimEnd().split("\n");
    expect(lines.findIndex((line) => line === "Examples")).toBeLessThan(8);
    expect(Math.max(...lines.filter(isBreakable).map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(lines.length).toBeLessThanOrEqual(PAGE_LINES);
    expect(lines.at(-1)).toMatch(/^Documentation: docs\/user\/reference\/commands\.md#/);
  });

  it.each(DOMAINS.map(({ name }) => name))("of the domain %s is the same however it is asked for", async (name) => {
    const asked = await cli(["help", name]);
    expect(asked.code).toBe(EXIT.ok);
    expect(asked.stdout).toContain("Commands");
    for (const other of [[name], [name, "help"], [name, "--help"]]) expect(await cli(other)).toEqual(asked);
    expect((await cli([name, "nothing"])).code).toBe(EXIT.usage);
  });

  it("goes through the pager where it is longer than the terminal", async () => {
    const folder = await mkdtemp(join(tmpdir(), "pager-"));
    const paged = async (env: Record<string, string>, rows: number, ...words: string[]) => {
      const file = join(folder, "paged");
      await rm(file, { force: true });
      const { stdout } = await cli(words, {
        rows,
        env: { PATH: process.env.PATH ?? "", PAGER: `dd of=${file} status=none`, ...env },
      });
      return { printed: stdout, paged: await readFile(file, "utf8").catch(() => undefined) };
    };
    const text = (await cli(["help", "plan"])).stdout;
    const plain = { NO_COLOR: "1" };
    expect(await paged(plain, 24, "help", "plan")).toEqual({ printed: "", paged: text });
    expect(await paged(plain, 60, "help", "plan")).toEqual({ printed: text, paged: undefined });
    expect(await paged(plain, 24, "help", "plan", "--no-pager")).toEqual({ printed: text, paged: undefined });
    expect((await paged({}, 24, "help", "plan")).paged).toContain("\u001b[");
    await rm(folder, { recursive: true });
  });

  it("begins with what to do first, and fits a terminal", async () => {
    const { stdout } = await cli([]);
    expect(stdout).toBe((await cli(["help"])).stdout);
    expect(stdout).toBe((await cli(["--help"])).stdout);
    expect(stdout.trimEnd().split("\n").length).toBeLessThanOrEqual(23);
  });

  it.each([60, 80, 120, 200])("keeps to %i columns", async (columns) => {
    for (const topic of topics) {
      const { stdout } = await cli([...topic.split(" "), "help"], { columns });
      const widest = Math.max(
        ...stdout
          .split("\n")
          .filter(isBreakable)
          .map((line) => line.length),
      );
      // What is to be typed is never cut.
      expect([topic, widest <= Math.max(columns, 78)]).toEqual([topic, true]);
    }
  });

  it("is data for programs", async () => {
    const all = JSON.parse((await cli(["help", "-o", "json"])).stdout) as { readonly domains: readonly Domain[] };
    expect(all.domains).toHaveLength(7);
    const one = JSON.parse((await cli(["help", "server", "create", "-o", "json"])).stdout) as object;
    expect(one).toMatchObject({ command: "server create", result: { action: "infra.apply", version: 1 } });
  });
});

describe("the quick reference", () => {
  it("names commands that exist, and fits a page", async () => {
    for (const { command } of QUICK_REFERENCE) expect([command, route(DOMAINS, split(command)).kind]).toEqual([command, "run"]);
    const { stdout } = await cli(["sc"]);
    expect(stdout.trimEnd().split("\n").length).toBeLessThanOrEqual(24);
  });
});

describe("schemas of results", () => {
  const printing = commands.filter(({ command }) => command.result !== undefined);

  it.each(printing.map(({ path, command }) => [path.join(" "), command] as const))("%s has one", async (_, command) => {
    const schema = JSON.stringify(await resultSchema(command));
    expect(schema).toMatch(/^\{.*"(?:type|anyOf|oneOf)":/);
    // What is one object says its version, a list does not.
    const isList = schema.includes('"type":"array","items"') && !schema.includes('"schema_version"');
    expect(isList || schema.includes(`"schema_version":{"const":${command.result?.version}}`)).toBe(true);
  });

  it("of what ends in several ways say the version in each", async () => {
    const { stdout } = await cli(["schema", "apply"]);
    const { anyOf, oneOf } = JSON.parse(stdout) as Readonly<
      Record<"anyOf" | "oneOf", readonly { readonly required: string[] }[]>
    >;
    for (const { required } of anyOf ?? oneOf) expect(required).toContain("schema_version");
  });
});

describe("explain", () => {
  const page = readErrorsPage(readFileSync(new URL("../../../../docs/user/reference/errors.md", import.meta.url), "utf8"));

  it("knows when an error comes and what to do", () => {
    expect(page.length).toBeGreaterThan(100);
    for (const { code, cause, fix } of page) expect([code, cause !== "" && fix !== ""]).toEqual([code, true]);
    expect(page.find(({ code }) => code === "TARGET_UNKNOWN")).toMatchObject({ section: "What you wrote" });
    expect(page.find(({ code }) => code === "ENGINE_UNREACHABLE")?.fix).toContain("(docs/user/how-to/choose-the-engine.md)");
  });
});

describe("completion", () => {
  const words = (...typed: string[]) => propose(DOMAINS, typed).words.map(({ word }) => word);

  it.each([
    [["serv"], ["server"]],
    [["server", "d"], ["delete"]],
    [
      ["s", "c", "--pl"],
      ["--plan", "--plain"],
    ],
    [["server", "list", "-o", "j"], ["json"]],
    [["server", "list", "--output=y"], ["--output=yaml"]],
    [["-w", "shop", "server", "li"], ["list"]],
    [["help", "serv"], ["server"]],
    [["nothing", ""], []],
  ])("goes on from %j", (typed, proposals) => {
    expect(words(...typed)).toEqual(proposals);
  });

  it.each([
    [["server", "delete", ""], "server"],
    [["server", "delete", "web-01", "w"], "server"],
    [["plan", "--infra", ""], "infra"],
    [["plan", "-w", ""], "workspace"],
    [["workflow", "status", ""], "run"],
    [["server", "status", "web-01", ""], undefined],
    [["t", "c", ""], "taskserv"],
    [["ssh", ""], "server"],
  ])("asks for names behind %j: %s", (typed, names) => {
    expect(propose(DOMAINS, typed).names).toBe(names);
  });
});

describe("words that mean nothing", () => {
  const wrong = commands.flatMap(({ path }) => {
    const [word = "", ...others] = [...path].reverse();
    if (word.length < 4) return [];
    const typo = [...others.reverse(), word.slice(0, 1) + word.slice(2)];
    return [[typo.join(" "), typo, path] as const];
  });

  it("are many", () => {
    expect(wrong.length).toBeGreaterThan(40);
  });

  it.each(wrong)("are not run, and the nearest command is named: %s", async (_, typo, path) => {
    const { code, stdout, stderr } = await cli(typo);
    const found = route(DOMAINS, typo);
    // A word that is left out may leave another command.
    if (found.kind === "run" && found.command.arguments.length > 0) return;
    expect([code, stdout]).toEqual([EXIT.usage, ""]);
    expect(stderr).toContain("USAGE_INVALID");
    const meant = found.kind === "unknown" ? found.nearest : path.at(-1);
    expect(stderr).toContain(meant);
  });

  it.each([
    [["apply", "--chek"], "--check"],
    [["server", "list", "--ouput", "json"], "--output"],
    [["server", "list", "-o", "jsn"], "json"],
    [["server", "list", "--plian"], "--plain"],
    [["server", "status"], "<server>"],
    [["workspace", "current", "extra"], "one too many"],
    [["plan", "--infra"], "--infra"],
    [["plan", "-z"], "-z"],
  ])("name what was meant: %j", async (words, meant) => {
    const { code, stdout, stderr } = await cli(words);
    expect([code, stdout]).toEqual([EXIT.usage, ""]);
    expect(stderr).toContain(meant);
  });

  it("never show a value that was typed, which may be a secret", async () => {
    const { stderr } = await cli(["workflow", "list", "--limit", "s3cret"]);
    expect(stderr).not.toContain("s3cret");
  });

  it("cannot steer the terminal", async () => {
    const { stderr } = await cli(["\u001b[31mplan"]);
    expect(stderr).not.toContain("\u001b");
  });

  it("are data for programs", async () => {
    const { stdout, stderr } = await cli(["server", "lst", "-o", "json"]);
    expect(stdout).toBe("");
    expect(JSON.parse(stderr)).toMatchObject({ schema_version: 1, error: { code: "USAGE_INVALID" } });
  });
});

describe("words that every command takes", () => {
  it.each([
    [["--plain", "plan"], ["plan"], { plain: true }],
    [["plan", "-q", "-v"], ["plan"], { quiet: true, verbose: true }],
    [["-w", "shop", "server", "list"], ["server", "list", "-w", "shop"], {}],
    [["--env=prod", "-o", "json", "plan"], ["plan", "--env=prod", "-o", "json"], {}],
    [["server", "ssh", "web", "--", "ls", "-v"], ["server", "ssh", "web", "--", "ls", "-v"], {}],
    [["--no-input", "apply"], ["apply"], { noInput: true }],
  ])("%j", (typed, words, view) => {
    const read = readViewWords(typed);
    expect(read.words).toEqual(words);
    expect(read.view).toMatchObject(view);
  });

  it("colour help where it is wanted only", async () => {
    const coloured = (told: Told) => told.stdout.includes("\u001b[");
    expect(coloured(await cli(["help"]))).toBe(false);
    expect(coloured(await cli(["help", "--color"]))).toBe(true);
    expect(coloured(await cli(["help", "--color"], { env: { NO_COLOR: "1" } }))).toBe(true);
    expect(coloured(await cli(["help", "--no-color"], { env: { FORCE_COLOR: "1" } }))).toBe(false);
    expect(coloured(await cli(["help", "--plain"], { env: { FORCE_COLOR: "1" } }))).toBe(false);
  });
});

describe("preferences", () => {
  it("of a person hold until something else is typed", async () => {
    const folder = await mkdtemp(join(tmpdir(), "preferences-"));
    await mkdir(join(folder, "provisioning"));
    const told = async (words: string[], env: Record<string, string> = {}) =>
      (await cli(words, { env: { XDG_CONFIG_HOME: folder, ...env } })).stdout;
    expect((await told(["shortcuts"])).startsWith("[")).toBe(false);
    expect((await told(["shortcuts"], { PROVISIONING_OUTPUT_FORMAT: "json" })).startsWith("[")).toBe(true);
    await writeFile(
      join(folder, "provisioning", "user_config.yaml"),
      "config:\n  output:\n    format: json\n    color: always\n",
    );
    expect((await told(["shortcuts"])).startsWith("[")).toBe(true);
    expect((await told(["shortcuts", "-o", "table"])).startsWith("[")).toBe(false);
    expect(await told(["help"])).toContain("\u001b[");
    expect(await told(["help", "--no-color"])).not.toContain("\u001b[");
    expect(await told(["help"], { NO_COLOR: "1" })).not.toContain("\u001b[");
    await writeFile(join(folder, "provisioning", "user_config.yaml"), "config:\n  output:\n    format: xml\n");
    expect((await told(["shortcuts"])).startsWith("[")).toBe(false);
    await rm(folder, { recursive: true });
  });
});

/** An address is one word, however long. */
function isBreakable(line: string): boolean {
  return !line.includes("://") && !line.startsWith("Documentation");
}

/** Words of a shell line with single quotes. */
function split(line: string): string[] {
  return [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain = ""]) => quoted ?? plain);
}
