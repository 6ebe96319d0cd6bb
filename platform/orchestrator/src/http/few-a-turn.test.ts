import { expect, it } from "vitest";
import { FewATurn } from "./few-a-turn.js";

const nextTurn = () => new Promise((resolve) => setImmediate(resolve));

it("does a few in each turn, in order, also of what comes meanwhile", async () => {
  const done: number[] = [];
  const acts = new FewATurn(() => 2);
  for (const number of [1, 2, 3]) acts.add(() => done.push(number));
  expect(done).toEqual([]);
  await nextTurn();
  expect(done).toEqual([1, 2]);
  acts.add(() => done.push(4));
  acts.add(() => done.push(5));
  await nextTurn();
  expect(done).toEqual([1, 2, 3, 4]);
  await nextTurn();
  expect(done).toEqual([1, 2, 3, 4, 5]);
  acts.add(() => done.push(6));
  await nextTurn();
  expect(done).toEqual([1, 2, 3, 4, 5, 6]);
});

it("goes on after an act that threw", async () => {
  const done: number[] = [];
  const acts = new FewATurn(() => 1);
  const thrown: unknown[] = [];
  const listeners = process.listeners("uncaughtException");
  process.removeAllListeners("uncaughtException");
  process.once("uncaughtException", (error) => thrown.push(error));
  acts.add(() => {
    throw new Error("first");
  });
  acts.add(() => done.push(2));
  await nextTurn();
  await nextTurn();
  for (const listener of listeners) process.on("uncaughtException", listener);
  expect(thrown).toHaveLength(1);
  expect(done).toEqual([2]);
});

it("does nothing while it is held, and goes on where it was", async () => {
  const done: number[] = [];
  const acts = new FewATurn(() => 2);
  for (const number of [1, 2, 3]) acts.add(() => done.push(number));
  await nextTurn();
  acts.hold(true);
  acts.add(() => done.push(4));
  for (let turn = 0; turn < 3; turn += 1) await nextTurn();
  expect(done).toEqual([1, 2]);
  acts.hold(false);
  await nextTurn();
  expect(done).toEqual([1, 2, 3, 4]);
});
