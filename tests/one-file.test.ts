/** The one-file build: made here, and used where there is no installation. `npm run test:one-file` runs more with it. */

import { execFile } from "node:child_process";
import { cp, mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { root } from "./support/platform.js";

const execute = promisify(execFile);

const folder = await mkdtemp(join(tmpdir(), "provisioning-one-file-"));
const program = join(folder, "provisioning");
const obstacle = await whyNone();

/** The runtime comes from the registry of packages, unless it is in the cache. In CI there has to be one. */
async function whyNone(): Promise<string | undefined> {
  const script = `
    const { installedRuntime, ownSystem } = await import(process.argv[1]);
    await installedRuntime(ownSystem).catch((error) => { console.error(error.message); process.exit(1); });`;
  try {
    await execute(process.execPath, ["--input-type=module", "-e", script, join(root, "tools/one-file/runtime.mjs")]);
    return undefined;
  } catch (error) {
    const lines = (error as { stderr: string }).stderr.split("\n");
    const reason = `the runtime cannot be installed: ${lines.find((line) => line.includes("npm error")) ?? lines[0]}`;
    if (process.env.CI !== undefined) throw new Error(reason, { cause: error });
    return reason;
  }
}

/** A machine without Node, and without what others left in caches. */
const environment = (name: string) => ({
  PATH: "/usr/bin:/bin",
  HOME: join(folder, name),
  NO_COLOR: "1",
});

async function run(words: readonly string[], home = "home", more: Readonly<Record<string, string>> = {}) {
  const options = { cwd: folder, env: { ...environment(home), ...more } };
  return execute(program, words, options).catch((error: { code: number; stdout: string; stderr: string }) => error);
}

afterAll(() => rm(folder, { recursive: true, force: true }));

describe.skipIf(obstacle !== undefined)(`the one-file build${obstacle === undefined ? "" : ` (skipped: ${obstacle})`}`, () => {
  beforeAll(async () => {
    await execute(process.execPath, [join(root, "tools/one-file/build.mjs"), "--built", "--out", program]);
    await cp(join(root, "examples", "quickstart"), join(folder, "quickstart"), { recursive: true });
    await writeFile(join(folder, "a.k"), "import provisioning.settings as cfg\na = typeof(cfg.Settings)\n");
  });

  it("shows help and its version without a look at the disk", async () => {
    for (const words of [["--help"], ["sc"], ["version"], ["plan", "--help"]]) {
      const { stdout } = await run(words, "nowhere");
      expect(stdout).toMatch(/provisioning/i);
    }
    await expect(stat(join(folder, "nowhere"))).rejects.toThrow("ENOENT");
  });

  it("refuses words that it does not know, with the code of wrong usage", async () => {
    expect(await run(["nonsense"])).toMatchObject({ code: 64 });
    expect(await run(["plan", "--nonsense"])).toMatchObject({ code: 64 });
  });

  it("unpacks the platform's files once, also when several need them at once", async () => {
    const several = await Promise.all([1, 2, 3, 4].map(() => run(["kcl", "run", "a.k"], "several")));
    for (const { stdout, stderr } of several) expect({ stdout, stderr }).toEqual({ stdout: "a: type\n", stderr: "" });
    const cache = join(folder, "several", ".cache", "provisioning");
    const unpacked = await readdir(cache);
    expect(unpacked).toHaveLength(1);
    const { mode } = await stat(join(cache, unpacked[0] ?? ""));
    expect(mode & 0o777).toBe(0o700);
  });

  it("says what to do where nothing can be unpacked", async () => {
    await writeFile(join(folder, "occupied"), "");
    const { stderr } = await run(["taskserv", "list", "--all"], "occupied");
    expect(stderr).toContain("PLATFORM_FILES");
    expect(stderr).toContain("XDG_CACHE_HOME");
  });

  it("makes a workspace and reads it with taskservs, templates and guides of its own", async () => {
    const made = await run(["workspace", "init", "shop", "--dir", "shop", "--from", "quickstart"]);
    expect(made).toMatchObject({ stderr: "" });
    const { stdout: servers } = await run(["workspace", "info", "--workspace", "shop", "-o", "json"]);
    expect(JSON.parse(servers)).toMatchObject({ schema_version: 1 });
    expect((await run(["taskserv", "list", "--all"])).stdout).toContain("postgresql");
    expect((await run(["guide"])).stdout).toContain("from-scratch");
    expect((await run(["provider", "list"])).stdout).toContain("local");
  });

  it("is the service as well, which a proxy for other places does not hide", async () => {
    const workspace = ["--workspace", join(folder, "served")];
    const behindProxy = { HTTP_PROXY: "http://127.0.0.1:1" };
    await run(["workspace", "init", "served", "--dir", "served", "--from", "quickstart"]);
    const started = await run(["orchestrator", "start", "--background", "--port", "0", ...workspace], "home", behindProxy);
    const status = await run(["orchestrator", "status", ...workspace], "home", behindProxy);
    const stopped = await run(["orchestrator", "stop", ...workspace]);
    expect(started).toMatchObject({ stderr: "", stdout: expect.stringContaining("The service runs at") });
    expect(status.stdout).toContain("storage filesystem");
    expect(stopped).toMatchObject({ stderr: "", stdout: expect.stringContaining("has ended") });
  });
});
