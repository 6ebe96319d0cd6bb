/** Processes that tests start, listen to and kill. */

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";

export interface TestProcess {
  readonly process: ChildProcess;
  /** What it has said, line by line. */
  readonly lines: readonly string[];
  /** @throws when it ends without saying it */
  said(isIt: (line: string) => boolean): Promise<string>;
  /** Its exit code; null when a signal ended it. */
  ended(): Promise<number | null>;
  /** It has ended when this resolves. */
  kill(signal?: NodeJS.Signals): Promise<void>;
}

export function startProcess(
  program: string,
  words: readonly string[],
  variables: Readonly<Record<string, string>>,
): TestProcess {
  const child = spawn(process.execPath, [program, ...words], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, ...variables },
  });
  const closed = once(child, "close");
  let isOver = false;
  void closed.then(() => {
    isOver = true;
  });
  const lines: string[] = [];
  let rest = "";
  child.stdout.on("data", (data: Buffer) => {
    const parts = (rest + data.toString()).split("\n");
    rest = parts.pop() ?? "";
    lines.push(...parts);
  });
  return {
    process: child,
    lines,
    async said(isIt) {
      for (;;) {
        const line = lines.find(isIt);
        if (line !== undefined) return line;
        if (isOver) throw new Error(`the process ended without saying it: ${lines.slice(-5).join(" | ")}`);
        await sleep(5);
      }
    },
    async ended() {
      await closed;
      return child.exitCode;
    },
    async kill(signal = "SIGKILL") {
      child.kill(signal);
      await closed;
    },
  };
}
