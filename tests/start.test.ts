/** The process of a command: its streams, and the stored code of its start, which is taken, and on which nothing depends. */

import { execFile, spawn } from "node:child_process";
import { cp, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { nodeFlags } from "../core/cli/src/commands/orchestrator/node-flags.js";
import { root } from "./support/platform.js";

const execute = promisify(execFile);
const cli = join(root, "core", "cli");

/** Loads the command as its launcher does, and prints for each script whether V8 refused what was stored. */
const LOOK = `
  const { loadScript } = require(process.argv[1]);
  const refused = {};
  process.on("exit", () => process.stderr.write(JSON.stringify(refused)));
  const [start, ...words] = process.argv.slice(2);
  process.argv = [process.argv[0], start, ...words];
  loadScript(start, (script, file) => { refused[require("node:path").basename(file)] = script.cachedDataRejected ?? "nothing stored"; });
`;

/** The exit code, and what else was said. Nobody reads the streams that are `closed`. */
async function withClosed(closed: "stdout" | "stderr", ...words: string[]): Promise<{ code: number | null; said: string }> {
  const child = spawn(process.execPath, [join(cli, "bundle/provisioning.cjs"), ...words], { stdio: ["ignore", "pipe", "pipe"] });
  child[closed].destroy();
  let said = "";
  (closed === "stdout" ? child.stderr : child.stdout).on("data", (part: Buffer) => (said += part.toString()));
  const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
  return { code, said };
}

describe("a pipe that nobody reads any more", () => {
  it.each([[["sc"]], [["commands", "-o", "json"]], [["help", "plan"]]])("ends %j without a word", async (words) => {
    expect(await withClosed("stdout", ...words)).toEqual({ code: 141, said: "" });
  });

  it("does not stop a command when only its talk is not read", async () => {
    expect(await withClosed("stderr", "servr", "list")).toEqual({ code: 64, said: "" });
    expect((await withClosed("stderr", "sc")).code).toBe(0);
  });
});

describe("the stored code of the start", () => {
  let copy: string;
  beforeAll(async () => {
    copy = await mkdtemp(join(tmpdir(), "provisioning-start-"));
    for (const folder of ["bundle", "launcher"]) await cp(join(cli, folder), join(copy, folder), { recursive: true });
  });
  afterAll(() => rm(copy, { recursive: true, force: true }));

  const look = async (folder: string, ...words: string[]) => {
    const load = join(folder, "launcher/load-script.js");
    const env = { ...process.env, XDG_CONFIG_HOME: copy };
    const start = join(folder, "bundle/provisioning.cjs");
    const { stdout, stderr } = await execute(process.execPath, ["-e", LOOK, load, start, ...words], { cwd: copy, env });
    return { stdout, refused: JSON.parse(stderr) as Record<string, boolean | string> };
  };

  it.each([
    [["--help"], "provisioning.cjs"],
    [["workspace", "list"], "workspace-workspaces.cjs"],
    [["taskserv", "list", "--all"], "taskserv-list.cjs"],
    [["config", "get", "servers.default_plan"], "config-read.cjs"],
  ])("is taken by %j", async (words, script) => {
    const { refused } = await look(cli, ...words);
    expect(refused).toMatchObject({ "provisioning.cjs": false, [script]: false });
  });

  it("is taken by the service, with the flags that it is started with", async () => {
    const service = join(root, "platform/orchestrator/bundle/main.cjs");
    const tell = "process.stdout.write(String(script.cachedDataRejected)); process.exit()";
    const text = `require(process.argv[1]).loadScript(process.argv[2], (script) => { ${tell} })`;
    const flags = nodeFlags({}, availableParallelism());
    const env = { ...process.env, NODE_OPTIONS: "" };
    const words = [...flags, "-e", text, join(cli, "launcher/load-script.js"), service];
    expect((await execute(process.execPath, words, { env })).stdout).toBe("false");
  });

  it("is not needed: what is damaged or missing is compiled", async () => {
    const { stdout: expected } = await look(copy, "help", "server");
    const stored = (await readdir(join(copy, "bundle"))).filter((name) => name.endsWith(".code"));
    expect(stored.length).toBeGreaterThan(4);
    for (const name of stored) await writeFile(join(copy, "bundle", name), "no code");
    expect(await look(copy, "help", "server")).toMatchObject({ stdout: expected, refused: { "provisioning.cjs": true } });
    for (const name of stored) await rm(join(copy, "bundle", name));
    expect(await look(copy, "help", "server")).toMatchObject({
      stdout: expected,
      refused: { "provisioning.cjs": "nothing stored" },
    });
  });
});
