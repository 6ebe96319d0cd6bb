/** A configuration file that SOPS encrypted: it counts like any other, and what was encrypted in it is not shown. */

import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { protectFile, recipientsOf, sealed } from "@provisioning/security";
import { generateX25519Identity } from "age-encryption";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { invoke } from "../invoke.js";
import { openWorkspaceSession } from "../session.js";
import { passwordOf } from "../storage/password.js";
import { testContext, type TestContext } from "../testing/test-context.js";

const TEXT = `# Ours.
storage:
    type: postgres
    postgres:
        password: hunter2hunter2
servers:
    default_plan: medium
    labels:
        team: platypus
        note_unencrypted: shown
`;

let folder: string;
let key: string;
let file: string;
let context: TestContext;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "provisioning-layer-"));
  key = await generateX25519Identity();
  await invoke("workspace.create", testContext(folder), { name: "shop", dir: join(folder, "shop") });
  file = join(folder, "shop/config/provisioning.yaml");
});
afterAll(() => rm(folder, { recursive: true }));

async function encrypt(text: string, rule = {}): Promise<string> {
  const recipients = await recipientsOf({ keys: [key], looked: [] });
  return sealed(await protectFile(file, Buffer.from(text), { recipients, rule }), 0);
}

beforeEach(async () => {
  context = testContext(folder, {
    workspace: join(folder, "shop"),
    environment: { HOME: join(folder, "home"), XDG_CONFIG_HOME: join(folder, "user"), SOPS_AGE_KEY: key },
  });
  await writeFile(file, await encrypt(TEXT));
});

const entry = async (name: string) => (await invoke("config.get", context, { key: name }))[0];

describe("an encrypted configuration file", () => {
  it("counts, hides what was encrypted, and names the line of the file as it is", async () => {
    const session = await openWorkspaceSession(context);
    expect(session.config.get("servers.default_plan")).toBe("medium");
    expect(session.config.get("servers.labels")).toMatchObject({ team: "platypus", note_unencrypted: "shown" });
    expect(await passwordOf(session, "postgres")).toBe("hunter2hunter2");
    expect(session.redactor.text("a platypus of hunter2hunter2")).toBe("a [redacted] of [redacted]");
    expect(await entry("storage.postgres.password")).toMatchObject({ value: "(secret)", raw: "(secret)", file, line: 5 });
    expect(await entry("servers.default_plan")).toMatchObject({ value: "(secret)", layer: "workspace", line: 7 });
    const all = await Promise.all([
      invoke("config.list", context, {}),
      invoke("config.explain", context, { key: "servers.labels" }),
      invoke("config.explain", context, { key: "servers.default_plan" }),
      invoke("config.diff", context, {}),
      invoke("config.validate", context, {}),
    ]);
    expect(JSON.stringify(all)).not.toMatch(/platypus|hunter2|medium\\?",\\?"raw|ENC\[/);
    expect(all[4]).toMatchObject({ findings: [] });
  });

  it("shows what stands in the clear in it", async () => {
    await writeFile(file, await encrypt(TEXT, { encrypted_regex: "^password$" }));
    expect(await entry("servers.default_plan")).toMatchObject({ value: "medium" });
    expect(await entry("storage.postgres.password")).toMatchObject({ value: "(secret)" });
  });

  it("is opened with the key file that the rest of the configuration names", async () => {
    await mkdir(join(folder, "user/provisioning"), { recursive: true });
    await writeFile(join(folder, "own.txt"), `${key}\n`, { mode: 0o600 });
    const environment = {
      HOME: join(folder, "home"),
      XDG_CONFIG_HOME: join(folder, "user"),
      PROVISIONING_SECRETS_AGE_KEY_FILE: join(folder, "own.txt"),
    };
    const [found] = await invoke("config.get", { ...context, environment }, { key: "storage.type" });
    expect(found).toMatchObject({ layer: "workspace" });
  });

  it("is a finding like others when it cannot be opened or was changed", async () => {
    const without = { ...context, environment: { HOME: join(folder, "home"), XDG_CONFIG_HOME: join(folder, "user") } };
    await expect(invoke("config.get", without, { key: "servers.default_plan" })).rejects.toMatchObject({
      diagnostics: [{ code: "SOPS_KEY_MISSING", position: { file, line: 1 }, hint: expect.any(String) }],
    });
    await writeFile(file, (await readFile(file, "utf8")).replace("note_unencrypted: shown", "note_unencrypted: other"));
    await expect(invoke("config.get", context, { key: "servers.default_plan" })).rejects.toMatchObject({
      diagnostics: [{ code: "SOPS_MAC_MISMATCH" }],
    });
    await writeFile(file, (await encrypt(TEXT)).split("sops:")[0] as string);
    await expect(invoke("config.get", context, { key: "servers.default_plan" })).rejects.toMatchObject({
      diagnostics: [{ code: "SOPS_METADATA_INVALID" }],
    });
  });

  it("is not changed as a text", async () => {
    const before = await readFile(file, "utf8");
    const refused = { code: "CONFIG_ENCRYPTED", hint: `Edit it: provisioning sops ${file}` };
    await expect(invoke("config.set", context, { key: "servers.default_plan", value: "small" })).rejects.toMatchObject(refused);
    await expect(invoke("config.text", context, {})).rejects.toMatchObject(refused);
    await expect(invoke("config.replace", context, { text: "" })).rejects.toMatchObject(refused);
    expect(await readFile(file, "utf8")).toBe(before);
  });

  it("does not tell the value in what is wrong with it", async () => {
    await writeFile(
      file,
      await encrypt("servers:\n    default_plan: secretplan\nlocal:\n    image: '{{servers.default_plan}}'\n"),
    );
    const error: unknown = await invoke("config.get", context, { key: "servers" }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ diagnostics: [{ code: "CONFIG_TYPE" }, { code: "CONFIG_REFERENCE_SECRET" }] });
    expect(JSON.stringify(error)).not.toContain("secretplan");
  });

  it("cannot hold settings of taskservs, which are recorded", async () => {
    await writeFile(file, await encrypt("taskservs:\n    redis:\n        password: hunter2hunter2\n"));
    await expect(invoke("config.get", context, { key: "servers" })).rejects.toMatchObject({
      diagnostics: [{ code: "CONFIG_ENCRYPTED", hint: expect.stringContaining("sops://FILE#KEY") }],
    });
  });
});
