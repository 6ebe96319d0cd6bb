/** The commands about storages as processes: streams, exit codes, files. */

import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { commandWords, isCommandBuilt } from "../testing/built-command.js";

const [program, ...programWords] = commandWords;
const script = fileURLToPath(new URL("../../../../scripts/migrate-storage", import.meta.url));

let folder: string;
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "storage-command-")));
  mkdirSync(join(folder, "config"));
  writeFileSync(join(folder, "config", "provisioning.yaml"), "servers: {default_plan: small}\n");
});
afterEach(() => rmSync(folder, { recursive: true }));

const configuration = () => readFileSync(join(folder, "config", "provisioning.yaml"), "utf8");

function start(program: string, words: readonly string[], input = "", env: Readonly<Record<string, string>> = {}) {
  const environment = { PATH: process.env.PATH, HOME: folder, NODE: process.execPath, ...env };
  const { status, stdout, stderr } = spawnSync(program, words, { cwd: folder, input, encoding: "utf8", env: environment });
  return { status, stdout, stderr };
}
const storage = (words: readonly string[], input?: string, env?: Readonly<Record<string, string>>) =>
  start(program, [...programWords, "storage", ...words], input, env);

const TIMEOUT = { timeout: 60_000 };

describe.skipIf(!isCommandBuilt)(
  `provisioning storage${isCommandBuilt ? "" : " (skipped: the command is not bundled; npm run build)"}`,
  TIMEOUT,
  () => {
    it("shows what is used, as text and as data", () => {
      const { status, stdout } = storage(["info", "--storage-type", "rkvs", "--data-dir", "data"]);
      expect(status).toBe(0);
      expect(stdout).toContain("type         rkvs, which means filesystem\n");
      expect(stdout).toContain(join(folder, "data"));
      const { stdout: data } = storage(["info", "-o", "json"], "", { PROVISIONING_STORAGE_TYPE: "memory" });
      expect(JSON.parse(data)).toMatchObject({ type: "memory", runs: 0 });
    });

    it("says how to install what is missing", () => {
      const { status, stderr } = storage(["info", "--storage-type", "surrealdb-embedded", "--storage-packages-dir", "nowhere"]);
      expect(status).toBe(3);
      expect(stderr).toContain("STORE_PACKAGE_MISSING");
      expect(stderr).toContain("npm install");
    });

    it("warns of a password in a flag, takes one from standard input, and shows neither", () => {
      const server = ["info", "--storage-type", "postgres", "--postgres-host", "/nowhere"];
      const flag = storage([...server, "--postgres-password", "hunter2"]);
      expect(flag.stderr).toContain("Other users of this machine can see the password in --postgres-password");
      expect(flag.stderr).not.toContain("hunter2");
      const piped = storage([...server, "--postgres-password-file", "-"], "hunter2\n");
      expect(piped.stderr).not.toContain("Other users");
      expect(piped.stderr + piped.stdout).not.toContain("hunter2");
      expect([flag.status, piped.status]).toEqual([1, 1]);
    });

    it("refuses a type that there is not, with its place", () => {
      writeFileSync(join(folder, "config", "provisioning.yaml"), "storage:\n  type: tape\n");
      const { status, stderr } = storage(["info"]);
      expect(status).toBe(3);
      expect(stderr).toContain("config/provisioning.yaml:2");
      expect(stderr).toContain("surrealdb-embedded");
    });

    it("moves, checks and switches", () => {
      const dry = storage(["migrate", "--to", "filesystem", "--target-dir", "new", "--dry-run"]);
      expect(dry).toMatchObject({ status: 0, stdout: expect.stringContaining("Would copy 0 runs") });
      expect(existsSync(join(folder, "new"))).toBe(false);
      const moved = storage(["migrate", "--to", "filesystem", "--target-dir", "new", "--switch"]);
      expect(moved).toMatchObject({ status: 0, stdout: expect.stringContaining("The workspace uses the new storage.") });
      expect(configuration()).toContain("data_dir: new");
      expect(storage(["validate"])).toMatchObject({ status: 0, stdout: expect.stringContaining("All is well: 0 runs") });
    });

    it("ends with 1 when something is damaged, and names it", () => {
      storage(["migrate", "--to", "filesystem", "--target-dir", "new", "--switch"]);
      const [name = ""] = readdirSync(join(folder, "new", "journal"));
      writeFileSync(join(folder, "new", "journal", name), "no journal");
      const { status, stdout } = storage(["validate"]);
      expect(status).toBe(1);
      expect(stdout).toContain(`new/journal/${name}`);
    });

    it("asks only on a terminal", () => {
      expect(storage(["migrate", "--interactive"])).toMatchObject({
        status: 64,
        stderr: expect.stringContaining("CONFIRMATION_NEEDED"),
      });
    });

    it("is what scripts/migrate-storage calls, also outside of a workspace", () => {
      rmSync(join(folder, "config"), { recursive: true });
      const words = ["--from", "rkvs", "--to", "filesystem", "--source-dir", "./data", "--target-dir", "./new"];
      const look = start(script, ["validate", ...words]);
      expect(look).toMatchObject({ status: 0, stdout: expect.stringContaining("Would copy 0 runs") });
      expect(readdirSync(folder)).toEqual([]);
      expect(start(script, words)).toMatchObject({ status: 0, stdout: expect.stringContaining("both hold 0 runs") });
      expect(readdirSync(folder).sort()).toEqual(["data", "new"]);
    });

    it("has its flags on every command, unseen", () => {
      const { stdout } = start(program, [...programWords, "workflow", "list", "--help"]);
      expect(stdout).not.toContain("surrealdb");
      const listed = start(program, [...programWords, "workflow", "list", "--storage-type", "memory", "-o", "json"]);
      expect(listed).toMatchObject({ status: 0, stdout: "[]\n" });
    });
  },
);
