import type { FieldChange } from "@provisioning/model";
import { describe, expect, it } from "vitest";
import { styleFor } from "../style.js";
import { fieldLines } from "./field.js";

const plain = styleFor({ write: () => undefined }, { NO_COLOR: "1" });
const path = "config.password";

describe("a secret of a plan", () => {
  it.each<[string, Partial<FieldChange>, string]>([
    ["a value", { before: "env://P", after: "env://P", secret: { before: "h:1", after: "h:2" } }, "(secret) h:1 → h:2"],
    [
      "value and reference",
      { before: "env://P", after: "env://Q", secret: { before: "h:1", after: "h:2" } },
      "(secret) h:1 → h:2, from env://P → env://Q",
    ],
    [
      "a reference alone",
      { before: "env://P", after: "env://Q", secret: { before: "h:1", after: "h:1" } },
      "(secret) h:1, the same, from env://P → env://Q",
    ],
    ["a new one", { after: "env://P", secret: { after: "h:2" } }, "(secret) (none) → h:2, from (none) → env://P"],
    [
      "one that was recorded without digests",
      { before: "env://P", after: "env://Q", secret: { after: "h:2" } },
      "(secret) (not recorded) → h:2, from env://P → env://Q",
    ],
  ])("shows %s", (_, field, text) => {
    expect(fieldLines({ path, ...field }, plain)).toEqual([`${path}: ${text}`]);
  });
});
