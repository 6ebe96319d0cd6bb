/** Locks of a workspace as somebody sees them who waits for one. */

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "@provisioning/model";
import type { LeaseScope } from "@provisioning/storage";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { invoke } from "../invoke.js";
import { type InfraSession, openInfraSession } from "../session.js";
import { addInfraWithoutServers } from "../testing/infra-without-servers.js";
import { testContext, type TestContext } from "../testing/test-context.js";
import { createWorkspace } from "../workspace/create.js";

let folder: string;
let context: TestContext;
let session: InfraSession | undefined;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "locks-"));
  const dir = join(folder, "shop");
  await createWorkspace.run(testContext(folder), { name: "shop", dir });
  context = testContext(dir);
  await addInfraWithoutServers(dir);
});
afterEach(async () => {
  await session?.close().catch(() => undefined);
  session = undefined;
  await rm(folder, { recursive: true });
});

const locks = () => invoke("lock.list", context, {});
const scopes = async () => (await locks()).map(({ scope }) => scope);

/** As an apply does. */
async function hold(): Promise<InfraSession> {
  session = await openInfraSession(context, { infra: "empty", mode: "write", definition: "use" });
  return session;
}

describe("the locks of a workspace", () => {
  it("are none while nobody works on it", async () => {
    expect(await locks()).toEqual([]);
    await expect(invoke("lock.break", context, { scope: "store" })).rejects.toMatchObject({ code: "LOCK_NOT_HELD" });
  });

  it("tell who holds the store, since when, and that it is alive", async () => {
    const before = Date.now();
    await hold();
    const [lock] = await locks();
    expect(lock).toMatchObject({ scope: "store", alive: "yes", holder: expect.stringContaining(`process ${process.pid} on `) });
    expect(lock?.since).toBeGreaterThanOrEqual(before - 1_000);
    expect(lock?.lastBeat).toBeGreaterThanOrEqual((lock?.since ?? 0) - 1_000);
    await session?.close();
    session = undefined;
    expect(await locks()).toEqual([]);
  });

  it("tell leases of runs until their time is over", async () => {
    const { storage } = await hold();
    await storage.leases.acquire("run/x" as LeaseScope, "worker-1", 60_000);
    expect((await locks()).find(({ scope }) => scope === "run/x")).toMatchObject({ holder: "worker-1", alive: "yes" });
    context = { ...context, clock: { ...systemClock, now: () => Date.now() + 120_000 } } as TestContext;
    expect(await scopes()).toEqual(["store"]);
  });

  it("are not taken away by a check, and are by a break", async () => {
    const { storage } = await hold();
    await storage.leases.acquire("run/x" as LeaseScope, "worker-1", 60_000);
    await session?.close();
    session = undefined;
    expect(await invoke("lock.break", context, { scope: "run/x", check: true })).toMatchObject({ holder: "worker-1" });
    expect(await scopes()).toEqual(["run/x"]);
    await invoke("lock.break", context, { scope: "run/x" });
    expect(await scopes()).toEqual([]);
  });

  it("of the store can be broken, and whoever had it can write no more", async () => {
    const { records, desired } = await hold();
    expect(await invoke("lock.break", context, { scope: "store" })).toMatchObject({ scope: "store" });
    expect(await scopes()).toEqual([]);
    const [draft] = desired.resources;
    if (draft === undefined) throw new Error("nothing is described");
    await expect(records.markChanging(draft, "01a202d3-304a-76df-b77c-d1fb817fc5b8" as never)).rejects.toMatchObject({
      code: expect.stringMatching(/^(STORE|LEASE)_/),
    });
  });
});
