import { describe, expect, it } from "vitest";
import { meaningsOf } from "./typed-json.js";

describe("what somebody typed", () => {
  it.each([
    ["6380", false, 6380, "6380"],
    ["6380", true, "6380", 6380],
    ["null", false, "null", ["null"]],
    ["on", false, "on", true],
    ["1,x", false, "1,x", [1, "x"]],
    ['["1"]', false, ["1"], '["1"]'],
  ])("means first of all, of %s", (written, isText, ...expected) => {
    expect(meaningsOf(written, isText).slice(0, 2)).toEqual(expected);
  });

  it("may be names with values, typed or as texts", () => {
    expect(meaningsOf("a=1,b=c", false).slice(-2)).toEqual([
      { a: 1, b: "c" },
      { a: "1", b: "c" },
    ]);
  });
});
