/** A key makes a request one thing for all replicas, also while one of them is still at it. */

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { systemClock } from "@provisioning/model";
import { openMemoryStorage, type Storage } from "@provisioning/storage";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { IdempotencyKeys, type RequestKey, requestKey } from "../idempotency.js";
import { KeptAnswers } from "../kept-answers.js";
import { Once } from "./once.js";

const PATIENCE_MS = 300;
const key = requestKey("a", "/path", { name: "a" });
let dir: string;
let storage: Storage;
let done: string[];
/** What is under way; it ends with this, or fails. */
let finish: ((error?: Error) => void)[];

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "provisioning-once-"));
  storage = openMemoryStorage({ clock: systemClock });
  done = [];
  finish = [];
});
afterEach(async () => {
  await storage.close();
  await rm(dir, { recursive: true, force: true });
});

/** They have the storage and the folder of answers in common. */
async function replica(name: string) {
  const kept = (folder: string) => KeptAnswers.open({ dir: join(dir, folder), clock: systemClock, ttlMs: 60_000 });
  const once = new Once({
    keys: await IdempotencyKeys.open(storage, systemClock, 60_000, PATIENCE_MS),
    answers: await kept("changes"),
    readings: await kept("readings"),
    onTrouble: (error) => {
      throw error;
    },
  });
  return (asked: RequestKey = key) =>
    once.answer(asked, {
      changesAtOnce: true,
      serve: async () => {
        done.push(name);
        await new Promise<void>((resolve, reject) => finish.push((error) => (error === undefined ? resolve() : reject(error))));
        return { status: 200, body: name };
      },
    });
}

async function begun() {
  const [one, other] = [await replica("one"), await replica("other")];
  const first = one();
  await expect.poll(() => finish.length).toBe(1);
  return { first, other };
}

describe("what another replica is doing under a key", () => {
  it("is waited for, and answered as there", async () => {
    const { first, other } = await begun();
    const second = other();
    await sleep(PATIENCE_MS / 3);
    finish[0]?.();
    expect(await Promise.all([first, second])).toMatchObject([{ body: "one" }, { body: "one" }]);
    expect(done).toEqual(["one"]);
  });

  it("is refused when it takes too long, and at once with another body", async () => {
    const { first, other } = await begun();
    await expect(other(requestKey("a", "/path", { name: "b" }))).rejects.toMatchObject({ code: "IDEMPOTENCY_CONFLICT" });
    await expect(other()).rejects.toMatchObject({ code: "IDEMPOTENCY_UNDER_WAY", retry: "later" });
    finish[0]?.();
    await first;
    expect(await other()).toMatchObject({ body: "one" });
    expect(done).toEqual(["one"]);
  });

  it("is done here when it failed there", async () => {
    const { first, other } = await begun();
    const second = other();
    finish[0]?.(new Error("no"));
    await expect(first).rejects.toThrow("no");
    await expect.poll(() => finish.length).toBe(2);
    finish[1]?.();
    expect(await second).toMatchObject({ body: "other" });
    expect(done).toEqual(["one", "other"]);
  });
});

it("keys whose time is over are forgotten", async () => {
  const keys = await IdempotencyKeys.open(storage, systemClock, 1);
  const { id } = await keys.reserve(key);
  await sleep(5);
  await keys.sweep();
  expect(await keys.reserve(key)).toMatchObject({ isNew: true });
  expect((await keys.reserve(key)).id).not.toBe(id);
});
