/** The engine in a simulated world: a short form of `npm run sim`. */

import { expect, test } from "vitest";
import { PLANTED_BUGS, simulate } from "./testing/index.js";

const hashes = async (seeds: number) => {
  const found: string[] = [];
  for (let seed = 1; seed <= seeds; seed += 1) found.push((await simulate({ seed })).hash);
  return found;
};

test("one seed is one history", async () => {
  const first = await hashes(20);
  expect(await hashes(20)).toEqual(first);
  expect(new Set(first).size).toBe(20);
}, 60_000);

test("whatever happens in two hundred worlds, what must hold does", async () => {
  for (let seed = 1; seed <= 200; seed += 1) {
    const { broken, log } = await simulate({ seed });
    expect(broken, `seed ${seed}\n${log.slice(-30).join("\n")}`).toBeUndefined();
  }
}, 120_000);

/** Those that show only in rare histories; `npm run sim -- --bug` finds them within 5,000 seeds. */
const RARE: ReadonlySet<string> = new Set(["effects-not-fenced", "release-by-anybody"]);
const USUAL_SEEDS = 600;

test.each(PLANTED_BUGS.filter(({ name }) => !RARE.has(name)).map((bug) => [bug.name, bug] as const))(
  "the bug %s is found",
  async (_, bug) => {
    let found: string | undefined;
    for (let seed = 1; seed <= USUAL_SEEDS && found === undefined; seed += 1) found = (await simulate({ seed, bug })).broken;
    expect(found).toBeDefined();
  },
  120_000,
);
