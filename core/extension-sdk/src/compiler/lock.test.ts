import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Json } from "@provisioning/model";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { compileProgram, openLocalConnection, type ProgramMode, requireSteps, runProgram } from "../index.js";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "lock-"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function program(mode: ProgramMode, lockWaitSeconds: number, steps: Json = []): string {
  const paths = { lockFile: join(root, "lock"), stateDir: join(root, "state"), scratchDir: root };
  const list = requireSteps(steps, { taskserv: "demo", list: "install" });
  return compileProgram({
    mode,
    paths,
    lockWaitSeconds,
    sections: [{ taskserv: "demo", version: "1", steps: list, health: [] }],
  });
}

/** A program that works until it is stopped, and a promise that it has begun. */
function busy() {
  const stop = new AbortController();
  const steps = [
    { kind: "command", id: "begin", command: ["true"], unless: ["false"] },
    { kind: "command", id: "work", command: ["sleep", "30"], unless: ["false"] },
  ];
  let begun: () => void = () => undefined;
  const started = new Promise<void>((resolve) => {
    begun = resolve;
  });
  const ended = runProgram(openLocalConnection(), program("apply", 1, steps), { signal: stop.signal, onStep: () => begun() });
  return { started, stop: () => stop.abort(new Error("stopped")), ended: ended.catch((error: Error) => error.message) };
}

describe("the lock of a server", () => {
  it.each<ProgramMode>(["apply", "check", "health"])("keeps %s waiting, then says that the server is busy", async (mode) => {
    const first = busy();
    await first.started;
    const logs: string[] = [];
    const second = runProgram(openLocalConnection(), program(mode, 1), { onLog: (text) => logs.push(text) });
    await expect(second).rejects.toMatchObject({ code: "SERVER_BUSY", retry: "later" });
    expect(logs).toEqual(["Another program is working on this server; waiting for up to 1 seconds."]);
    first.stop();
    expect(await first.ended).toBe("stopped");
  });

  it("is free as soon as the first program ends, however it ends", async () => {
    const first = busy();
    await first.started;
    const second = runProgram(openLocalConnection(), program("apply", 20));
    setTimeout(first.stop, 200);
    expect((await second).summary).toMatchObject({ failed: 0 });
  });

  it("lets several programs look at once", async () => {
    const slow: Json = [{ kind: "wait_for", id: "look", command: ["sleep", "1"] }];
    const look = () => runProgram(openLocalConnection(), program("check", 0, slow));
    const reports = await Promise.all([look(), look(), look()]);
    expect(reports.map((report) => report.summary?.ok)).toEqual([1, 1, 1]);
  });

  it("is not inherited by what a command leaves running", async () => {
    const steps: Json = [{ kind: "script", id: "daemon", script: "sleep 5 >/dev/null 2>&1 &", unless: ["false"] }];
    await runProgram(openLocalConnection(), program("apply", 0, steps));
    const again = await runProgram(openLocalConnection(), program("apply", 0));
    expect(again.summary).toMatchObject({ failed: 0 });
  });
});
