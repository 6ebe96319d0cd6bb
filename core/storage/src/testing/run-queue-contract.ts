/** The queue: each run to one taker, the right one first, and back again when its holder is gone. */

import type { RunEvent, RunId } from "@provisioning/model";
import { describe, expect, test } from "vitest";
import { PRIORITY_STEP_MS } from "../ports/run-queue.js";
import { SAMPLE_TIME, sampleRun } from "./samples.js";
import type { ContractContext } from "./storage-contract.js";

export function runQueueContract(context: ContractContext): void {
  const { clock } = context;
  const submit = async (changes: Parameters<typeof sampleRun>[0] = {}) => {
    const definition = sampleRun(changes);
    await context.storage().runs.submit(definition);
    return definition.id;
  };
  const claim = async (ttlMs = 1000) => context.storage().queue.claim("ada", ttlMs);
  const append = async (runId: RunId, ...events: RunEvent[]) => {
    const { version } = await context.storage().runs.load(runId);
    await context.storage().runs.append(runId, version, events);
  };
  const at = SAMPLE_TIME;

  describe("queue", () => {
    test("has nothing while nothing was submitted", async () => {
      expect(await claim()).toBeUndefined();
      expect(await context.storage().queue.dueInMs()).toBeUndefined();
    });

    test("gives the oldest first, with its lease", async () => {
      const second = await submit({ createdAt: SAMPLE_TIME + 1 });
      const first = await submit();
      const claimed = await claim();
      expect(claimed).toMatchObject({ runId: first, lease: { holder: "ada", expiresAt: clock.now() + 1000 } });
      expect(await context.storage().leases.current(claimed!.lease.scope)).toMatchObject({ token: claimed!.lease.token });
      expect(await claim()).toMatchObject({ runId: second });
      expect(await claim()).toBeUndefined();
    });

    test("lets priority overtake, but only as much as it is worth", async () => {
      const old = await submit();
      const urgent = await submit({ createdAt: SAMPLE_TIME + PRIORITY_STEP_MS - 1, priority: 1 });
      const late = await submit({ createdAt: SAMPLE_TIME + PRIORITY_STEP_MS + 1, priority: 1 });
      const patient = await submit({ createdAt: SAMPLE_TIME, priority: -1 });
      const order = [await claim(), await claim(), await claim(), await claim()].map((claimed) => claimed?.runId);
      expect(order).toEqual([urgent, old, late, patient]);
    });

    test("holds back what is not due", async () => {
      const dueAt = clock.now() + 5000;
      const later = await submit({ notBefore: dueAt });
      expect(await claim()).toBeUndefined();
      expect(await context.storage().queue.dueInMs()).toBe(5000);
      await clock.advance(5000);
      expect(await claim()).toMatchObject({ runId: later });
    });

    test("gives a run to one of many takers", async () => {
      const runs = new Set<RunId>();
      for (let index = 0; index < 10; index += 1) runs.add(await submit({ createdAt: SAMPLE_TIME + index }));
      const claims = await Promise.all(Array.from({ length: 25 }, () => claim()));
      const taken = claims.flatMap((claimed) => (claimed === undefined ? [] : [claimed.runId]));
      expect(taken.sort()).toEqual([...runs].sort());
    });

    test("gives a run again after its lease ran out, under a newer token", async () => {
      const run = await submit();
      const first = await claim(1000);
      expect(await context.storage().queue.dueInMs()).toBe(1000);
      await clock.advance(500);
      await context.storage().leases.heartbeat(first!.lease);
      await clock.advance(600);
      expect(await claim()).toBeUndefined();
      await clock.advance(400);
      const second = await claim();
      expect(second?.runId).toBe(run);
      expect(second!.lease.token).toBeGreaterThan(first!.lease.token);
      await expect(context.storage().leases.heartbeat(first!.lease)).rejects.toMatchObject({ code: "TOKEN_STALE" });
    });

    test("gives a run again at once when it was let go of", async () => {
      const run = await submit();
      const first = await claim(60_000);
      await context.storage().leases.release(first!.lease);
      expect(await claim()).toMatchObject({ runId: run });
    });

    test("does not give what somebody took without the queue, nor what has ended or is paused", async () => {
      const held = await submit();
      await context.storage().leases.acquire(`run/${held}` as never, "bob", 60_000);
      const ended = await submit();
      await append(ended, { type: "runClaimed", at, holder: "x", token: 1 }, { type: "runEnded", at, status: "failed" });
      const paused = await submit();
      await append(paused, { type: "pauseRequested", at, by: "ada", reason: "lunch" });
      expect(await claim()).toBeUndefined();
      await append(paused, { type: "runResumed", at, by: "ada" });
      expect(await claim()).toMatchObject({ runId: paused });
      await append(ended, { type: "runRetried", at, by: "ada", operations: [] });
      expect(await claim()).toMatchObject({ runId: ended });
    });

    test("gives a run again that was cancelled while it was paused: somebody must bring it to its end", async () => {
      const run = await submit();
      await append(run, { type: "pauseRequested", at, by: "ada", reason: "lunch" });
      expect(await claim()).toBeUndefined();
      await append(run, { type: "cancelRequested", at, by: "ada", reason: "wrong", mode: "abort" });
      expect((await context.storage().runs.list({ status: ["pending"] })).runs).toHaveLength(1);
      expect(await claim()).toMatchObject({ runId: run });
    });

    test("tells who waits for something to take that there may be something", async () => {
      const { queue } = context.storage();
      let told = 0;
      const stop = queue.watch(() => {
        told += 1;
      });
      const toldBy = async (act: () => Promise<unknown>) => {
        told = 0;
        await act();
        await expect.poll(() => told).toBeGreaterThan(0);
      };
      let run = "" as RunId;
      await toldBy(async () => {
        run = await submit();
      });
      await append(run, { type: "pauseRequested", at, by: "ada", reason: "lunch" });
      await toldBy(() => append(run, { type: "runResumed", at, by: "ada" }));
      stop();
      told = 0;
      await submit();
      expect(told).toBe(0);
    });

    test("reads along what it gives, or leaves that to the taker", async () => {
      const run = await submit();
      const claimed = await claim();
      const stored = await context.storage().runs.load(run);
      expect(claimed?.stored ?? stored).toEqual(stored);
    });

    context.testReopened("is there again after opening again", async () => {
      const first = await submit();
      const second = await submit({ createdAt: SAMPLE_TIME + 1 });
      await context.reopen();
      expect(await claim()).toMatchObject({ runId: first });
      expect(await claim()).toMatchObject({ runId: second });
    });
  });
}
