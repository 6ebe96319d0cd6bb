/** Completion as the shells ask for it: words of the table, and names that exist right now. */

import { execFile, execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fixture, root } from "./support/platform.js";

const execute = promisify(execFile);
const cli = join(root, "core", "cli", "provisioning");

describe("completion", () => {
  let home: string;
  let env: NodeJS.ProcessEnv;
  let dir: string;

  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), "provisioning-completion-"));
    dir = join(home, "shop");
    env = {
      ...process.env,
      HOME: home,
      XDG_CONFIG_HOME: join(home, "config"),
      PATH: `${join(root, "core", "cli")}:${process.env.PATH ?? ""}`,
    };
    await provisioning("workspace", "init", "shop", "--dir", dir, "--from", fixture("small"));
  });
  afterAll(() => rm(home, { recursive: true, force: true }));

  const provisioning = async (...words: string[]): Promise<string> =>
    (await execute(process.execPath, [cli, ...words], { cwd: existsSync(dir) ? dir : home, env })).stdout;
  const proposals = async (...typed: string[]): Promise<string[]> =>
    (await provisioning("__complete", "--", ...typed))
      .split("\n")
      .flatMap((line) => (line === "" ? [] : [line.split("\t")[0] as string]));

  it("proposes what exists: workspaces, infras, servers, taskservs, settings", async () => {
    expect(await proposals("workspace", "switch", "")).toEqual(["shop"]);
    expect(await proposals("plan", "--infra", "")).toContain("small");
    expect(await proposals("server", "delete", "")).toEqual(["one", "two"]);
    expect(await proposals("server", "delete", "t")).toEqual(["two"]);
    expect(await proposals("taskserv", "create", "red")).toEqual(["redis"]);
    expect(await proposals("plan", "--infra", "small", "--plan", "")).toEqual(["small", "medium", "large", "xlarge"]);
  });

  it("sees a definition that changed", async () => {
    await writeFile(
      join(dir, "infra", "small", "main.k"),
      'import provisioning.settings as cfg\nsettings: cfg.Settings = {infra = {name = "small", provider = "local"}, servers = [{name = "three"}]}\n',
    );
    expect(await proposals("ssh", "")).toEqual(["three"]);
  });

  it("never fails and says nothing on stderr, whatever is typed", async () => {
    await writeFile(join(dir, "infra", "small", "broken.k"), "this is no KCL {{{\n");
    for (const typed of [
      ["nothing", "here", ""],
      ["server", "delete", ""],
      ["-w", "none", "server", "ssh", ""],
      ["--", ""],
      ["\u001b[31m"],
    ]) {
      const { stdout, stderr } = await execute(process.execPath, [cli, "__complete", "--", ...typed], { cwd: dir, env });
      expect([stderr, stdout.includes("\u001b")]).toEqual(["", false]);
    }
    await rm(join(dir, "infra", "small", "broken.k"));
  });

  it("works in bash", async () => {
    const script = `eval "$(provisioning completions bash)"
complete_words() { COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _provisioning; echo "\${COMPREPLY[@]}"; }
complete_words provisioning server li
complete_words provisioning server list --output=j
complete_words provisioning ssh ""`;
    const { stdout } = await execute("bash", ["-c", script], { cwd: dir, env });
    expect(stdout.split("\n").slice(0, 3)).toEqual(["list", "--output=json", "three"]);
  });

  it.skipIf(!has("zsh"))("works in zsh (skipped where zsh is not installed)", async () => {
    await provisioning("completions", "zsh").then((text) => writeFile(join(home, "_provisioning"), text));
    // Stand-ins for what zsh offers only while somebody types.
    const script = `compdef() { }; _describe() { print -r -- "$proposals[1]" }; _files() { print files }
source ${join(home, "_provisioning")}
complete_words() { words=("$@"); CURRENT=$#; _provisioning; }
complete_words provisioning server li
complete_words provisioning server list --output=j
complete_words provisioning ssh ""
complete_words provisioning plan --inf
complete_words provisioning apply --file ""`;
    const { stdout } = await execute("zsh", ["-f", "-c", script], { cwd: dir, env });
    expect(stdout.trimEnd().split("\n")).toEqual([
      "list:List servers",
      "--output=json",
      "three:small",
      "--infra:Infra to work on; the only one when missing",
      "files",
    ]);
  });

  it.skipIf(!has("fish"))("works in fish (skipped where fish is not installed)", async () => {
    await provisioning("completions", "fish").then((text) => writeFile(join(home, "provisioning.fish"), text));
    const words = `source ${join(home, "provisioning.fish")}; complete -C 'provisioning server li'`;
    const { stdout } = await execute("fish", ["--no-config", "-c", words], { cwd: dir, env });
    expect(stdout).toMatch(/^list\t/);
  });

  it.skipIf(!has("nu"))("works in Nushell (skipped where nu is not installed)", async () => {
    const file = join(home, "config.nu");
    const others =
      "$env.config.completions.external.completer = {|words| [($words | str join '+')] }\nalias list = provisioning server list\n";
    await provisioning("completions", "nushell").then((text) => writeFile(file, others + text));
    const proposed = {
      "provisioning server li": ["list"],
      "provisioning ssh ": ["three"],
      "provisioning server delete 't": ["three"],
      "provisioning -w shop plan --infra ": ["small"],
      "provisioning plan --inf": ["--infra"],
      "echo 1 | provisioning server list --output=j": ["--output=json"],
      "^provisioning plan --infra small --plan la": ["large"],
      [`${cli} serv`]: ["server"],
      "list --outp": ["--output"],
      "provisioning apply --file kcl": ["kcl.mod"],
      "git checkout m": ["git+checkout+m"],
    };
    const words = "$env.LINES | from json | each {|line| $line | commandline complete } | to json --raw";
    const { stdout } = await execute("nu", ["--config", file, "-c", words], {
      cwd: dir,
      env: { ...env, LINES: JSON.stringify(Object.keys(proposed)) },
    });
    expect(JSON.parse(stdout)).toEqual(Object.values(proposed));
  });
});

function has(program: string): boolean {
  try {
    execFileSync(program, ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}
