/** The commands of the configuration: what they print, their exit codes, what becomes of the files. */

import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { CliContext } from "../cli-context.js";
import { runWords } from "../command/run.js";

const platformRoot = fileURLToPath(new URL("../../../../", import.meta.url)).replace(/\/$/, "");

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "config-command-"));
  write("config/provisioning.yaml", "# Ours.\nservers:\n  default_plan: small\n");
  write("infra/shop/main.k", "");
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(path: string, text: string): string {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
  return join(folder, path);
}
const configuration = () => readFileSync(join(folder, "config/provisioning.yaml"), "utf8");

async function config(words: readonly string[], env: Readonly<Record<string, string>> = {}) {
  let [stdout, stderr] = ["", ""];
  const process: CliContext["process"] = {
    stdout: { write: (text) => void (stdout += text) },
    stderr: { write: (text) => void (stderr += text) },
    // Nothing but a home is needed.
    env: { HOME: join(folder, "home"), ...env },
  };
  const stdin = {} as CliContext["stdin"];
  await runWords({ process, stdin, currentDir: folder, platformRoot, version: "0.0.0" }, ["config", ...words], {
    isFolder: () => false,
  });
  return { code: Number(process.exitCode), stdout, stderr };
}

describe("provisioning config", () => {
  it("prints values alone, and places for programs", async () => {
    expect(await config(["get", "servers.default_plan"])).toMatchObject({ code: 0, stdout: "small\n" });
    const { stdout } = await config(["get", "servers.default_plan", "-o", "json"], {
      PROVISIONING_SERVERS_DEFAULT_PLAN: "large",
    });
    expect(JSON.parse(stdout)).toEqual([{ key: "servers.default_plan", value: "large", raw: "large", layer: "variables" }]);
  });

  it("sets what fits, and says when a higher layer has the last word", async () => {
    const set = await config(["set", "servers.default_plan", "medium"], { PROVISIONING_SERVERS_DEFAULT_PLAN: "large" });
    expect(set).toMatchObject({ code: 0, stdout: expect.stringContaining("That layer has the last word here.") });
    expect(configuration()).toBe("# Ours.\nservers:\n  default_plan: medium\n");
    expect(await config(["set", "servers.default_plan", "huge"])).toMatchObject({
      code: 3,
      stderr: expect.stringContaining("CONFIG_TYPE"),
    });
    expect(await config(["set", "servers.default_plam", "small"])).toMatchObject({
      code: 64,
      stderr: expect.stringContaining("Did you mean servers.default_plan?"),
    });
    expect(configuration()).toBe("# Ours.\nservers:\n  default_plan: medium\n");
  });

  it("validates with exit code 3 for errors and 0 for warnings", async () => {
    expect(await config(["validate"])).toMatchObject({ code: 0 });
    write("config/prod-defaults.toml", "[storage.postgres]\npassword = 'hunter2'\n");
    const warned = await config(["validate"]);
    expect(warned).toMatchObject({ code: 0, stdout: expect.stringContaining("CONFIG_SECRET") });
    expect(warned.stdout).not.toContain("hunter2");
    write("config/dev-defaults.toml", "[storage]\ntype = 'tape'\n");
    expect(await config(["validate"])).toMatchObject({ code: 3, stdout: expect.stringContaining("dev-defaults.toml:2:1") });
  });

  it("refuses an environment that there is not", async () => {
    write("config/prod-defaults.toml", "");
    const { code, stderr } = await config(["list", "--env", "prd"]);
    expect([code, stderr]).toEqual([3, expect.stringContaining("Did you mean prod?")]);
  });

  it("edits a copy, and keeps the file when it has new mistakes", async () => {
    const editor = (line: string) => {
      const file = write("editor.sh", `#!/bin/sh\n${line}\n`);
      chmodSync(file, 0o755);
      return { EDITOR: `${file} --wait`, PATH: process.env.PATH ?? "" };
    };
    const good = await config(["edit"], editor('test "$1" = --wait && sed -i s/small/large/ "$2"'));
    expect(good).toMatchObject({ code: 0, stdout: expect.stringContaining("is saved") });
    expect(configuration()).toBe("# Ours.\nservers:\n  default_plan: large\n");
    const bad = await config(["edit"], editor('sed -i s/large/huge/ "$2"'));
    expect(bad).toMatchObject({ code: 3, stderr: expect.stringContaining("CONFIG_TYPE") });
    expect(configuration()).toBe("# Ours.\nservers:\n  default_plan: large\n");
    expect(await config(["edit"], editor("exit 3"))).toMatchObject({ code: 1, stderr: expect.stringContaining("EDITOR_FAILED") });
    expect(await config(["edit"], { EDITOR: "/nowhere/editor" })).toMatchObject({ code: 1 });
  });

  it("prints a schema to which nothing is added", async () => {
    const { stdout } = await config(["schema"]);
    expect(Object.keys(JSON.parse(stdout) as object)).toEqual(["$schema", "title", "type", "properties", "additionalProperties"]);
  });
});
