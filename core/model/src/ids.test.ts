import { expect, test } from "vitest";
import { isRunId, newRunId } from "./index.js";

test("ids are version 7 UUIDs, all different, in the order in which they were made", () => {
  const ids = Array.from({ length: 5000 }, newRunId);
  expect(ids.every(isRunId)).toBe(true);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.toSorted()).toEqual(ids);
});
