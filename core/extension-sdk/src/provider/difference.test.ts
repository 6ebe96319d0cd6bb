import { expect, it } from "vitest";
import { assertProviderModule, differenceOf } from "../index.js";

it("keeps the fields that differ and asks for replacement when one of them forces it", () => {
  const difference = differenceOf([
    { path: "cpu", before: 1, after: 2 },
    { path: "image", before: "a", after: "b", forcesReplacement: true },
    { path: "labels", before: { a: "1", b: "2" }, after: { b: "2", a: "1" } },
    { path: "network", before: "x", after: undefined },
    { path: "role", before: undefined, after: "control" },
  ]);
  expect(difference).toEqual({
    fields: [
      { path: "cpu", before: 1, after: 2 },
      { path: "image", before: "a", after: "b", forcesReplacement: true },
      { path: "role", after: "control" },
    ],
    replace: true,
  });
});

it("refuses a module that is no provider", () => {
  expect(() => assertProviderModule({}, "x/index.js")).toThrow(expect.objectContaining({ code: "PROVIDER_INVALID" }));
  expect(() => assertProviderModule({ createProvider: () => undefined }, "x/index.js")).not.toThrow();
});
