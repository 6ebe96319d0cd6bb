import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type RunId, systemClock } from "@provisioning/model";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openFilesystemStorage } from "../../index.js";
import { sampleResource, sampleRun } from "../../testing/index.js";
import { type Disk, type DiskFile, nodeDisk } from "./disk.js";

let dataDir: string;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "provisioning-journal-"));
});
afterEach(() => rm(dataDir, { recursive: true, force: true }));

/** Calls `before` ahead of everything that changes the disk. */
function watchedDisk(before: (call: string) => void): Disk {
  const watched = (file: DiskFile): DiskFile => ({
    async write(data, at) {
      before("write");
      await file.write(data, at);
    },
    async sync() {
      before("sync");
      await file.sync();
    },
    async cut(bytes, durable) {
      before("cut");
      await file.cut(bytes, durable);
    },
    close: () => file.close(),
  });
  return {
    ...nodeDisk,
    async openForWriting(path) {
      before("open");
      return watched(await nodeDisk.openForWriting(path));
    },
    async rename(path, to) {
      before("rename");
      await nodeDisk.rename(path, to);
      before("renamed");
    },
    async replace(path, chunks, durable) {
      before("replace");
      await nodeDisk.replace(path, chunks, durable);
      before("replaced");
    },
    async remove(path) {
      before("remove");
      await nodeDisk.remove(path);
    },
  };
}

const open = (disk: Disk = nodeDisk, segmentBytes = 1_000_000) =>
  openFilesystemStorage({ dataDir, clock: systemClock, mode: "write", disk, segmentBytes });

test("a run that is taken while its submission is being stored shares the sync", async () => {
  const calls: string[] = [];
  const storage = await open(watchedDisk((call) => calls.push(call)));
  await storage.runs.submit(sampleRun());
  await storage.queue.claim("ada", 60_000);
  const definition = sampleRun();
  const begun = new Promise<number>((resolve, reject) => {
    storage.queue.watch(() => {
      const take = async () => {
        const claimed = await storage.queue.claim("ada", 60_000);
        const { lease, stored } = claimed!;
        const events = [{ type: "runClaimed", at: 0, holder: "ada", token: lease.token }] as const;
        return storage.runs.append(definition.id, stored!.version, events, lease.token);
      };
      take().then(resolve, reject);
    });
  });
  calls.length = 0;
  const submitted = await storage.runs.submit(definition);
  expect([submitted, await begun]).toEqual([1, 2]);
  expect(calls).toEqual(["write", "sync"]);
  await storage.close();
});

test("many writers share one sync", async () => {
  let syncs = 0;
  const storage = await open(
    watchedDisk((call) => {
      if (call === "sync") syncs += 1;
    }),
  );
  syncs = 0;
  const writers = 64;
  const each = 10;
  const write = async () => {
    for (let count = 0; count < each; count += 1) await storage.runs.submit(sampleRun());
  };
  await Promise.all(Array.from({ length: writers }, write));
  expect(syncs).toBeGreaterThanOrEqual(each);
  expect(syncs).toBeLessThan((writers * each) / 8);
  await storage.close();
});

test("what has gathered is a snapshot after closing, and the next one replays nothing", async () => {
  const logs = async () => {
    const names = (await readdir(`${dataDir}/journal`)).filter((name) => name.endsWith(".log"));
    return Promise.all(names.map((name) => readFile(`${dataDir}/journal/${name}`, "utf8")));
  };
  const little = await open();
  await little.runs.submit(sampleRun());
  await little.close();
  expect((await logs()).join("")).toContain("runSubmitted");

  const much = await open();
  await Promise.all(Array.from({ length: 200 }, () => much.runs.submit(sampleRun())));
  await much.close();
  expect(await logs()).toEqual(["provisioning-log format=1\n"]);

  const again = await open();
  expect((await again.info()).runs).toBe(201);
  await again.runs.submit(sampleRun());
  await again.close();
  expect((await logs()).join("")).toContain("runSubmitted");
  const last = await open();
  expect((await last.info()).runs).toBe(202);
  await last.close();
});

