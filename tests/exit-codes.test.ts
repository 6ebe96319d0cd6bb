/** What each exit code stands for, by commands that end with it; and the page that says so. No servers are needed. */

import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { problemOf } from "@provisioning/api";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { addInfraWithoutServers } from "../core/actions/src/testing/infra-without-servers.js";
import { EXIT } from "../core/cli/src/exit-codes.js";
import { runHere } from "./support/in-process.js";
import { type Result, root } from "./support/platform.js";

let folder: string;
let workspace: string;

const run = (words: readonly string[]): Promise<Result> =>
  runHere(words, {
    currentDir: workspace,
    env: { XDG_CONFIG_HOME: join(folder, "user"), NO_COLOR: "1", PROVISIONING_RUN_RETRY_MAX_ATTEMPTS: "1" },
  });

const EMPTY = ["--infra", "empty"];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "provisioning-codes-"));
  workspace = folder;
  expect((await run(["workspace", "init", "shop", "--dir", join(folder, "shop")])).code).toBe(0);
  workspace = join(folder, "shop");
  await addInfraWithoutServers(workspace);
  await mkdir(join(workspace, "infra", "broken"));
  await writeFile(join(workspace, "infra", "broken", "main.k"), "settings = {\n");
  await writeFile(join(workspace, "lint.k"), "import math\n\na = 1\n");
  await writeFile(join(workspace, "quiet.k"), "a = 1\n");
  const steps = [{ name: "decide", task: "provisioning.evaluate", params: { condition: "done = True" } }];
  const document = { apiVersion: "provisioning/v1", kind: "Workflow", metadata: { name: "decide" }, spec: { steps } };
  await writeFile(join(workspace, "decide.json"), JSON.stringify(document));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("exit codes", () => {
  it.each<{ readonly words: readonly string[]; readonly code: keyof typeof EXIT }>([
    { words: ["plan", ...EMPTY], code: "ok" },
    { words: ["plan", ...EMPTY, "--strict"], code: "ok" },
    { words: ["plan", ...EMPTY, "--detailed-exitcode"], code: "changes" },
    { words: ["plan", ...EMPTY, "--detailed-exitcode", "--strict"], code: "changes" },
    { words: ["plan", "--infra", "broken", "--strict"], code: "preflight" },
    { words: ["plan", "--infra", "nope"], code: "usage" },
    { words: ["apply", ...EMPTY, "--yes"], code: "failure" },
    { words: ["apply", ...EMPTY], code: "usage" },
    { words: ["kcl", "lint", "lint.k"], code: "ok" },
    { words: ["kcl", "lint", "lint.k", "--strict"], code: "warnings" },
    { words: ["kcl", "lint", "quiet.k", "--strict"], code: "ok" },
    { words: ["kcl", "lint", "infra/broken", "--strict"], code: "failure" },
    { words: ["workflow", "validate", "decide.json", "--strict"], code: "ok" },
    { words: ["config", "validate", "--strict"], code: "ok" },
  ])("$code: $words", async ({ words, code }) => {
    const result = await run(words);
    expect(result.code, `${result.stdout}${result.stderr}`).toBe(EXIT[code]);
  });

  it("tell of warnings in what is written, and of mistakes before them", async () => {
    await rm(join(workspace, "infra", "broken"), { recursive: true });
    const file = join(workspace, "config", "provisioning.yaml");
    const before = await readFile(file, "utf8");
    await writeFile(file, `${before}\nnotifications:\n  webhook: https://chat.example.com/hidden\n`);
    for (const group of ["config", "workspace"]) {
      expect([group, (await run([group, "validate"])).code]).toEqual([group, EXIT.ok]);
      expect([group, (await run([group, "validate", "--strict"])).code]).toEqual([group, EXIT.warnings]);
    }
    await writeFile(file, `${before}\nnotifications:\n  webhook: https://chat.example.com/hidden\n  afterr: 3\n`);
    for (const group of ["config", "workspace"]) {
      expect([group, (await run([group, "validate", "--strict"])).code]).toEqual([group, EXIT.preflight]);
    }
    await writeFile(file, before);
  });

  it("tell of warnings about a plan before its changes", async () => {
    expect((await run(["version", "lock"])).code).toBe(0);
    const file = join(workspace, "provisioning.lock");
    await writeFile(file, (await readFile(file, "utf8")).replace(/sha256:./g, "sha256:_"));
    const plan = (...words: string[]) => run(["plan", ...EMPTY, ...words]).then(({ code }) => code);
    expect(await plan()).toBe(EXIT.ok);
    expect(await plan("--strict")).toBe(EXIT.warnings);
    expect(await plan("--detailed-exitcode")).toBe(EXIT.changes);
    expect(await plan("--detailed-exitcode", "--strict")).toBe(EXIT.warnings);
    await rm(file);
  });

  it("are all on their page, and no others", async () => {
    const page = await readFile(join(root, "docs/user/reference/exit-codes.md"), "utf8");
    const listed = [...page.matchAll(/^\| (\d+) +\|/gm)].map(([, code]) => Number(code));
    expect(listed).toEqual(Object.values(EXIT).sort((left, right) => left - right));
  });
});

describe("a service that refuses", () => {
  let server: Server;
  let answer: { readonly status: number; readonly text: string };

  beforeAll(async () => {
    server = createServer((_, response) => response.writeHead(answer.status).end(answer.text));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const dir = join(workspace, "runtime", "orchestrator");
    await mkdir(dir, { recursive: true });
    const stat = await readFile("/proc/self/stat", "utf8");
    const startedAt = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const address = { url, pid: process.pid, startedAt, version: "0.0.0", workspace: "shop" };
    await writeFile(join(dir, "service.json"), JSON.stringify(address), { mode: 0o600 });
    await writeFile(join(dir, "token"), "a-token\n", { mode: 0o600 });
  });
  afterAll(() => new Promise((resolve) => server.close(resolve)));

  const problem = (code: string) => JSON.stringify(problemOf({ code, message: "No.", retry: "never" }));

  it.each([
    { status: 401, text: problem("TOKEN_WRONG"), says: "TOKEN_WRONG" },
    { status: 401, text: problem("TOKEN_MISSING"), says: "TOKEN_MISSING" },
    { status: 403, text: problem("HOST_REFUSED"), says: "HOST_REFUSED" },
    { status: 403, text: "<html>Forbidden</html>", says: "SERVICE_DENIED" },
    { status: 401, text: "", says: "SERVICE_DENIED" },
  ])("ends a command with 5: $status $says", async ({ says, ...answered }) => {
    answer = answered;
    const { code, stderr } = await run(["state", "list"]);
    expect([code, stderr.includes(says)]).toEqual([EXIT.denied, true]);
  });
});
