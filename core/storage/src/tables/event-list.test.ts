import type { RunEvent } from "@provisioning/model";
import { expect, test } from "vitest";
import { EventList } from "./event-list.js";

const event = (at: number): RunEvent => ({ type: "runResumed", at, by: "ada" });
const text = (...events: readonly RunEvent[]) => JSON.stringify(events);

test("gives the events in order, whether they are kept as objects or as text", () => {
  const list = new EventList([event(1)], text(event(1)));
  list.push([event(2), event(3)], text(event(2), event(3)));
  const before = list.toArray();
  list.rest();
  expect(list.toArray()).toEqual(before);
  expect(list.length).toBe(3);
  expect([list.toJson(3), list.toJson(1)]).toEqual([text(event(1), event(2), event(3)), text(event(1))]);
  list.push([event(4)], text(event(4)));
  list.rest();
  expect(list.toArray().map(({ at }) => at)).toEqual([1, 2, 3, 4]);
});

test("keeps objects of what it does not know as text", () => {
  const list = new EventList([event(1)]);
  list.push([event(2)], text(event(2)));
  list.rest();
  expect(list.toArray().map(({ at }) => at)).toEqual([1, 2]);
});

test("goes on after the first ones went somewhere else", () => {
  for (const isResting of [false, true]) {
    const list = new EventList([event(1), event(2)], text(event(1), event(2)));
    if (isResting) list.rest();
    list.dropFirst(1);
    expect(list.toArray().map(({ at }) => at)).toEqual([2]);
    list.dropFirst(1);
    expect([list.length, list.toArray()]).toEqual([0, []]);
    list.push([event(3)], text(event(3)));
    list.rest();
    expect(list.toArray().map(({ at }) => at)).toEqual([3]);
  }
});

test("what it gave stays as it is", () => {
  const list = new EventList([event(1)], text(event(1)));
  const given = list.toArray();
  list.push([event(2)], text(event(2)));
  expect(given).toHaveLength(1);
});