test("a snapshot on closing that cannot be written loses nothing", async () => {
  let isBroken = false;
  const storage = await open(
    watchedDisk((call) => {
      if (isBroken && call === "replace") throw new Error("I/O error");
    }),
  );
  await Promise.all(Array.from({ length: 200 }, () => storage.runs.submit(sampleRun())));
  isBroken = true;
  await storage.close();
  const again = await open();
  expect((await again.info()).runs).toBe(200);
  await again.close();
});

test("a failed sync is told to everyone who waits, and nothing is accepted afterwards", async () => {
  let isBroken = false;
  const storage = await open(
    watchedDisk((call) => {
      if (isBroken && call === "sync") throw new Error("I/O error");
    }),
  );
  const kept = sampleRun();
  await storage.runs.submit(kept);
  isBroken = true;
  const results = await Promise.allSettled([storage.runs.submit(sampleRun()), storage.runs.submit(sampleRun())]);
  expect(results.map((result) => result.status)).toEqual(["rejected", "rejected"]);
  isBroken = false;
  await expect(storage.runs.submit(sampleRun())).rejects.toMatchObject({ code: "STORE_FAILED" });
  await storage.close();
  const reopened = await open();
  expect((await reopened.runs.load(kept.id)).version).toBe(1);
  await reopened.close();
});

test("a refusal is told when what it is about is durable", async () => {
  let onSync = () => Promise.resolve();
  const storage = await open({
    ...nodeDisk,
    async openForWriting(path) {
      const file = await nodeDisk.openForWriting(path);
      return { ...file, sync: () => onSync().then(() => file.sync()) };
    },
  });
  const { id } = sampleRun();
  await storage.runs.submit(sampleRun({ id }));
  let goOn = () => {};
  const blocked = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  onSync = () => blocked;
  const told: string[] = [];
  const cancel = { type: "cancelRequested", at: 1, by: "ada", reason: "", mode: "abort" } as const;
  const writes = [
    storage.runs.append(id, 1, [cancel]).then(() => told.push("stored")),
    storage.runs.append(id, 1, [cancel]).catch(() => told.push("refused")),
    storage.resources.put(sampleResource("web-01"), 7).catch(() => told.push("refused")),
  ];
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(told).toEqual([]);
  goOn();
  await Promise.all(writes);
  expect(told.sort()).toEqual(["refused", "refused", "stored"]);
  await storage.close();
});

test("whatever the process was doing when it died, everything acknowledged is there", async () => {
  for (let fatal = 1; ; fatal += 1) {
    await rm(dataDir, { recursive: true, force: true });
    let calls = 0;
    const disk = watchedDisk(() => {
      calls += 1;
      if (calls >= fatal) throw new Error("dead");
    });
    const acknowledged = await writeUntilDead(disk);
    const storage = await open();
    for (const { id, version } of acknowledged) {
      expect((await storage.runs.load(id)).version, `died at call ${fatal}`).toBeGreaterThanOrEqual(version);
    }
    await storage.runs.submit(sampleRun());
    await storage.close();
    if (calls < fatal) return;
  }
}, 60_000);

/** Small segments, so that rotating and compacting are among the things it dies at. */
async function writeUntilDead(disk: Disk): Promise<readonly { id: RunId; version: number }[]> {
  const acknowledged: { id: RunId; version: number }[] = [];
  const storage = await open(disk, 600).catch(() => undefined);
  try {
    for (let count = 0; storage !== undefined && count < 8; count += 1) {
      const { id } = sampleRun();
      await storage.runs.submit(sampleRun({ id }));
      acknowledged.push({ id, version: 1 });
      await storage.runs.append(id, 1, [{ type: "runClaimed", at: 1, holder: "w", token: 1 }]);
      acknowledged.push({ id, version: 2 });
      await storage.runs.append(id, 2, [{ type: "runEnded", at: 1, status: "completed" }]);
      acknowledged.push({ id, version: 3 });
    }
  } catch {
    // The disk died; what was acknowledged until then must hold.
  }
  await storage?.close().catch(() => {});
  return acknowledged;
}

