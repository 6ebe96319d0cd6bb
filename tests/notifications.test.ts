/** The end of a run is told: to a real server, and to a program that stands where the desktop's is. No servers are needed. */

import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { addInfraWithoutServers } from "../core/actions/src/testing/infra-without-servers.js";
import { runHere } from "./support/in-process.js";
import type { Result } from "./support/platform.js";

const SECRET_PATH = "/services/T0/hidden-part";
const received: { readonly path: string; readonly key: unknown; readonly body: Readonly<Record<string, unknown>> }[] = [];
let server: Server;
let folder: string;
let workspace: string;
let env: Record<string, string | undefined>;
let status = 200;

beforeAll(async () => {
  server = createServer((request, response) => {
    let text = "";
    request.on("data", (part: Buffer) => (text += part.toString()));
    request.on("end", () => {
      const body = JSON.parse(text) as Readonly<Record<string, unknown>>;
      received.push({ path: request.url ?? "", key: request.headers["idempotency-key"], body });
      response.writeHead(status).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  folder = await mkdtemp(join(tmpdir(), "provisioning-told-"));
  workspace = join(folder, "shop");
  const desktop = join(folder, "bin");
  await mkdir(desktop);
  await writeFile(join(desktop, "notify-send"), `#!/bin/sh\nfor word in "$@"; do echo "$word"; done >> ${folder}/desktop\n`);
  await chmod(join(desktop, "notify-send"), 0o755);
  env = {
    PATH: `${desktop}:${process.env.PATH ?? ""}`,
    XDG_CONFIG_HOME: join(folder, "user"),
    NO_COLOR: "1",
    HOOK: `http://127.0.0.1:${(server.address() as AddressInfo).port}${SECRET_PATH}`,
    PROVISIONING_NOTIFICATIONS_WEBHOOK: "env://HOOK",
    PROVISIONING_NOTIFICATIONS_AFTER: "0",
    PROVISIONING_NOTIFICATIONS_ALLOW_PRIVATE_ADDRESSES: "yes",
    PROVISIONING_RUN_RETRY_MAX_ATTEMPTS: "1",
  };
  expect((await run(["workspace", "init", "shop", "--dir", workspace], { cwd: folder })).code).toBe(0);
  await addInfraWithoutServers(workspace);
  const steps = [{ name: "decide", task: "provisioning.evaluate", params: { condition: "done = True" } }];
  const document = { apiVersion: "provisioning/v1", kind: "Workflow", metadata: { name: "decide" }, spec: { steps } };
  await writeFile(join(workspace, "decide.json"), JSON.stringify(document));
});
beforeEach(async () => {
  received.length = 0;
  status = 200;
  await rm(join(folder, "desktop"), { force: true });
});
afterAll(async () => {
  await new Promise((resolve) => server.close(resolve));
  await rm(folder, { recursive: true, force: true });
});

interface Changes {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
}

const run = (words: readonly string[], { cwd, env: more }: Changes = {}): Promise<Result> =>
  runHere(words, { currentDir: cwd ?? workspace, env: { ...env, ...more } });
const desktop = () => readFile(join(folder, "desktop"), "utf8").catch(() => "");

describe("the end of a run", () => {
  it.each([
    { words: ["workflow", "run", "decide.json"], code: 0, name: "decide", outcome: "completed" },
    { words: ["batch", "submit", "decide.json", "--watch"], code: 0, name: "decide", outcome: "completed" },
    { words: ["apply", "--infra", "empty", "--yes"], code: 1, name: "apply empty", outcome: "failed" },
  ])("is sent to the webhook: $words", async ({ words, code, name, outcome }) => {
    const result = await run(words);
    expect(result.code, result.stderr).toBe(code);
    expect(received).toHaveLength(1);
    const [{ path, key, body }] = received as [(typeof received)[0]];
    expect(path).toBe(SECRET_PATH);
    expect(body).toMatchObject({
      event: "run.ended",
      name,
      outcome,
      workspace: "shop",
      text: expect.stringContaining(name) as string,
    });
    expect(key).toBe(body.run);
    expect(`${result.stdout}${result.stderr}`).not.toContain("hidden-part");
    expect(await desktop()).toBe("");
  });

  it("is not told of a run that was short, by default", async () => {
    expect((await run(["workflow", "run", "decide.json"], { env: { PROVISIONING_NOTIFICATIONS_AFTER: undefined } })).code).toBe(
      0,
    );
    expect(received).toEqual([]);
  });

  it("is not told of a plan, or of a run that is only submitted", async () => {
    await run(["apply", "--infra", "empty", "--check"]);
    await run(["workflow", "run", "decide.json", "--no-wait"]);
    expect(received).toEqual([]);
  });

  it("is shown on the desktop", async () => {
    const options = { env: { PROVISIONING_NOTIFICATIONS_DESKTOP: "true", PROVISIONING_NOTIFICATIONS_WEBHOOK: "" } };
    const { code, stderr } = await run(["workflow", "run", "decide.json"], options);
    expect([code, stderr.includes("!")]).toEqual([0, false]);
    expect((await desktop()).split("\n").slice(0, 3)).toEqual(["--app-name=provisioning", "--", "decide is done"]);
    expect(received).toEqual([]);
  });

  it.each<[string, Readonly<Record<string, string | undefined>>, string]>([
    ["a private address", { PROVISIONING_NOTIFICATIONS_ALLOW_PRIVATE_ADDRESSES: "no" }, "such addresses are not called"],
    ["a secret that is missing", { HOOK: undefined }, "env://HOOK cannot be read"],
    ["no desktop program", { PROVISIONING_NOTIFICATIONS_DESKTOP: "true", PATH: "/nowhere" }, "notify-send is not installed"],
  ])("that cannot be told is a warning, with the same exit code: %s", async (_, more, text) => {
    const { code, stdout, stderr } = await run(["workflow", "run", "decide.json", "-o", "json"], { env: more });
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ outcome: "completed" });
    expect(stderr).toContain(text);
    expect(stderr).not.toContain("hidden-part");
  });

  it("that the webhook refuses is a warning too", async () => {
    status = 500;
    const { code, stderr } = await run(["workflow", "run", "decide.json"]);
    expect([code, stderr.includes("it answered 500")]).toEqual([0, true]);
  });

  it("leaves the address of the webhook in no file", async () => {
    const entries = await readdir(workspace, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
    const texts = await Promise.all(files.map((file) => readFile(file, "latin1")));
    expect(files.filter((_, at) => texts[at]?.includes("hidden-part"))).toEqual([]);
  });
});
