/** What every backend promises to those who move a storage's content, as tests. */

import { infraName, type RunEvent, systemClock } from "@provisioning/model";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openMemoryStorage } from "../backends/memory/memory-storage.js";
import { contentHash } from "../migration/content-hash.js";
import { migrate } from "../migration/migrate.js";
import { infraScope } from "../ports/lease-store.js";
import { runScope } from "../ports/run-store.js";
import type { TransferableStorage } from "../ports/transfer.js";
import { sampleResource, sampleRun } from "./samples.js";

export interface TransferContractOptions {
  readonly name: string;
  /** Why it cannot be tested here. */
  readonly reason?: string | undefined;
  /** Before the first storage is opened; gives what to do after the last. */
  readonly prepare?: () => Promise<() => Promise<void>>;
  /** An empty one. Whoever opened it closes it. */
  readonly open: () => Promise<TransferableStorage>;
}

export function transferContract({ name, reason, prepare, open }: TransferContractOptions): void {
  describe.skipIf(reason !== undefined)(`${name} takes over from another storage ${reason ?? ""}`, () => {
    let cleanUp: (() => Promise<void>) | undefined;
    beforeAll(async () => {
      cleanUp = await prepare?.();
    });
    afterAll(() => cleanUp?.());

    test("leases with their tokens, tokens that go on growing, records with their versions; twice is once", async () => {
      const [source, target] = await Promise.all([open(), open()]);
      const held = sampleRun();
      const free = sampleRun();
      for (const { runs } of [source, target]) for (const definition of [held, free]) await runs.submit(definition);
      const [shop, blog] = [infraScope(infraName("shop")), infraScope(infraName("blog"))];
      const leases = [
        await source.leases.acquire(runScope(held.id), "ada", 60_000),
        await source.leases.acquire(shop, "bob", 60_000),
      ];
      await source.leases.acquire(blog, "eve", 0);
      const found = await source.transfer.heldLeases();
      expect(found.map(({ lease, ttlMs }) => `${lease.holder} ${ttlMs}`).sort()).toEqual(["ada 60000", "bob 60000"]);

      const record = sampleResource("web-01");
      for (let time = 0; time < 2; time += 1) {
        for (const each of found) await target.transfer.importLease(each);
        for (const scope of [runScope(free.id), blog, ...leases.map((lease) => lease.scope)]) {
          await target.transfer.raiseToken(scope, 1);
        }
        await target.transfer.raiseToken(runScope(free.id), 57);
        await target.transfer.importResources([{ record, version: 9 }]);
        await target.transfer.importResources([]);
      }
      const cancel: RunEvent = { type: "cancelRequested", at: 1, by: "ada", reason: "test", mode: "drain" };
      expect(await target.runs.append(held.id, 1, [cancel], leases[0]?.token)).toBe(2);
      for (const lease of leases) await target.leases.heartbeat(lease);
      expect((await target.leases.acquire(runScope(free.id), "ada", 1000)).token).toBeGreaterThan(57);
      expect((await target.leases.acquire(blog, "ada", 1000)).token).toBeGreaterThan(1);
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
      const between = await open();
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
}
