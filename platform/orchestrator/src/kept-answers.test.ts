import { mkdtemp, readdir, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Instant, systemClock } from "@provisioning/model";
import { openMemoryStorage } from "@provisioning/storage";
import { IdempotencyKeys, requestKey } from "./idempotency.js";
import { KeptAnswers } from "./kept-answers.js";

let dir: string;
let now: number;
const clock = { ...systemClock, now: () => now as Instant };
const key = (name: string) => requestKey(name, "/path", { name });
const answer = (text: string) => ({ status: 200, body: text });

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "provisioning-answers-"));
  now = Date.now();
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const open = (maxBytes?: number) =>
  KeptAnswers.open({ dir, clock, ttlMs: 1_000, ...(maxBytes === undefined ? {} : { maxBytes }) });

describe("kept answers", () => {
  it("are there for whoever opens the same folder, before or after", async () => {
    const before = await open();
    await (await open()).keep(key("a"), answer("one"));
    expect(await before.find(key("a"))).toEqual(answer("one"));
    expect(await (await open()).find(key("a"))).toEqual(answer("one"));
  });

  it("are removed in time also where they were not written to their end", async () => {
    const half = join(dir, `${key("a").name}.json.half`);
    await writeFile(half, "{");
    expect(await (await open()).find(key("a"))).toBe(undefined);
    await utimes(half, new Date(now - 2_000), new Date(now - 2_000));
    await open();
    expect(await readdir(dir)).toEqual([]);
  });

  it("are for the same request only", async () => {
    const kept = await open();
    await kept.keep(key("a"), answer("one"));
    await expect(kept.find(requestKey("a", "/other", { name: "a" }))).rejects.toMatchObject({ code: "IDEMPOTENCY_CONFLICT" });
    await expect(kept.find(requestKey("a", "/path", {}))).rejects.toMatchObject({ code: "IDEMPOTENCY_CONFLICT" });
  });

  it("go when their time is over", async () => {
    const kept = await open();
    await kept.keep(key("a"), answer("one"));
    now += 1_000;
    expect(await kept.find(key("a"))).toBe(undefined);
    await kept.keep(key("b"), answer("two"));
    expect(await readdir(dir)).toHaveLength(1);
  });

  it("go when there are too many, the oldest first, also when they are opened anew", async () => {
    const kept = await open(500);
    for (const name of ["a", "b", "c"]) await kept.keep(key(name), answer("x".repeat(70)));
    const found = async (those: KeptAnswers) =>
      Promise.all(["a", "b", "c"].map(async (name) => (await those.find(key(name))) !== undefined));
    expect(await found(kept)).toEqual([false, true, true]);
    const older = join(dir, `${key("c").name}.json`);
    await utimes(older, new Date(now - 500), new Date(now - 500));
    expect(await found(await open(250))).toEqual([false, true, false]);
  });
});

it("says on another replica that a request was answered, and does not do it again", async () => {
  const storage = openMemoryStorage({ clock: systemClock });
  try {
    const [one, other] = [await IdempotencyKeys.open(storage, clock, 60_000), await IdempotencyKeys.open(storage, clock, 60_000)];
    await other.assertUsable(key("a"));
    await one.markAnswered(key("a"));
    await expect(other.assertUsable(key("a"))).rejects.toMatchObject({ code: "IDEMPOTENCY_ANSWER_GONE" });
    await expect(other.assertUsable(requestKey("a", "/path", {}))).rejects.toMatchObject({ code: "IDEMPOTENCY_CONFLICT" });
  } finally {
    await storage.close();
  }
});
