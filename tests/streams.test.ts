/** The long test of event streams in short: it reads through a proxy that cuts, and nothing may be lost or told twice. */

import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";

const SCRIPT = fileURLToPath(new URL("../platform/orchestrator/scripts/streams.mjs", import.meta.url));

it("tells every line once through connections that are cut", async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [SCRIPT, "--lines", "20000"]);
  expect(stdout).toContain("20000 of 20000 lines, 0 lost, 0 told twice");
  expect(Number(/(\d+) connections were cut/.exec(stdout)?.[1])).toBeGreaterThan(0);
}, 60_000);
