/** How long the service is waited for, as processes. */

import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { commandWords, isCommandBuilt } from "../../testing/built-command.js";

const [program, ...programWords] = commandWords;
/** In every process of Node that is started with it. */
const SLOW = '--import "data:text/javascript,await new Promise((resolve) => setTimeout(resolve, 3_000))"';

let folder: string;
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "patience-")));
  mkdirSync(join(folder, "config"));
  writeFileSync(
    join(folder, "config", "provisioning.yaml"),
    "orchestrator: {port: 0, start_timeout_seconds: 1, stop_timeout_seconds: 1}\n",
  );
});
afterEach(() => rmSync(folder, { recursive: true }));

function orchestrator(words: readonly string[], more: Readonly<Record<string, string>> = {}) {
  const env = { PATH: process.env.PATH, HOME: folder, ...more };
  const { status, stdout, stderr } = spawnSync(program, [...programWords, "orchestrator", ...words], {
    cwd: folder,
    encoding: "utf8",
    env,
  });
  return { status, stdout, stderr };
}

const UNHURRIED = { PROVISIONING_ORCHESTRATOR_START_TIMEOUT_SECONDS: "60" };
const pidOf = (text: string) => Number(/\(pid (\d+)\)/.exec(text)?.[1]);

describe.skipIf(!isCommandBuilt)(
  `provisioning orchestrator${isCommandBuilt ? "" : " (skipped: the command is not bundled; npm run build)"}`,
  { timeout: 60_000 },
  () => {
    it("start waits as long as it is told, and says that the service goes on", () => {
      const { status, stderr } = orchestrator(["start", "--background"], { NODE_OPTIONS: SLOW });
      process.kill(pidOf(stderr), "SIGKILL");
      expect(stderr).toMatch(/SERVICE_NOT_STARTED The service \(pid \d+\) is not healthy after 1 second\. It goes on starting\./);
      expect(status).toBe(1);
    });

    it("stop waits as long as it is told", () => {
      const { stdout } = orchestrator(["start", "--background"], UNHURRIED);
      process.kill(pidOf(stdout), "SIGSTOP");
      const { status, stderr } = orchestrator(["stop"]);
      process.kill(pidOf(stdout), "SIGKILL");
      expect(stderr).toContain(`SERVICE_NOT_STOPPED The service (pid ${pidOf(stdout)}) has not ended within 1 second.`);
      expect(status).toBe(1);
    });

    it("stop ends a service whose configuration has been broken since", () => {
      expect(orchestrator(["start", "--background"], UNHURRIED)).toMatchObject({ status: 0 });
      writeFileSync(join(folder, "config", "provisioning.yaml"), "nothing: 1\n");
      expect(orchestrator(["stop"])).toEqual({ status: 0, stdout: "The service has ended.\n", stderr: "" });
    });
  },
);