test("the journal does not grow with history, and archived runs can be read and go on", async () => {
  const segmentBytes = 20_000;
  const storage = await open(nodeDisk, segmentBytes);
  const ids: RunId[] = [];
  for (let count = 0; count < 300; count += 1) {
    const { id } = sampleRun();
    ids.push(id);
    await storage.runs.submit(sampleRun({ id }));
    await storage.runs.append(id, 1, [
      { type: "runClaimed", at: 1, holder: "w", token: 1 },
      { type: "runEnded", at: 2, status: "completed" },
    ]);
    await storage.resources.put(sampleResource("web-01"), count);
  }
  const first = ids[0] as RunId;
  expect((await storage.runs.load(first)).events).toHaveLength(3);
  expect(await storage.runs.append(first, 3, [{ type: "rollbackStarted", at: 3, by: "ada" }])).toBe(4);
  await storage.close();

  const names = await readdir(join(dataDir, "journal"));
  const logs = names.filter((name) => name.endsWith(".log"));
  expect(names.filter((name) => name.endsWith(".snapshot"))).toHaveLength(1);
  expect(logs.length).toBeLessThan(20);
  expect(names.some((name) => name.endsWith(".archive"))).toBe(true);

  const reopened = await open(nodeDisk, segmentBytes);
  for (const id of ids) expect((await reopened.runs.load(id)).version).toBe(id === first ? 4 : 3);
  expect((await reopened.runs.list({ status: ["rollingBack"] })).runs.map(({ id }) => id)).toEqual([first]);
  expect(await reopened.resources.listInfras()).toEqual(["shop"]);
  await reopened.close();
});

test("a reader sees what a writer elsewhere writes, through compactions, and writes nothing itself", async () => {
  const writer = await open(nodeDisk, 2000);
  const reader = await openFilesystemStorage({ dataDir, clock: systemClock, mode: "read" });
  for (let count = 0; count < 100; count += 1) {
    const definition = sampleRun();
    await writer.runs.submit(definition);
    await writer.runs.append(definition.id, 1, [{ type: "cancelRequested", at: 1, by: "ada", reason: "", mode: "abort" }]);
    expect((await reader.runs.load(definition.id)).version).toBe(2);
  }
  expect(await reader.info()).toMatchObject({ mode: "read", runs: 100 });
  await expect(reader.runs.submit(sampleRun())).rejects.toMatchObject({ code: "STORE_READ_ONLY" });
  await reader.close();
  await writer.close();

  await rm(dataDir, { recursive: true });
  const empty = await openFilesystemStorage({ dataDir, clock: systemClock, mode: "read" });
  expect(await empty.runs.list()).toEqual({ runs: [] });
  await empty.close();
  await expect(readdir(dataDir)).rejects.toMatchObject({ code: "ENOENT" });
});

test("readable copies follow", async () => {
  const storage = await open();
  const pending = sampleRun();
  const ended = sampleRun();
  for (const { id } of [pending, ended]) await storage.runs.submit(sampleRun({ id }));
  await storage.runs.append(ended.id, 1, [{ type: "runEnded", at: 2, status: "completed" }]);
  await storage.resources.put(sampleResource("web-01"), 0);
  await storage.resources.put(sampleResource("db-01"), 0);
  await storage.resources.remove(sampleResource("db-01").infra, sampleResource("db-01").address, 1);
  await storage.close();
  const json = async (path: string) => JSON.parse(await readFile(join(dataDir, path), "utf8")) as unknown;
  expect((await readdir(join(dataDir, "queue.rkvs/tasks"))).sort()).toEqual([`${pending.id}.json`, `${ended.id}.json`].sort());
  expect(await readdir(join(dataDir, "queue.rkvs/queue"))).toEqual([`${pending.id}.json`]);
  expect(await json(`queue.rkvs/tasks/${ended.id}.json`)).toMatchObject({ id: ended.id, status: "completed", version: 2 });
  expect(await readdir(join(dataDir, "state/shop"))).toEqual(["server.web-01.json"]);
  expect(await json("state/shop/server.web-01.json")).toMatchObject({ version: 1, status: "ready", address: "server.web-01" });
});
