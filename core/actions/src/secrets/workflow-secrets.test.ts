/** Workflows that say where their secrets come from, from the file to what is sent to a server. The server is not there; what it would be sent is. */

import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { newRunId } from "@provisioning/model";
import { protectFile, recipientsOf, sealed } from "@provisioning/security";
import { generateX25519Identity } from "age-encryption";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { batchRun } from "../batch/definition.js";
import { compileFor, openBatch } from "../batch/prepare.js";
import { planSession } from "../infra/plan.js";
import { invoke } from "../invoke.js";
import { executeRun } from "../run/execute.js";
import type { ServerAccess } from "../servers/server-access.js";
import { openInfraSession } from "../session.js";
import { addInfraWithoutServers, AS_RECORDED, providerModule } from "../testing/infra-without-servers.js";
import { testContext, type TestContext } from "../testing/test-context.js";

const SECRET = "correct-horse-battery";
const REFERENCE = "sops://secrets/shop.yaml#redis.password";
const KEY_FILE = "~/.config/sops/age/keys.txt";

let folder: string;
let dir: string;
let key: string;
let other: string;
let context: TestContext;

const definition = (password: string) => `import provisioning.settings as cfg

settings: cfg.Settings = {
    infra = {name = "shop", provider = "none"}
    servers = [{name = "db-01", plan = "small", taskservs = [{name = "redis", config = {password = "${password}"}}]}]
}
`;

const workflow = (secrets: string) => `import provisioning.workflows

cache: workflows.BatchWorkflow = {
    operations = [{id = "cache", type = "create", target = "taskserv", items = ["redis"]}]
    secrets = ${secrets}
}
`;
const sops = `{provider = "sops", sops_config = {age_key_file = "${KEY_FILE}"}}`;
const input = { file: "workflows/cache.k", infra: "shop" };

const writeInfra = (password: string) => writeFile(join(dir, "infra/shop/main.k"), definition(password));
const writeWorkflow = (secrets: string) => writeFile(join(dir, input.file), workflow(secrets));
const writeKey = (identity: string) =>
  writeFile(join(folder, "home/.config/sops/age/keys.txt"), `${identity}\n`, { mode: 0o600 });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "provisioning-secrets-"));
  dir = join(folder, "shop");
  [key, other] = [await generateX25519Identity(), await generateX25519Identity()];
  await invoke("workspace.create", testContext(folder), { name: "shop", dir });
  await addInfraWithoutServers(dir, "shop", definition(REFERENCE));
  await writeFile(join(dir, "extensions/providers/none/index.mjs"), providerModule(AS_RECORDED));
  for (const name of ["shop/secrets", "shop/workflows", "home/.config/sops/age"])
    await mkdir(join(folder, name), { recursive: true });
  const recipients = await recipientsOf({ keys: [key], looked: [] });
  const content = Buffer.from(`redis:\n    password: ${SECRET}\n`);
  await writeFile(join(dir, "secrets/shop.yaml"), sealed(await protectFile("secrets/shop.yaml", content, { recipients }), 0));
});
afterAll(() => rm(folder, { recursive: true }));

beforeEach(async () => {
  const environment = { HOME: join(folder, "home"), XDG_CONFIG_HOME: join(folder, "user") };
  context = testContext(folder, { workspace: dir, environment });
  await Promise.all([writeInfra(REFERENCE), writeWorkflow(sops), writeKey(key)]);
  const session = await openInfraSession(context, { infra: "shop", mode: "write", definition: "use" });
  for (const draft of session.desired.resources) {
    const addresses = { private: "10.9.0.1", ssh: { host: "10.9.0.1", port: 22 } };
    const attributes =
      draft.kind === "server"
        ? { plan: "small", addresses, hostKeys: [], user: "root", facts: { osId: "debian", osVersion: "12" } }
        : {};
    if (draft.kind !== "taskserv") await session.records.markReady(draft, attributes, newRunId());
  }
  await session.close();
});

/** Nothing is there; what is asked for is done. Gives what was sent. */
function serverWhereNothingIs(): ServerAccess & { readonly sent: string[] } {
  const sent: string[] = [];
  return {
    sent,
    roundTrips: 0,
    async run(_, { mode, sections }) {
      if (mode === "apply") sent.push(JSON.stringify(sections));
      const status = mode === "apply" ? ("changed" as const) : ("would_change" as const);
      const steps = sections.flatMap(({ taskserv, steps: own }) => own.map(({ id }) => ({ taskserv, step: id, ms: 0, status })));
      return { steps, health: [], outputs: [] };
    },
    close: async () => undefined,
  };
}

