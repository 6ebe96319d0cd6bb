/** A workspace that keeps its state in a database works like any other, and takes its state with it when it moves to files. */

import { startPostgres, type PostgresServer, surrealPackages, whyNoPostgres } from "@provisioning/storage/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fixture, makeWorkspace, obstacle, type TestWorkspace } from "./support/platform.js";

interface Moved {
  readonly content: { readonly digest: string; readonly runs: number };
  readonly switched: boolean;
}

/** A variable would win over what these tests write into the configuration. */
const given = process.env.TEST_STORAGE === undefined ? undefined : "TEST_STORAGE chooses the storage";

const [packages, noPostgres] = [await surrealPackages(), await whyNoPostgres()];

interface Place {
  readonly name: "postgres" | "surrealdb-embedded";
  readonly reason: string | undefined;
  /** What the configuration says; gives also what takes everything down. */
  readonly start: () => Promise<{ readonly settings: object; readonly stop: () => Promise<void> }>;
}

async function startDatabase(): Promise<{ readonly settings: object; readonly stop: () => Promise<void> }> {
  const server: PostgresServer = await startPostgres();
  const { host, port, user, passwordFile } = server;
  const postgres = { host, port, database: "postgres", username: user, password_file: passwordFile };
  return { settings: { type: "postgres", postgres }, stop: () => server.remove() };
}

const PLACES: readonly Place[] = [
  { name: "postgres", reason: noPostgres, start: startDatabase },
  {
    name: "surrealdb-embedded",
    reason: packages.reason,
    start: async () => ({ settings: { type: "surrealdb-embedded", packages_dir: packages.folder }, stop: async () => {} }),
  },
];

for (const { name, reason, start } of PLACES) {
  const why = obstacle ?? given ?? reason;
  describe.skipIf(why !== undefined)(`a workspace with its state in ${name} ${why ?? ""}`, () => {
    let workspace: TestWorkspace;
    let stop: () => Promise<void>;

    beforeAll(async () => {
      const database = await start();
      stop = database.stop;
      workspace = await makeWorkspace(fixture("small"));
      await workspace.edit("config/provisioning.yaml", (text) => `${text}\nstorage: ${JSON.stringify(database.settings)}\n`);
      await workspace.edit("infra/small/main.k", (text) => text.replace('["redis"]', "[]"));
    });
    afterAll(async () => {
      await workspace.destroy();
      await stop();
    });

    const recorded = async () => ({
      resources: await workspace.json<readonly unknown[]>("state", "list"),
      runs: await workspace.json<readonly { id: string }[]>("workflow", "list"),
      server: await workspace.json("state", "show", "server.one"),
      found: await workspace.json("graph", "query", "what does one depend on"),
    });

    it("applies, shows, explains, and finds nothing more to do", async () => {
      const applied = await workspace.run("apply", "--yes");
      expect(applied.code, applied.stderr).toBe(0);
      expect(await workspace.json("storage", "info")).toMatchObject({ type: name, runs: 1, runsByStatus: { completed: 1 } });
      expect((await workspace.run("plan", "--detailed-exitcode")).code).toBe(0);
      expect((await workspace.run("why", "last")).stdout).toContain("completed");
      expect(await workspace.json("storage", "validate")).toMatchObject({ isValid: true });
    });

    it("moves to files and knows there what it knew", async () => {
      const before = await recorded();
      expect(before.resources.length).toBeGreaterThan(1);
      const look = await workspace.json<Moved>("storage", "migrate", "--to", "filesystem", "--dry-run");
      expect(look).toMatchObject({ dryRun: true, copied: { runs: 1 } });
      const moved = await workspace.json<Moved>("storage", "migrate", "--to", "filesystem", "--switch");
      expect(moved).toMatchObject({ switched: true, content: { runs: 1 } });
      expect(await workspace.json("storage", "info")).toMatchObject({ type: "filesystem", runs: 1 });
      expect(await workspace.json("storage", "validate")).toMatchObject({ content: { digest: moved.content.digest } });
      expect(await recorded()).toEqual(before);
      expect((await workspace.run("plan", "--detailed-exitcode")).code).toBe(0);
    });
  });
}
