import { spawnSync } from "node:child_process";
import { expect, it } from "vitest";
import { nodeFlags } from "./node-flags.js";

const MEMORY = ["--no-allocation-site-pretenuring", "--max-semi-space-size=32"];

it("starts no more helpers than there are processors", () => {
  expect(nodeFlags({}, 1)).toEqual([...MEMORY, "--v8-pool-size=1"]);
  expect(nodeFlags({}, 2)).toContain("--v8-pool-size=2");
  expect(nodeFlags({}, 4)).toEqual(MEMORY);
  expect(nodeFlags({}, 64)).toEqual(MEMORY);
});

it("leaves alone what somebody has said himself", () => {
  expect(nodeFlags({ NODE_OPTIONS: "--max-semi-space-size=8" }, 2)).toEqual([
    "--no-allocation-site-pretenuring",
    "--v8-pool-size=2",
  ]);
  expect(nodeFlags({ NODE_OPTIONS: "--v8-pool-size=3 --no-warnings" }, 2)).toEqual(MEMORY);
});

it("gives flags that Node knows", () => {
  const { status, stderr } = spawnSync(process.execPath, [...nodeFlags({}, 1), "--eval", ""], { encoding: "utf8" });
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
});