describe("the secrets of a workflow", () => {
  it("are decrypted with the key file that it names, also by whoever goes on with its run", async () => {
    const servers = serverWhereNothingIs();
    const { session, workflow: named } = await openBatch(context, input, "write");
    const planned = async () =>
      batchRun(session, named, await compileFor({ session, workflow: named }, await planSession({ ...session, servers })));
    const definitionOfRun = await planned().finally(() => session.close());
    const plain = await openInfraSession(context, { infra: "shop", mode: "write", definition: "use" });
    try {
      expect((await executeRun({ ...plain, servers }, definitionOfRun)).status).toBe("completed");
      expect(servers.sent.join("\n")).toContain(SECRET);
      await expect(plain.resolveSecrets(REFERENCE)).rejects.toMatchObject({ code: "SOPS_KEY_MISSING" });
      expect(plain.redactor.text(`it is ${SECRET}`)).toBe("it is [redacted]");
    } finally {
      await plain.close();
    }
    expect(await textsBelow(join(dir, "runtime"))).not.toContain(SECRET);
    expect(JSON.stringify(context.events)).not.toContain(SECRET);
  });

  it("are decrypted with nothing but that file", async () => {
    await writeKey(other);
    const withVariable = { ...context, environment: { ...context.environment, SOPS_AGE_KEY: key } };
    const { session } = await openBatch(withVariable, input, "read");
    try {
      const looked = expect.stringContaining(join(folder, "home/.config/sops/age/keys.txt")) as string;
      await expect(session.resolveSecrets(REFERENCE)).rejects.toMatchObject({ code: "SOPS_KEY_MISSING", message: looked });
    } finally {
      await session.close();
    }
  });

  it("may be references to files of SOPS without naming a key file", async () => {
    await writeWorkflow('{provider = "sops"}');
    const withVariable = { ...context, environment: { ...context.environment, SOPS_AGE_KEY: key } };
    const { session } = await openBatch(withVariable, input, "read");
    try {
      expect(await session.resolveSecrets([REFERENCE])).toEqual([SECRET]);
      await expect(session.resolveSecrets("sops://secrets/shop.yaml#redis.name")).rejects.toMatchObject({
        code: "SECRET_UNAVAILABLE",
      });
      await expect(session.resolveSecrets("sops://secrets/none.yaml#a")).rejects.toMatchObject({ code: "SECRET_UNAVAILABLE" });
    } finally {
      await session.close();
    }
  });

  it.each([
    ['provider = "kms"', "BATCH_SECRETS_INVALID", 'have provider = "kms"', { file: input.file, line: 5 }],
    [
      'provider = "sops", kms_config = {endpoint = "https://kms.example"}',
      "BATCH_SECRETS_INVALID",
      "have a kms_config",
      { file: input.file, line: 5 },
    ],
    [
      'provider = "env"',
      "SECRET_UNAVAILABLE",
      'provider = "env" of the workflow allows env:// and generated:// alone',
      { file: "infra/shop/main.k", line: 5 },
    ],
  ])("with %s are refused where that cannot be done", async (written, code, summary, position) => {
    await writeWorkflow(`{${written}}`);
    await expect(invoke("batch.validate", context, input)).rejects.toMatchObject({
      diagnostics: [{ code, summary: expect.stringContaining(summary), position, hint: expect.any(String) }],
    });
  });

  it("with the provider env are variables", async () => {
    await Promise.all([writeWorkflow('{provider = "env"}'), writeInfra("env://REDIS_PASSWORD")]);
    const withVariable = { ...context, environment: { ...context.environment, REDIS_PASSWORD: SECRET } };
    await expect(invoke("batch.validate", withVariable, input)).resolves.toMatchObject({ operations: 1 });
  });

  it("come with one warning when others can read the key", async () => {
    await rm(join(folder, "home/.config/sops/age/keys.txt"));
    await writeFile(join(folder, "home/.config/sops/age/keys.txt"), `${key}\n`, { mode: 0o644 });
    for (let times = 0; times < 2; times++) {
      const { session } = await openBatch(context, input, "read");
      await session.resolveSecrets(REFERENCE).finally(() => session.close());
    }
    const warnings = context.events.filter((event) => event.type === "warning");
    expect(warnings).toEqual([
      { type: "warning", text: expect.stringMatching(/can read the age key in .*keys\.txt.*chmod 600/) },
    ]);
  });
});

async function textsBelow(path: string): Promise<string> {
  const entries = await readdir(path, { withFileTypes: true, recursive: true });
  const files = entries.filter((entry) => entry.isFile());
  return (await Promise.all(files.map((entry) => readFile(join(entry.parentPath, entry.name), "utf8")))).join("\n");
}
