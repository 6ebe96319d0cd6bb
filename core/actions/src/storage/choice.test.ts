/** Which storage is chosen, and where passwords come from. */

import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { REDACTED } from "@provisioning/model";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ActionContext } from "../context.js";
import { testContext, type TestContext } from "../testing/test-context.js";
import { chooseStorage } from "./choice.js";
import { findPlace } from "./find-place.js";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "provisioning-choice-"));
  await mkdir(join(folder, "shop", "config"), { recursive: true });
  await configure("");
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const configure = (yaml: string) => writeFile(join(folder, "shop", "config", "provisioning.yaml"), yaml);

function context(changes: Partial<ActionContext> & { readonly variables?: Readonly<Record<string, string>> } = {}): TestContext {
  const { variables = {}, ...others } = changes;
  const environment = { XDG_CONFIG_HOME: join(folder, "user"), ...variables };
  return testContext(folder, { workspace: join(folder, "shop"), environment, ...others });
}

const choose = async (given: TestContext) => chooseStorage(await findPlace(given), "read");
const warningsOf = ({ events }: TestContext) => events.flatMap((event) => (event.type === "warning" ? [event.text] : []));

describe("the choice of a storage", () => {
  it("is the files of the workspace when nothing is said", async () => {
    expect(await choose(context())).toMatchObject({ type: "filesystem", dataDir: join(folder, "shop", "runtime", "store") });
  });

  it.each(["file", "rkvs"])("takes %s for the files", async (name) => {
    await configure(`storage: {type: ${name}}\n`);
    expect(await choose(context())).toMatchObject({ type: "filesystem" });
  });

  it("takes folders of a file from the workspace, and what was typed from where it was typed", async () => {
    await configure("storage: {type: surrealdb-embedded, data_dir: db, packages_dir: /opt/surrealdb}\n");
    const inFile = { type: "surrealdb-embedded", dataDir: join(folder, "shop", "db"), packagesFolder: "/opt/surrealdb" };
    expect(await choose(context())).toMatchObject(inFile);
    const typed = { dataDir: join(folder, "db") };
    expect(await choose(context({ flags: { "storage.data_dir": "db" } }))).toMatchObject(typed);
    expect(await choose(context({ variables: { PROVISIONING_DATA_DIR: "./db" } }))).toMatchObject(typed);
  });

  it("makes a server of SurrealDB from flags, with the defaults that are documented", async () => {
    const flags = { "storage.type": "surrealdb-server", "storage.surrealdb.username": "admin" };
    expect(await choose(context({ flags, variables: { PROVISIONING_SURREALDB_PASSWORD: "p@ss/word" } }))).toEqual({
      type: "surrealdb-server",
      mode: "read",
      url: "ws://admin:p%40ss%2Fword@localhost:8000/",
      namespace: "orchestrator",
      database: "tasks",
      userLevel: "root",
    });
  });

  it("makes a database of PostgreSQL from parts or from a url, with the password apart", async () => {
    const variables = { PROVISIONING_POSTGRES_PASSWORD: "secret" };
    await configure("storage:\n  type: postgres\n  postgres: {host: /run/pg, port: 5433, database: a b, username: ada}\n");
    expect(await choose(context({ variables }))).toMatchObject({
      url: "postgres://ada:secret@localhost:5433/a%20b?host=%2Frun%2Fpg",
      schema: "provisioning",
    });
    await configure("storage:\n  type: postgres\n  postgres: {url: 'postgres://ada@db/x?sslmode=verify-full', schema: mine}\n");
    expect(await choose(context({ variables }))).toMatchObject({
      url: "postgres://ada:secret@db/x?sslmode=verify-full",
      schema: "mine",
    });
  });

  it("needs no workspace when flags say everything, and says that there is none otherwise", async () => {
    const nowhere = testContext(folder, { flags: { "storage.data_dir": "data" } });
    expect(await choose(nowhere)).toMatchObject({ dataDir: join(folder, "data") });
    await expect(choose(testContext(folder))).rejects.toMatchObject({ code: "WORKSPACE_NONE" });
  });
});

describe("a password", () => {
  const server = { "storage.type": "surrealdb-server", "storage.surrealdb.username": "admin" };
  const passwordOf = async (given: TestContext): Promise<string> => {
    const options = await choose(given);
    return "url" in options ? decodeURIComponent(new URL(options.url ?? "").password) : "";
  };

  it("comes from a reference in the workspace's file, and is redacted", async () => {
    await configure("storage: {type: surrealdb-server, surrealdb: {username: admin, password: 'env://DATABASE'}}\n");
    const place = await findPlace(context({ variables: { DATABASE: "from-a-variable" } }));
    expect(await chooseStorage(place, "read")).toMatchObject({ url: expect.stringContaining("admin:from-a-variable@") });
    expect(place.redactor.text("x from-a-variable")).toBe(`x ${REDACTED}`);
  });

  it("comes from a file that a flag names, without its line end", async () => {
    await writeFile(join(folder, "password"), "from-a-file\n");
    const given = context({ flags: { ...server, "storage.surrealdb.password_file": "password" } });
    expect(await passwordOf(given)).toBe("from-a-file");
    expect(warningsOf(given)).toEqual([]);
  });

  it.each(["storage.surrealdb.password_file", "storage.surrealdb.password"])(
    "comes from standard input for - in %s",
    async (key) => {
      const given = context({ flags: { ...server, [key]: "-" }, readInput: async () => "piped\n" });
      expect(await passwordOf(given)).toBe("piped");
      expect(warningsOf(given)).toEqual([]);
      const nothing = context({ flags: { ...server, [key]: "-" }, readInput: async () => "" });
      await expect(passwordOf(nothing)).rejects.toMatchObject({ code: "STORE_OPTION_INVALID" });
    },
  );

  it("in a flag is used, with one warning that names the flag and not the password", async () => {
    const given = context({ flags: { ...server, "storage.surrealdb.password": "shown" } });
    expect(await passwordOf(given)).toBe("shown");
    await choose(given);
    expect(warningsOf(given)).toEqual([expect.stringContaining("--surrealdb-password")]);
    expect(warningsOf(given).join()).not.toContain("shown");
  });

  it("of a later layer wins, wherever it is kept", async () => {
    await configure("storage: {surrealdb: {password_file: nowhere}}\n");
    const variables = { PROVISIONING_SURREALDB_PASSWORD: "from-a-variable" };
    expect(await passwordOf(context({ flags: server, variables }))).toBe("from-a-variable");
  });

  it.each([
    ["a password in a file", "surrealdb: {password: plain}", "storage.surrealdb.password"],
    ["a password in the url of a file", "surrealdb: {url: 'ws://a:plain@db'}", "storage.surrealdb.url"],
    ["a file that is not there", "surrealdb: {password_file: nowhere}", "storage.surrealdb.password_file"],
    ["both in one place", "surrealdb: {password_file: a, password: 'env://A'}", "storage.surrealdb.password_file"],
    ["a url that is none", "surrealdb: {url: plain}", "storage.surrealdb.url"],
  ])("refuses %s, with its place and without its value", async (_, yaml, key) => {
    await configure(`storage:\n  type: surrealdb-server\n  ${yaml}\n`);
    const refusal: unknown = await choose(context()).catch((error: unknown) => error);
    expect(refusal).toMatchObject({ code: "STORE_OPTION_INVALID", hint: expect.stringContaining("provisioning.yaml:3") });
    expect(refusal).toMatchObject({ message: expect.stringContaining(key) });
    expect(refusal).not.toMatchObject({ message: expect.stringContaining("plain") });
  });
});
