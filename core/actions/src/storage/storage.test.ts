/** What is told of a storage, what is found damaged in it, and how it is moved. */

import { appendFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type RunId, systemClock } from "@provisioning/model";
import { openFilesystemStorage, runScope, type Storage } from "@provisioning/storage";
import { sampleOperation, sampleResource, sampleRun } from "@provisioning/storage/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { actionTable } from "../action-table.js";
import type { ActionContext } from "../context.js";
import { invoke } from "../invoke.js";
import { openWorkspaceSession } from "../session.js";
import { testContext } from "../testing/test-context.js";
import { serveStorage } from "./serve.js";

let folder: string;
let workspace: string;
let store: string;
let configFile: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "provisioning-storage-"));
  workspace = join(folder, "shop");
  store = join(workspace, "runtime", "store");
  configFile = join(workspace, "config", "provisioning.yaml");
  await mkdir(join(workspace, "config"), { recursive: true });
  await writeFile(configFile, "# Ours.\nservers: {default_plan: small}\n");
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const context = (changes: Partial<ActionContext> = {}) => testContext(folder, { workspace, ...changes });

async function inStore<T>(work: (storage: Storage) => Promise<T>, dataDir = store): Promise<T> {
  const storage = await openFilesystemStorage({ dataDir, mode: "write", clock: systemClock });
  try {
    return await work(storage);
  } finally {
    await storage.close();
  }
}

/** Three runs, one of which was paused before it began, and what one of them made. */
const fill = () =>
  inStore(async ({ runs, resources }) => {
    const ids: RunId[] = [];
    for (let index = 0; index < 3; index += 1) {
      const definition = sampleRun({ operations: [sampleOperation("one")] });
      await runs.submit(definition);
      ids.push(definition.id);
    }
    const [first = "" as RunId] = ids;
    await runs.append(first, 1, [{ type: "pauseRequested", at: 5, by: "ada", reason: "test" }]);
    await resources.put(sampleResource("web-01", { runId: first }), 0);
    return ids;
  });

describe("what is told of a storage", () => {
  it("is type, place, size, runs by their status, and what this type can do", async () => {
    await fill();
    await writeFile(configFile, "storage: {type: rkvs}\n");
    const report = await invoke("storage.info", context(), {});
    expect(report).toMatchObject({
      type: "filesystem",
      configuredAs: "rkvs",
      location: store,
      format: 1,
      runs: 3,
      runsByStatus: { pending: 2, paused: 1 },
      events: 4,
      resources: 1,
      leases: [],
      features: { dependencies: "none", realTime: false },
    });
    expect(report.bytes).toBeGreaterThan(500);
    const { output } = await actionTable["storage.info"]();
    expect(output.safeParse(report)).toMatchObject({ success: true });
  });

  it("names who holds leases", async () => {
    const [id = "" as RunId] = await fill();
    const storage = await serveStorage(context());
    await storage.leases.acquire(runScope(id), "ada", 60_000);
    const { leases } = await invoke("storage.info", context({ storage }), {});
    expect(leases).toMatchObject([{ scope: `run/${id}`, holder: "ada" }]);
    await storage.close();
  });
});

describe("checking a storage", () => {
  const validate = () => invoke("storage.validate", context(), {});

  it("finds nothing in one that is good", async () => {
    await fill();
    const result = await validate();
    expect(result).toMatchObject({ isValid: true, damages: [], content: { runs: 3, events: 4, resources: 1 } });
    expect((await actionTable["storage.validate"]()).output.safeParse(result)).toMatchObject({ success: true });
  });

  it("names runs whose events cannot follow each other, and references that lead nowhere", async () => {
    const [, second = "" as RunId] = await fill();
    const gone = sampleRun().id;
    await inStore(async ({ runs, resources }) => {
      await runs.append(second, 1, [{ type: "operationCompleted", at: 1, operation: "one" as never, attempt: 1, output: null }]);
      const needs = sampleResource("missing").address;
      await resources.put(sampleResource("web-02", { runId: gone, dependsOn: [needs] }), 0);
      await resources.put(sampleResource("web-03", { runId: second, status: "gone" as never }), 0);
    });
    const { isValid, damages, content } = await validate();
    expect(isValid).toBe(false);
    expect(content).toBeUndefined();
    expect(damages).toEqual([
      { place: `run ${second}`, problem: expect.any(String) },
      { place: "shop server.web-02", problem: "it needs server.missing, of which there is no record" },
      { place: "shop server.web-02", problem: `the run that made it, ${gone}, is missing` },
      { place: "shop server.web-03", problem: "its record has a wrong status" },
    ]);
  });

  it("names file and byte of a damaged journal", async () => {
    await fill();
    const journal = join(store, "journal");
    const [name = ""] = (await readdir(journal)).filter((file) => file.endsWith(".log"));
    const file = join(journal, name);
    const bytes = await readFile(file);
    bytes[200] = (bytes[200] ?? 0) ^ 1;
    await writeFile(file, bytes);
    const { isValid, damages } = await validate();
    expect(isValid).toBe(false);
    expect(damages).toMatchObject([{ place: "storage", problem: expect.stringContaining(file) }]);
  });
});

