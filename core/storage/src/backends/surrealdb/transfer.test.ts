import { infraName, type RunEvent, systemClock } from "@provisioning/model";
import { describe, expect, test } from "vitest";
import { contentHash, infraScope, migrate, openMemoryStorage, runScope } from "../../index.js";
import { sampleResource, sampleRun, surrealPackages } from "../../testing/index.js";
import { openEmbeddedSurreal } from "./surrealdb-storage.js";

const { folder: packagesFolder, reason } = await surrealPackages();

describe.skipIf(reason !== undefined)(`SurrealDB takes over from another storage ${reason ?? ""}`, () => {
  test("leases with their tokens, tokens that go on growing, records with their versions; twice is once", async () => {
    const open = () => openEmbeddedSurreal({ mode: "write", packagesFolder });
    const [source, target] = await Promise.all([open(), open()]);
    const held = sampleRun();
    const free = sampleRun();
    for (const { runs } of [source, target]) for (const definition of [held, free]) await runs.submit(definition);
    const shop = infraScope(infraName("shop"));
    const leases = [
      await source.leases.acquire(runScope(held.id), "ada", 60_000),
      await source.leases.acquire(shop, "bob", 60_000),
    ];
    await source.leases.acquire(infraScope(infraName("blog")), "eve", 0);
    const found = await source.transfer.heldLeases();
    expect(found.map(({ lease, ttlMs }) => `${lease.holder} ${ttlMs}`).sort()).toEqual(["ada 60000", "bob 60000"]);

    const record = sampleResource("web-01");
    for (let time = 0; time < 2; time += 1) {
      for (const each of found) await target.transfer.importLease(each);
      for (const scope of [runScope(free.id), infraScope(infraName("blog")), ...leases.map((lease) => lease.scope)]) {
        await target.transfer.raiseToken(scope, 1);
      }
      await target.transfer.raiseToken(runScope(free.id), 57);
      await target.transfer.importResources([{ record, version: 9 }]);
      await target.transfer.importResources([]);
    }
    const cancel: RunEvent = { type: "cancelRequested", at: 1, by: "ada", reason: "test", mode: "drain" };
    expect(await target.runs.append(held.id, 1, [cancel], leases[0]?.token)).toBe(2);
    for (const lease of leases) await target.leases.heartbeat(lease);
    expect((await target.leases.acquire(runScope(free.id), "ada", 1000)).token).toBe(58);
    expect((await target.leases.acquire(infraScope(infraName("blog")), "ada", 1000)).token).toBe(2);
    expect(await target.resources.list(infraName("shop"))).toEqual([{ record, version: 9 }]);
    expect(await target.resources.put(record, 9)).toBe(10);
    await Promise.all([source.close(), target.close()]);
  });

  test("everything from memory, and back again, is the same", async () => {
    const first = openMemoryStorage({ clock: systemClock });
    for (let index = 0; index < 60; index += 1) {
      const { id } = sampleRun();
      await first.runs.submit(sampleRun({ id, name: `strange \u0000 \ud800 ${index}`, priority: index % 7, notBefore: index }));
      const { token } = await first.leases.acquire(runScope(id), "ada", 60_000);
      if (index % 2 === 0) await first.runs.append(id, 1, [{ type: "runClaimed", at: 2, holder: "ada", token }], token);
      await first.resources.put(sampleResource(`web-${index}`), 0);
      await first.resources.put(sampleResource(`web-${index}`, { status: "failed" }), 1);
    }
    const between = await openEmbeddedSurreal({ mode: "write", packagesFolder });
    const last = openMemoryStorage({ clock: systemClock });
    const { content, leases } = await migrate(first, between);
    expect(leases).toBe(60);
    await migrate(between, last);
    expect(await contentHash(last)).toEqual(content);
    expect(await last.runs.list({ limit: 100 })).toEqual(await between.runs.list({ limit: 100 }));
    expect(await between.runs.list({ limit: 100 })).toEqual(await first.runs.list({ limit: 100 }));
    await between.close();
  });
});
