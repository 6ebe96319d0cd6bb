/** What every run store promises. */

import { infraName, newRunId, type OperationId, type RunEvent } from "@provisioning/model";
import { describe, expect, test, vi } from "vitest";
import { type AppendedEvents, type RunSummary, runScope } from "../ports/run-store.js";
import { sampleOperation, sampleRun, SAMPLE_TIME } from "./samples.js";
import type { ContractContext } from "./storage-contract.js";

const cancelRequested: RunEvent = { type: "cancelRequested", at: SAMPLE_TIME + 1, by: "ada", reason: "test", mode: "drain" };
const claimed = (token: number): RunEvent => ({ type: "runClaimed", at: SAMPLE_TIME + 2, holder: "worker", token });
const one = "one" as OperationId;

/** Of what comes soon, on any machine. */
const WAIT = { timeout: 10_000, interval: 5 };

export function runStoreContract(context: ContractContext): void {
  const runs = () => context.storage().runs;

  describe("runs", () => {
    test("a submitted run is there with one event", async () => {
      const definition = sampleRun();
      expect(await runs().submit(definition)).toBe(1);
      expect(await runs().load(definition.id)).toEqual({
        version: 1,
        events: [{ type: "runSubmitted", at: definition.createdAt, definition }],
      });
    });

    test("submitting the same again changes nothing, another one under its id is refused", async () => {
      const definition = sampleRun();
      await runs().submit(definition);
      expect(await runs().submit({ ...definition })).toBe(1);
      await expect(runs().submit({ ...definition, name: "other" })).rejects.toMatchObject({ code: "RUN_EXISTS" });
      expect((await runs().list()).runs).toHaveLength(1);
    });

    test("appends in order and counts versions", async () => {
      const { id } = sampleRun();
      await runs().submit(sampleRun({ id }));
      expect(await runs().append(id, 1, [claimed(1), cancelRequested])).toBe(3);
      expect(await runs().append(id, 3, [])).toBe(3);
      const { version, events } = await runs().load(id);
      expect(version).toBe(3);
      expect(events.slice(1)).toEqual([claimed(1), cancelRequested]);
    });

    test("says by an append of nothing whether version and token still hold, and writes nothing", async () => {
      const run = sampleRun();
      const { runs, leases } = context.storage();
      const version = await runs.submit(run);
      const lease = await leases.acquire(runScope(run.id), "ann", 60_000);
      expect(await runs.append(run.id, version, [], lease.token)).toBe(version);
      await expect(runs.append(run.id, version + 1, [], lease.token)).rejects.toMatchObject({ code: "VERSION_CONFLICT" });
      await leases.release(lease);
      await leases.acquire(runScope(run.id), "bob", 60_000);
      await expect(runs.append(run.id, version, [], lease.token)).rejects.toMatchObject({ code: "TOKEN_STALE" });
      expect((await runs.load(run.id)).version).toBe(version);
    });

    test("gives the lease back with the last events, and keeps it when they are refused", async () => {
      const run = sampleRun();
      const { runs, leases } = context.storage();
      const version = await runs.submit(run);
      const lease = await leases.acquire(runScope(run.id), "ann", 60_000);
      const refused = runs.append(run.id, version + 1, [cancelRequested], lease.token, "release");
      await expect(refused).rejects.toMatchObject({ code: "VERSION_CONFLICT" });
      expect(await leases.current(runScope(run.id))).toMatchObject({ holder: "ann" });
      const after = await runs.append(run.id, version, [claimed(lease.token)], lease.token, "release");
      expect(await leases.current(runScope(run.id))).toBeUndefined();
      await expect(runs.append(run.id, after, [cancelRequested], lease.token)).rejects.toMatchObject({ code: "TOKEN_STALE" });
      const next = await context.storage().queue.claim("bob", 60_000);
      expect(next).toMatchObject({ runId: run.id, lease: { holder: "bob" } });
      await leases.release(lease).catch((error: unknown) => expect(error).toMatchObject({ code: "TOKEN_STALE" }));
      const late = runs.append(run.id, after, [cancelRequested], lease.token, "release");
      await expect(late).rejects.toMatchObject({ code: "TOKEN_STALE" });
      expect(await leases.current(runScope(run.id))).toMatchObject({ holder: "bob", token: next?.lease.token });
    });

    test("refuses another version than the current one and writes nothing", async () => {
      const definition = sampleRun();
      await runs().submit(definition);
      for (const expected of [0, 2]) {
        await expect(runs().append(definition.id, expected, [cancelRequested])).rejects.toMatchObject({
          code: "VERSION_CONFLICT",
        });
      }
      expect((await runs().load(definition.id)).version).toBe(1);
    });

    test("of many who append to the same version exactly one succeeds", async () => {
      const definition = sampleRun();
      await runs().submit(definition);
      const results = await Promise.allSettled(
        Array.from({ length: 20 }, () => runs().append(definition.id, 1, [cancelRequested])),
      );
      expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
      expect((await runs().load(definition.id)).version).toBe(2);
    });

    test("forgets runs that ended and that nobody holds, and no others", async () => {
      const { leases } = context.storage();
      const [ended, held, open, kept] = [sampleRun(), sampleRun(), sampleRun(), sampleRun()];
      for (const { id } of [ended, held, open, kept]) await runs().submit(sampleRun({ id }));
      for (const { id } of [ended, held, kept])
        await runs().append(id, 1, [claimed(1), { type: "runEnded", at: SAMPLE_TIME, status: "failed" }]);
      const lease = await leases.acquire(runScope(held.id), "ann", 60_000);
      const asked = [ended.id, held.id, open.id, ended.id, newRunId()];
      expect(await runs().forget(asked)).toEqual([ended.id]);
      expect(await runs().forget(asked)).toEqual([]);
      await leases.release(lease);
      await expect(runs().load(ended.id)).rejects.toMatchObject({ code: "RUN_NOT_FOUND" });
      expect((await runs().list()).runs.map(({ id }) => id).sort()).toEqual([held.id, open.id, kept.id].sort());
      expect((await runs().load(kept.id)).version).toBe(3);
      expect(await runs().submit(sampleRun({ id: ended.id }))).toBe(1);
      expect((await runs().load(ended.id)).version).toBe(1);
    });

    test("knows no run that was not submitted", async () => {
      await expect(runs().load(newRunId())).rejects.toMatchObject({ code: "RUN_NOT_FOUND" });
      await expect(runs().append(newRunId(), 0, [cancelRequested])).rejects.toMatchObject({ code: "RUN_NOT_FOUND" });
    });

    test("refuses a stale token, also after its lease was given back", async () => {
      const definition = sampleRun();
      await runs().submit(definition);
      const { leases } = context.storage();
      const first = await leases.acquire(runScope(definition.id), "first", 1000);
      await runs().append(definition.id, 1, [claimed(first.token)], first.token);
      await context.clock.advance(1001);
      const second = await leases.acquire(runScope(definition.id), "second", 1000);
      await expect(runs().append(definition.id, 2, [cancelRequested], first.token)).rejects.toMatchObject({
        code: "TOKEN_STALE",
      });
      expect(await runs().append(definition.id, 2, [claimed(second.token)], second.token)).toBe(3);
      await leases.release(second);
      await expect(runs().append(definition.id, 3, [cancelRequested], second.token)).rejects.toMatchObject({
        code: "TOKEN_STALE",
      });
      expect((await runs().load(definition.id)).version).toBe(3);
    });

    test("anyone may append without a token while somebody holds the lease", async () => {
      const definition = sampleRun();
      await runs().submit(definition);
      await context.storage().leases.acquire(runScope(definition.id), "first", 1000);
      expect(await runs().append(definition.id, 1, [cancelRequested])).toBe(2);
    });

    test("summaries follow the events", async () => {
      const definition = sampleRun({ operations: [sampleOperation("one"), sampleOperation("two")], labels: { command: "test" } });
      await runs().submit(definition);
      const summary = async () => (await runs().list()).runs[0];
      expect(await summary()).toEqual({
        id: definition.id,
        name: definition.name,
        infra: definition.infra,
        status: "pending",
        labels: { command: "test" },
        createdAt: definition.createdAt,
        updatedAt: definition.createdAt,
        version: 1,
        operations: 2,
        completed: 0,
        failed: 0,
      } satisfies RunSummary);
      await runs().append(definition.id, 1, [
        claimed(1),
        { type: "operationStarted", at: 1, operation: one, attempt: 1, token: 1 },
        { type: "operationCompleted", at: 2, operation: one, attempt: 1, output: null },
      ]);
      expect(await summary()).toMatchObject({ status: "running", version: 4, completed: 1, updatedAt: 2 });
      await runs().append(definition.id, 4, [{ type: "rollbackStarted", at: 3, by: "ada" }]);
      expect(await summary()).toMatchObject({ status: "rollingBack" });
      await runs().append(definition.id, 5, [{ type: "runEnded", at: 4, status: "rolledBack" }]);
      expect(await summary()).toMatchObject({ status: "rolledBack", version: 6 });
    });

    test("lists newest first in pages that do not shift", async () => {
      const submitted = Array.from({ length: 25 }, (_, index) => sampleRun({ createdAt: SAMPLE_TIME + Math.floor(index / 2) }));
      for (const definition of submitted) await runs().submit(definition);
      const expected = submitted.map(({ id, createdAt }) => ({ id, createdAt }));
      expected.sort((a, b) => b.createdAt - a.createdAt || (a.id < b.id ? 1 : -1));
      const seen: string[] = [];
      let cursor: string | undefined;
      do {
        const page = await runs().list({ limit: 10, ...(cursor === undefined ? {} : { cursor }) });
        seen.push(...page.runs.map(({ id }) => id));
        await runs().submit(sampleRun({ createdAt: SAMPLE_TIME + 1000 }));
        cursor = page.next;
      } while (cursor !== undefined);
      expect(seen).toEqual(expected.map(({ id }) => id));
    });

    test("lists by infra and status; the last page has no next", async () => {
      const shop = sampleRun();
      const blog = sampleRun({ infra: infraName("blog") });
      await runs().submit(shop);
      await runs().submit(blog);
      await runs().append(blog.id, 1, [claimed(1)]);
      const ids = async (query: Parameters<ReturnType<typeof runs>["list"]>[0]) =>
        (await runs().list(query)).runs.map(({ id }) => id);
      expect(await ids({ infra: infraName("shop") })).toEqual([shop.id]);
      expect(await ids({ status: ["running"] })).toEqual([blog.id]);
      expect(await ids({ infra: infraName("shop"), status: ["running"] })).toEqual([]);
      expect(await runs().list({ limit: 1, status: ["running"] })).not.toHaveProperty("next");
      await expect(runs().list({ cursor: "nonsense" })).rejects.toMatchObject({ code: "CURSOR_INVALID" });
    });

    test("tells watchers what was stored, until they stop", async () => {
      const definition = sampleRun();
      const all: AppendedEvents[] = [];
      const only: AppendedEvents[] = [];
      const stop = runs().watch((appended) => all.push(appended));
      runs().watch((appended) => only.push(appended), definition.id);
      runs().watch(() => {
        throw new Error("a broken watcher");
      });
      await runs().submit(definition);
      await runs().submit(sampleRun());
      await runs().append(definition.id, 1, [cancelRequested]);
      // A store that is just reading what others stored tells of it first.
      await vi.waitFor(() => expect(all.map(({ version }) => version)).toEqual([1, 1, 2]), WAIT);
      stop();
      await runs().append(definition.id, 2, [claimed(1)]);
      await vi.waitFor(() => expect(only.map(({ version }) => version)).toEqual([1, 2, 3]), WAIT);
      expect(all).toHaveLength(3);
      expect(only[1]).toEqual({ runId: definition.id, version: 2, events: [cancelRequested] });
    });

    test("tells watchers that wait for certain events only of these", async () => {
      const definition = sampleRun();
      const heard: AppendedEvents[] = [];
      runs().watch((appended) => heard.push(appended), undefined, new Set(["runClaimed"]));
      runs().watch((appended) => heard.push(appended), definition.id, new Set(["runClaimed", "runEnded"]));
      await runs().submit(definition);
      await runs().append(definition.id, 1, [cancelRequested]);
      await runs().append(definition.id, 2, [cancelRequested, claimed(1)]);
      await runs().append(definition.id, 4, [{ type: "runEnded", at: 1, status: "failed" }]);
      expect(heard.map(({ version }) => version)).toEqual([4, 4, 5]);
    });

    context.testReopened("what was forgotten stays forgotten", async () => {
      const { id } = sampleRun();
      await runs().submit(sampleRun({ id }));
      await runs().append(id, 1, [claimed(1), { type: "runEnded", at: SAMPLE_TIME, status: "completed" }]);
      await runs().forget([id]);
      await context.reopen();
      await expect(runs().load(id)).rejects.toMatchObject({ code: "RUN_NOT_FOUND" });
      expect((await runs().list()).runs).toEqual([]);
    });

    context.testReopened("everything is there after opening again", async () => {
      const definition = sampleRun();
      await runs().submit(definition);
      await runs().append(definition.id, 1, [claimed(1), cancelRequested]);
      const before = [await runs().load(definition.id), await runs().list()];
      await context.reopen();
      expect([await runs().load(definition.id), await runs().list()]).toEqual(before);
      expect(await runs().append(definition.id, 3, [cancelRequested])).toBe(4);
    });
  });
}
