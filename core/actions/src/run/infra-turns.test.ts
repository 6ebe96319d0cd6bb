import { infraName } from "@provisioning/model";
import { describe, expect, it } from "vitest";
import { InfraTurns } from "./infra-turns.js";

const [shop, blog] = [infraName("shop"), infraName("blog")];
const never = new AbortController().signal;

describe("turns of infras", () => {
  it("come one after the other in one infra, the smallest rank first, and hold no other infra back", async () => {
    const turns = new InfraTurns();
    const order: number[] = [];
    const done = await turns.take(shop, { rank: 5, signal: never });
    const waiting = [9, 7, 8].map(async (rank) => {
      const over = await turns.take(shop, { rank, signal: never });
      order.push(rank);
      over();
    });
    (await turns.take(blog, { rank: 99, signal: never }))();
    expect(order).toEqual([]);
    done();
    await Promise.all(waiting);
    expect(order).toEqual([7, 8, 9]);
    expect(turns.isTaken(shop)).toBe(false);
  });

  it("are given up by whoever goes away", async () => {
    const turns = new InfraTurns();
    const done = await turns.take(shop, { rank: 1, signal: never });
    const gone = new AbortController();
    const first = turns.take(shop, { rank: 2, signal: gone.signal });
    const second = turns.take(shop, { rank: 3, signal: never });
    gone.abort(new Error("gone"));
    await expect(first).rejects.toThrow("gone");
    done();
    // Said twice it is over once.
    done();
    expect(turns.isTaken(shop)).toBe(true);
    (await second)();
    expect(turns.isTaken(shop)).toBe(false);
    await expect(turns.take(shop, { rank: 1, signal: gone.signal })).rejects.toThrow("gone");
  });
});
