/** A secret that gets another value: the plan tells that it did, and the values are nowhere. */

import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Plan } from "@provisioning/model";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fixture, makeWorkspace, obstacle, type Result, type TestWorkspace } from "./support/platform.js";

const SECRETS = ["Trombone-4417-first", "Clarinet-9032-second"] as const;

describe.skipIf(obstacle !== undefined)("another value of a secret", () => {
  let workspace: TestWorkspace;
  let elsewhere: string;
  const shown: string[] = [];

  const run = async (...words: string[]): Promise<Result> => {
    const result = await workspace.run(...words);
    shown.push(result.stdout, result.stderr);
    return result;
  };
  const write = (secret: string) => writeFile(join(elsewhere, "password"), secret);

  beforeAll(async () => {
    elsewhere = await mkdtemp(join(tmpdir(), "provisioning-secret-"));
    await write(SECRETS[0]);
    workspace = await makeWorkspace(fixture("small"));
    const redis = `{name = "redis", config = {password = "file://${elsewhere}/password"}}`;
    await workspace.edit("infra/small/main.k", (text) =>
      text.replace(/ {8}\{name = "two".*\n/, "").replace('["redis"]', () => `[${redis}]`),
    );
    expect((await run("apply", "--yes", "--debug")).code).toBe(0);
    expect((await run("plan")).stdout).toContain("nothing changes");
  });
  afterAll(async () => {
    await workspace.destroy();
    await rm(elsewhere, { recursive: true });
  });

  it("is shown as two digests, with the rest of the change", async () => {
    const kept = join(workspace.dir, "small.plan");
    await run("plan", "-o", kept);
    await write(SECRETS[1]);
    await workspace.edit("infra/small/main.k", (text) => text.replace("config = {", "config = {databases = 8, "));
    expect((await run("apply", kept)).code).toBe(7);
    const { stdout } = await run("plan", "--html", join(workspace.dir, "plan.html"));
    expect(stdout).toMatch(/config\.password: \(secret\) h:[0-9a-f]{12} → h:[0-9a-f]{12} {2}infra\/small\/main\.k:\d+\n/);
    expect(stdout).toMatch(/config\.databases: \(none\) → 8/);
    await run("plan", "-o", kept);
    const plan = JSON.parse((await run("plan", "-o", "json")).stdout) as Plan;
    const redis = plan.changes.find(({ address }) => address === "taskserv.one.redis");
    const secret = redis?.fields.find(({ path }) => path === "config.password")?.secret;
    expect(secret?.before).toMatch(/^h:/);
    expect(secret?.after).not.toBe(secret?.before);
    expect(redis?.drift).toBe(false);
  });

  it("is told when it is the only change, and made", async () => {
    await workspace.edit("infra/small/main.k", (text) => text.replace("databases = 8, ", ""));
    const { stdout } = await run("plan");
    expect(stdout).toContain("another secret: config.password");
    expect((await run("apply", "--yes", "--debug")).code).toBe(0);
    expect((await run("plan")).stdout).toContain("nothing changes");
    await run("state", "show", "taskserv.one.redis", "-o", "json");
    await run("workflow", "logs", "last");
  });

  it("leaves neither value in what was shown, or in any file", async () => {
    const base = dirname(workspace.dir);
    const entries = await readdir(base, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
    const names = files.map((file) => file.slice(base.length + 1));
    expect(names).toEqual(expect.arrayContaining(["workspace/small.plan", "workspace/plan.html"]));
    const forms = SECRETS.flatMap((secret) => [
      secret,
      Buffer.from(secret).toString("base64"),
      Buffer.from(secret).toString("hex"),
    ]);
    const isTold = (text: string) => forms.some((form) => text.includes(form));
    const contents = await Promise.all(files.map(async (file) => ({ file, text: await readFile(file, "latin1") })));
    expect(contents.filter(({ text }) => isTold(text)).map(({ file }) => file)).toEqual([]);
    expect(isTold(shown.join("\n"))).toBe(false);
  });
});
