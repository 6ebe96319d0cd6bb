import { newRunId, systemClock } from "@provisioning/model";
import { createSwitchableStorage, type LeaseScope, openMemoryStorage, runScope } from "@provisioning/storage";
import { describe, expect, it } from "vitest";
import { requestRun } from "../requests/request.js";
import { measuredStorage, type StorageObserver } from "./measured-storage.js";

function open() {
  const told: string[] = [];
  const observer: StorageObserver = {
    called: (operation, seconds) => told.push(`${operation} ${seconds}`),
    failed: (operation, code) => told.push(`${operation} failed ${code}`),
    stored: (_, events) => told.push(`stored ${events.map(({ type }) => type).join()}`),
    read: () => told.push("read"),
    leaseTaken: (kind) => told.push(`taken ${kind}`),
    leaseGiven: (kind) => told.push(`given ${kind}`),
    leaseLost: (kind) => told.push(`lost ${kind}`),
  };
  let now = 0;
  const storage = measuredStorage(
    createSwitchableStorage(openMemoryStorage({ clock: systemClock })),
    observer,
    () => (now += 250),
  );
  return { storage, heard: () => told.splice(0) };
}

const request = { action: "infra.apply", input: {}, approve: "given", flags: {}, command: "apply", traceId: "0" } as const;
const run = () => requestRun({ request, infra: "shop" as never, title: "a run", at: 1, id: newRunId() });

describe("a measured storage", () => {
  it("tells how long calls take, what was stored and which leases are held", async () => {
    const { storage, heard } = open();
    const definition = run();
    await storage.runs.submit(definition);
    expect(heard()).toEqual(["submit 0.25", "stored runSubmitted"]);
    const claimed = await storage.queue.claim("a", 1000);
    expect(heard().slice(0, 2)).toEqual(["claim 0.25", "taken run"]);
    await storage.runs.append(
      definition.id,
      1,
      [{ type: "cancelRequested", at: 2, by: "a", reason: "", mode: "drain" }],
      claimed?.lease.token,
    );
    expect(heard()).toEqual(["append 0.25", "stored cancelRequested"]);
    await storage.leases.release(claimed?.lease as never);
    expect(heard()).toEqual(["release 0.25", "given run"]);
    await storage.runs.load(definition.id);
    expect(heard()).toEqual(["load 0.25", "read"]);
    await storage.close();
  });

  it("tells of a lost lease to whoever writes under it, and does not count the refusal as a failure of the storage", async () => {
    const { storage, heard } = open();
    const definition = run();
    await storage.runs.submit(definition);
    const old = await storage.leases.acquire(runScope(definition.id), "a", 1000);
    await storage.leases.release(old);
    await storage.leases.acquire(runScope(definition.id), "b", 1000);
    heard();
    await expect(storage.runs.append(definition.id, 1, [], old.token)).rejects.toThrow();
    expect(heard()).toEqual(["lost run", "append 0.25"]);
    await expect(storage.leases.heartbeat(old)).rejects.toThrow();
    expect(heard()).toEqual(["lost run", "heartbeat 0.25"]);
    await storage.close();
  });

  it("leaves leases of other things alone, and tells of calls that failed", async () => {
    const { storage, heard } = open();
    await storage.leases.acquire("idempotency/x" as LeaseScope, "a", 1000);
    expect(heard()).toEqual(["acquire 0.25"]);
    await storage.close();
    await expect(storage.runs.list()).rejects.toThrow();
    expect(heard()).toEqual([expect.stringMatching(/^list failed STORE_/), "list 0.25"]);
  });
});
