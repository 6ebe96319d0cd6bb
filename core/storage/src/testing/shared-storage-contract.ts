/** What a store promises that several processes have open at once: the database decides, and each sees what the others did. */

import { infraName, type OperationId, type RunEvent, type RunId } from "@provisioning/model";
import { describe, expect, test, vi } from "vitest";
import { infraScope } from "../ports/lease-store.js";
import { type AppendedEvents, runScope } from "../ports/run-store.js";
import type { Storage } from "../ports/storage.js";
import { SAMPLE_TIME, sampleResource, sampleRun } from "./samples.js";
import type { ContractContext } from "./storage-contract.js";

const cancelRequested = (by: string): RunEvent => ({
  type: "cancelRequested",
  at: SAMPLE_TIME,
  by,
  reason: "test",
  mode: "drain",
});
const completed: RunEvent = {
  type: "operationCompleted",
  at: SAMPLE_TIME,
  operation: "one" as OperationId,
  attempt: 1,
  output: null,
};

export function sharedStorageContract(context: ContractContext): void {
  const { clock } = context;
  /** The two, in turn. */
  const both = async <Result>(count: number, act: (storage: Storage, index: number) => Promise<Result>) => {
    const storages = [context.storage(), await context.another()] as const;
    return Promise.allSettled(Array.from({ length: count }, (_, index) => act(storages[index % 2] as Storage, index)));
  };
  const succeeded = (results: readonly PromiseSettledResult<unknown>[]) =>
    results.filter(({ status }) => status === "fulfilled").length;
  const codes = (results: readonly PromiseSettledResult<unknown>[]) =>
    new Set(results.flatMap((result) => (result.status === "rejected" ? [(result.reason as { code: string }).code] : [])));

  describe("several at once", () => {
    test("of many who append to the same version exactly one succeeds, again and again", async () => {
      const definition = sampleRun();
      await context.storage().runs.submit(definition);
      for (let version = 1; version <= 5; version += 1) {
        const results = await both(20, ({ runs }, index) => runs.append(definition.id, version, [cancelRequested(`${index}`)]));
        expect(succeeded(results)).toBe(1);
        expect(codes(results)).toEqual(new Set(["VERSION_CONFLICT"]));
      }
      expect((await context.storage().runs.load(definition.id)).version).toBe(6);
    });

    test("appending to many runs in any order makes nobody wait for ever", async () => {
      const definitions = Array.from({ length: 12 }, () => sampleRun());
      for (const definition of definitions) await context.storage().runs.submit(definition);
      const shuffled = (seed: number) => definitions.map((_, index) => definitions[(index * 5 + seed * 7) % 12]?.id as RunId);
      await both(8, async ({ runs }, index) => {
        for (const id of shuffled(index)) {
          for (let isDone = false; !isDone; ) {
            const { version } = await runs.load(id);
            isDone = await runs.append(id, version, [cancelRequested(`${index}`)]).then(
              () => true,
              () => false,
            );
          }
        }
      });
      for (const { id } of definitions) expect((await context.storage().runs.load(id)).version).toBe(9);
    });

    test("the same submission by several is one, of different ones under one id exactly one is taken", async () => {
      const definition = sampleRun();
      expect(succeeded(await both(10, ({ runs }) => runs.submit(definition)))).toBe(10);
      const { id } = sampleRun();
      const results = await both(10, ({ runs }, index) => runs.submit(sampleRun({ id, name: `run ${index}` })));
      expect(succeeded(results)).toBe(1);
      expect(codes(results)).toEqual(new Set(["RUN_EXISTS"]));
      expect((await context.storage().runs.list()).runs).toHaveLength(2);
    });

    test("each run goes to one taker", async () => {
      const submitted = Array.from({ length: 30 }, (_, index) => sampleRun({ createdAt: SAMPLE_TIME + index }).id);
      for (const id of submitted) await context.storage().runs.submit(sampleRun({ id }));
      const taken: RunId[] = [];
      for (let round = 0; round < 3; round += 1) {
        const claims = await both(12, ({ queue }) => queue.claim("ada", 60_000));
        for (const claim of claims) if (claim.status === "fulfilled" && claim.value !== undefined) taken.push(claim.value.runId);
      }
      expect(taken.sort()).toEqual(submitted.sort());
    });

    test("of many takers of a lease exactly one gets it, and the others hear of it", async () => {
      const scope = infraScope(infraName("shop"));
      const results = await both(20, ({ leases }, index) => leases.acquire(scope, `w${index}`, 1000));
      expect(succeeded(results)).toBe(1);
      expect(codes(results)).toEqual(new Set(["LEASE_HELD"]));
      const other = await context.another();
      const held = await other.leases.current(scope);
      await other.leases.release(held!);
      expect(await context.storage().leases.current(scope)).toBeUndefined();
    });

    test("a lease that was stolen leaves its first holder without a say", async () => {
      const { id } = sampleRun();
      const first = context.storage();
      const second = await context.another();
      await first.runs.submit(sampleRun({ id }));
      for (let round = 0; round < 5; round += 1) {
        const lost = await first.leases.acquire(runScope(id), "first", 1000);
        await clock.advance(1000);
        const taken = await second.queue.claim("second", 1000);
        expect(taken?.lease.token).toBeGreaterThan(lost.token);
        const { version } = await first.runs.load(id);
        const refusals = await Promise.allSettled([
          first.runs.append(id, version, [completed], lost.token),
          first.runs.append(id, version, [], lost.token),
          first.leases.heartbeat(lost),
          first.leases.release(lost),
        ]);
        expect(succeeded(refusals)).toBe(0);
        expect(codes(refusals)).toEqual(new Set(["TOKEN_STALE"]));
        await second.runs.append(id, version, [cancelRequested("second")], taken?.lease.token);
        await second.leases.release(taken!.lease);
        await expect(second.runs.append(id, version + 1, [completed], taken?.lease.token)).rejects.toMatchObject({
          code: "TOKEN_STALE",
        });
      }
    });

    test("of many who write the same resources exactly one succeeds, and nothing is written by halves", async () => {
      const pair = ["web-01", "web-02"];
      for (let version = 0; version < 4; version += 1) {
        const results = await both(12, ({ resources }, index) => {
          const names = index % 3 === 0 ? pair : [...pair].reverse();
          const record = (name: string) => sampleResource(name, { attributes: { writer: index } });
          return resources.write(names.map((name) => ({ type: "put", record: record(name), expected: version })));
        });
        expect(succeeded(results)).toBe(1);
        expect(codes(results)).toEqual(new Set(["VERSION_CONFLICT"]));
        const stored = await context.storage().resources.list(infraName("shop"));
        expect(stored.map((resource) => resource.version)).toEqual([version + 1, version + 1]);
        expect(stored[0]?.record.attributes).toEqual(stored[1]?.record.attributes);
      }
    });

    test("watchers hear of what others store, in order and once", async () => {
      const definition = sampleRun();
      const other = await context.another();
      const heard: AppendedEvents[] = [];
      const all: AppendedEvents[] = [];
      context.storage().runs.watch((appended) => heard.push(appended), definition.id);
      context.storage().runs.watch((appended) => all.push(appended));
      // Until somebody listens, what is stored elsewhere may go unheard.
      await vi.waitFor(async () => {
        await other.runs.submit(sampleRun());
        expect(all.length).toBeGreaterThan(0);
      }, WAIT);
      await other.runs.submit(definition);
      // Whoever hears of a run for the first time hears from there on.
      await vi.waitFor(() => expect(heard.length).toBeGreaterThan(0), WAIT);
      for (let version = 1; version <= 20; version += 1) {
        const storage = version % 3 === 0 ? context.storage() : other;
        await storage.runs.append(definition.id, version, [cancelRequested(`${version}`)]);
      }
      await vi.waitFor(() => expect(heard.at(-1)?.version).toBe(21), WAIT);
      const events = heard.flatMap((appended) => appended.events);
      expect(events).toEqual((await other.runs.load(definition.id)).events.slice(-events.length));
      expect(events.length).toBeGreaterThanOrEqual(20);
    });
  });
}

const WAIT = { timeout: 10_000, interval: 20 };
