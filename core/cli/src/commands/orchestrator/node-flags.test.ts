import { spawnSync } from "node:child_process";
import { expect, it } from "vitest";
import { nodeFlags } from "./node-flags.js";

it("starts no more helpers than there are processors", () => {
  expect(nodeFlags({}, 1)).toEqual(["--max-semi-space-size=32", "--v8-pool-size=1"]);
  expect(nodeFlags({}, 2)).toContain("--v8-pool-size=2");
  expect(nodeFlags({}, 4)).toEqual(["--max-semi-space-size=32"]);
  expect(nodeFlags({}, 64)).toEqual(["--max-semi-space-size=32"]);
});

it("leaves alone what somebody has said himself", () => {
  expect(nodeFlags({ NODE_OPTIONS: "--max-semi-space-size=8" }, 2)).toEqual(["--v8-pool-size=2"]);
  expect(nodeFlags({ NODE_OPTIONS: "--v8-pool-size=3 --no-warnings" }, 2)).toEqual(["--max-semi-space-size=32"]);
});

it("gives flags that Node knows", () => {
  const { status, stderr } = spawnSync(process.execPath, [...nodeFlags({}, 1), "--eval", ""], { encoding: "utf8" });
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
});
