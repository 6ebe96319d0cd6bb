import { expect, test } from "vitest";
import { findAnomaly, type StoreCall, type TimedCall } from "./testing/kills/linear.js";

const EXCLUSIVE = { isExclusive: true };
const at = (begun: number, ended: number, call: StoreCall): TimedCall => ({ call, begun, ended });
const submitted = at(0, 1, { type: "submit", answer: { version: 1 } });
const claimed = at(2, 3, { type: "claim", answer: { token: 1 } });
const append = (expected: number, answer?: number | { conflict: number } | { stale: number }, token?: number): StoreCall => ({
  type: "append",
  expected,
  count: 1,
  ...(token === undefined ? {} : { token }),
  ...(answer === undefined ? {} : { answer: typeof answer === "number" ? { version: answer } : answer }),
});

test.each<[string, TimedCall[]]>([
  [
    "calls one after the other",
    [submitted, claimed, at(4, 5, append(1, 2, 1)), at(6, 7, { type: "load", answer: { version: 2 } })],
  ],
  [
    "two that overlap, in the other order",
    [submitted, at(2, 9, append(2, 3)), at(3, 5, append(1, 2)), at(10, 11, { type: "load", answer: { version: 3 } })],
  ],
  ["a conflict with one that overlaps", [submitted, at(2, 9, append(1, { conflict: 2 })), at(3, 8, append(1, 2))]],
  [
    "one whose answer nobody heard, that happened",
    [submitted, at(2, Infinity, append(1)), at(5, 6, { type: "load", answer: { version: 2 } })],
  ],
  [
    "one whose answer nobody heard, that did not",
    [submitted, at(2, Infinity, append(1)), at(5, 6, { type: "load", answer: { version: 1 } })],
  ],
  [
    "one that happened long after its caller died",
    [
      submitted,
      at(2, Infinity, append(1)),
      at(5, 6, { type: "load", answer: { version: 1 } }),
      at(7, 8, { type: "load", answer: { version: 2 } }),
    ],
  ],
  [
    "a claim after the holder died",
    [
      submitted,
      claimed,
      at(4, 4, { type: "crash" }),
      at(5, 6, { type: "claim", answer: { token: 2 } }),
      at(7, 8, append(1, { stale: 2 }, 1)),
    ],
  ],
  [
    "a grant under which nothing was written, forgotten with its process",
    [submitted, claimed, at(4, 4, { type: "crash" }), at(5, 6, { type: "claim", answer: { token: 1 } })],
  ],
  [
    "a claim after it was given back",
    [
      submitted,
      claimed,
      at(4, 5, { type: "release", token: 1, answer: { stale: false } }),
      at(6, 7, { type: "claim", answer: { token: 5 } }),
    ],
  ],
])("%s: there is an order", (_, calls) => {
  expect(findAnomaly(calls, EXCLUSIVE)).toEqual([]);
});

test.each<[string, TimedCall[]]>([
  ["a write that is gone", [submitted, at(2, 3, append(1, 2)), at(4, 5, { type: "load", answer: { version: 1 } })]],
  [
    "a write that is gone after a crash",
    [submitted, at(2, 3, append(1, 2)), at(4, 4, { type: "crash" }), at(5, 6, { type: "load", answer: { version: 1 } })],
  ],
  ["two writes of the same version", [submitted, at(2, 6, append(1, 2)), at(3, 5, append(1, 2))]],
  ["two who hold the same", [submitted, claimed, at(4, 5, { type: "claim", answer: { token: 2 } })]],
  [
    "a token that is no greater than one under which something was written",
    [
      submitted,
      claimed,
      at(4, 5, append(1, 2, 1)),
      at(6, 6, { type: "crash" }),
      at(7, 8, { type: "claim", answer: { token: 1 } }),
    ],
  ],
  [
    "a write under an old token",
    [
      submitted,
      claimed,
      at(4, 4, { type: "crash" }),
      at(5, 6, { type: "claim", answer: { token: 2 } }),
      at(7, 8, append(1, 2, 1)),
    ],
  ],
  [
    "a heartbeat under an old token",
    [
      submitted,
      claimed,
      at(4, 4, { type: "crash" }),
      at(5, 6, { type: "claim", answer: { token: 2 } }),
      at(7, 8, { type: "heartbeat", token: 1, answer: { stale: false } }),
    ],
  ],
  ["a conflict with nobody", [submitted, at(2, 3, append(1, { conflict: 2 }))]],
  ["reading what is only written later", [submitted, at(2, 3, { type: "load", answer: { version: 2 } }), at(4, 5, append(1, 2))]],
  [
    "one whose answer nobody heard, that happened and then had not",
    [
      submitted,
      at(2, Infinity, append(1)),
      at(5, 6, { type: "load", answer: { version: 2 } }),
      at(7, 8, { type: "load", answer: { version: 1 } }),
    ],
  ],
])("%s: there is none", (_, calls) => {
  expect(findAnomaly(calls, EXCLUSIVE).length).toBeGreaterThan(0);
});

test("where leases run out somebody else may have one that was not given back", () => {
  const calls = [submitted, claimed, at(4, 5, { type: "claim", answer: { token: 2 } })];
  expect(findAnomaly(calls, { isExclusive: false })).toEqual([]);
});
