import { expect, test } from "vitest";
import { Gather } from "./gather.js";

/** Notes what goes into each statement, which ends when it is told to. */
function createSubject(options: { readonly fail?: (batch: readonly string[]) => unknown; readonly lanes?: number } = {}) {
  const batches: (readonly string[])[] = [];
  const open: (() => void)[] = [];
  const gather = new Gather<string, string>({
    keyOf: (request) => request.slice(0, 1),
    bytesOf: (request) => request.length,
    lanes: options.lanes ?? 1,
    async perform(batch) {
      batches.push(batch);
      await new Promise<void>((resolve) => open.push(resolve));
      const error = options.fail?.(batch);
      if (error !== undefined) throw error;
      return batch.map((request) => request.toUpperCase());
    },
  });
  const turn = () => new Promise((resolve) => setTimeout(resolve, 5));
  return {
    gather,
    batches,
    finish: async () => {
      await turn();
      for (const end of open.splice(0)) end();
      await turn();
    },
  };
}

test("what is asked in one turn goes together, what comes meanwhile goes with the next", async () => {
  const { gather, batches, finish } = createSubject();
  const first = [gather.ask("a"), gather.ask("b")];
  await new Promise((resolve) => setTimeout(resolve, 5));
  const second = [gather.ask("c"), gather.ask("d")];
  await finish();
  expect(await Promise.all(first)).toEqual(["A", "B"]);
  await finish();
  expect(await Promise.all(second)).toEqual(["C", "D"]);
  expect(batches).toEqual([
    ["a", "b"],
    ["c", "d"],
  ]);
  await gather.settled();
});

test("requests of one key go one after the other, in their order", async () => {
  const { gather, batches, finish } = createSubject();
  const all = Promise.all(["a1", "b1", "a2", "a3", "b2"].map((request) => gather.ask(request)));
  for (let round = 0; round < 3; round += 1) await finish();
  expect(await all).toEqual(["A1", "B1", "A2", "A3", "B2"]);
  expect(batches).toEqual([["a1", "b1"], ["a2", "b2"], ["a3"]]);
});

test("with two lanes a second statement is begun when enough waits for it, without the keys of the first", async () => {
  const { gather, batches, finish } = createSubject({ lanes: 2 });
  const keys = Array.from({ length: 50 }, (_, index) => String.fromCodePoint(0x4e00 + index));
  const all = Promise.all([...keys, ...keys].map((request) => gather.ask(request)));
  await new Promise((resolve) => setTimeout(resolve, 5));
  expect(batches.map(({ length }) => length)).toEqual([32, 18]);
  const few = Promise.all(["a", "b"].map((request) => gather.ask(request)));
  for (let round = 0; round < 4; round += 1) await finish();
  await all;
  await few;
  expect(batches.flat().sort()).toEqual([...keys, ...keys, "a", "b"].sort());
  await gather.settled();
});

test("statements stay bounded in number and size, however large one request is", async () => {
  const { gather, batches, finish } = createSubject();
  const large = (key: string) => key.repeat(700_000);
  const many = Array.from({ length: 250 }, (_, index) => String.fromCodePoint(0x4e00 + index));
  const all = Promise.all([large("x"), large("y"), ...many].map((request) => gather.ask(request)));
  for (let round = 0; round < 6; round += 1) await finish();
  await all;
  expect(batches.map(({ length }) => length)).toEqual([100, 100, 52]);
});

test("one that cannot be stored does not take the others with it; other failures are everybody's", async () => {
  const refused = Object.assign(new Error("no place for it"), { code: "22P05" });
  const one = createSubject({ fail: (batch) => (batch.includes("b") ? refused : undefined) });
  const results = Promise.allSettled(["a", "b", "c"].map((request) => one.gather.ask(request)));
  for (let round = 0; round < 4; round += 1) await one.finish();
  expect((await results).map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
  const all = createSubject({ fail: () => new Error("gone") });
  const failed = Promise.allSettled(["a", "b"].map((request) => all.gather.ask(request)));
  await all.finish();
  expect((await failed).map(({ status }) => status)).toEqual(["rejected", "rejected"]);
});