describe("moving a storage", () => {
  const target = () => join(folder, "new");

  it("copies, proves that both are equal, and says what the configuration has to say", async () => {
    await fill();
    const result = await invoke("storage.migrate", context(), { to: { dataDir: target() } });
    expect(result).toMatchObject({
      dryRun: false,
      resumed: false,
      switched: false,
      copied: { runs: 3, events: 4, resources: 1 },
      settings: { "storage.data_dir": target() },
    });
    expect((await actionTable["storage.migrate"]()).output.safeParse(result)).toMatchObject({ success: true });
    expect(await readFile(configFile, "utf8")).not.toContain("storage");
    const there = await invoke("storage.validate", context({ flags: { "storage.data_dir": target() } }), {});
    expect(there.content?.digest).toBe(result.content?.digest);
    expect(await invoke("storage.migrate", context(), { to: { dataDir: target() } })).toMatchObject({
      resumed: true,
      copied: { runs: 0, events: 0, resources: 0 },
    });
  });

  it("writes nothing when it only looks", async () => {
    await fill();
    const look = await invoke("storage.migrate", context(), { to: { dataDir: target() }, dryRun: true, switch: true });
    expect(look).toMatchObject({ dryRun: true, copied: { runs: 3, events: 4, resources: 1 } });
    await expect(readdir(target())).rejects.toMatchObject({ code: "ENOENT" });
    expect(await readFile(configFile, "utf8")).not.toContain("storage");
  });

  it("makes the workspace use the new one when asked to; the rest of the file stays", async () => {
    await fill();
    const inside = join(workspace, "runtime", "new");
    const moved = await invoke("storage.migrate", context(), { to: { dataDir: inside }, switch: true });
    expect(moved).toMatchObject({ switched: true, settings: { "storage.data_dir": "runtime/new" } });
    expect(await readFile(configFile, "utf8")).toMatch(/^# Ours\.\nservers: .*\nstorage:\n {2}data_dir: runtime\/new\n$/s);
    expect(await invoke("storage.info", context(), {})).toMatchObject({ location: inside, runs: 3 });
    expect(await invoke("run.list", context(), { limit: 10 })).toHaveLength(3);
  });

  it("refuses a target with something else before it writes", async () => {
    await fill();
    await inStore(({ runs }) => runs.submit(sampleRun()), target());
    const move = invoke("storage.migrate", context(), { to: { dataDir: target() }, switch: true });
    await expect(move).rejects.toMatchObject({ code: "MIGRATION_CONFLICT" });
    expect(await inStore(async (storage) => (await storage.info()).runs, target())).toBe(1);
    expect(await readFile(configFile, "utf8")).not.toContain("storage");
  });

  it.each([
    ["the same place", { to: {} }, {}, "MIGRATION_SAME"],
    ["memory", { to: { type: "memory" } }, {}, "MIGRATION_SAME"],
    ["an option of another type", { to: { schema: "x" } }, {}, "INPUT_INVALID"],
    [
      "a switch that a flag would win over",
      { to: { dataDir: "b" }, switch: true },
      { "storage.data_dir": "a" },
      "MIGRATION_SWITCH",
    ],
    ["a switch from somewhere else", { from: { dataDir: "a" }, to: { dataDir: "b" }, switch: true }, {}, "MIGRATION_SWITCH"],
  ] as const)("refuses %s", async (_, input, flags, code) => {
    await expect(invoke("storage.migrate", context({ flags }), input)).rejects.toMatchObject({ code });
  });

  it("is refused while another process writes", async () => {
    await fill();
    const move = inStore(() => invoke("storage.migrate", context(), { to: { dataDir: target() } }));
    await expect(move).rejects.toMatchObject({ code: "STORE_BUSY" });
  });

  it("happens under those who use it, in the process that serves it", async () => {
    const [, id = "" as RunId] = await fill();
    const storage = await serveStorage(context());
    const serving = context({ storage });
    const lease = await storage.leases.acquire(runScope(id), "ada", 60_000);
    await expect(invoke("storage.migrate", serving, { to: { dataDir: target() } })).rejects.toMatchObject({
      code: "MIGRATION_SWITCH",
    });
    const moved = await invoke("storage.migrate", serving, { to: { dataDir: target() }, switch: true });
    expect(moved).toMatchObject({ switched: true, leases: 1, to: { location: target() } });
    expect(await storage.runs.append(id, 1, [{ type: "runPaused", at: 1 }], lease.token)).toBe(2);
    expect(await storage.info()).toMatchObject({ location: target() });
    await storage.close();
    // The old one was let go of.
    expect(await inStore(async (old) => (await old.runs.load(id)).version)).toBe(1);
  });

  it("goes on being served from where it was when the configuration cannot be written", async () => {
    await fill();
    const storage = await serveStorage(context());
    await rm(configFile);
    await mkdir(configFile);
    await expect(
      invoke("storage.migrate", context({ storage, workspace }), { to: { dataDir: target() }, switch: true }),
    ).rejects.toThrow();
    expect(await storage.info()).toMatchObject({ location: store });
    await storage.close();
  });
});

it("who began before a storage was moved does not write to the old one", async () => {
  await fill();
  const session = await openWorkspaceSession(context());
  await invoke("storage.migrate", context(), { to: { dataDir: join(folder, "new") }, switch: true });
  await expect(session.openStore("write")).rejects.toMatchObject({ code: "STORE_MOVED" });
  // It was let go of.
  await inStore(async (old) => expect((await old.info()).runs).toBe(3));
});

it("every command opens what was chosen", async () => {
  await inStore(async ({ runs }) => void (await runs.submit(sampleRun())), join(folder, "elsewhere"));
  await appendFile(configFile, `storage:\n  data_dir: ${join(folder, "elsewhere")}\n`);
  expect(await invoke("run.list", context(), { limit: 10 })).toHaveLength(1);
  expect(await invoke("run.why", context(), { id: "last" })).toMatchObject({ status: "pending" });
  expect(await invoke("run.show", context(), { id: "last" })).toMatchObject({ status: "pending" });
  expect(await invoke("state.list", context(), {})).toEqual([]);
});
