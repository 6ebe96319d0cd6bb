/** This machine as a server: programs run in a child `sh` in a session of its own. */

import { spawn } from "node:child_process";
import { constants } from "node:os";
import type { Connection, RunResult } from "./connection.js";
import { createLineSplitter, createTail } from "./lines.js";
import { type StartedProgram, supervise } from "./supervise.js";
import { terminationProgram } from "./termination.js";

export interface LocalConnectionOptions {
  /** What reads the program from its standard input. Default `sh`, looked up in PATH. */
  readonly shell?: string;
  /** Variables the programs see. Default: none but PATH. */
  readonly env?: Readonly<Record<string, string>>;
}

export function openLocalConnection(options: LocalConnectionOptions = {}): Connection {
  const description = "this machine";
  const running = new Set<StartedProgram>();
  let roundTrips = 0;
  let isOpen = true;

  const start = async (program: string, onLine: (line: string) => void): Promise<StartedProgram> => {
    roundTrips += 1;
    const started = startShell(program, onLine, options);
    running.add(started);
    const done = () => running.delete(started);
    started.ended.then(done, done);
    return started;
  };

  return {
    description,
    get roundTrips() {
      return roundTrips;
    },
    get isOpen() {
      return isOpen;
    },
    run: (program, runOptions = {}) => supervise(description, runOptions, (onLine) => start(program, onLine)),
    async close() {
      isOpen = false;
      await Promise.all([...running].map((program) => program.stop(undefined)));
    },
  };
}

function startShell(
  program: string,
  onLine: (line: string) => void,
  { shell = "sh", env }: LocalConnectionOptions,
): StartedProgram {
  // `detached` gives the child a session of its own (setsid), so its pid names the session.
  const child = spawn(shell, ["-s"], {
    detached: true,
    stdio: ["pipe", "pipe", "pipe"],
    env: { PATH: process.env.PATH, ...env },
  });
  const lines = createLineSplitter(onLine);
  const tail = createTail();
  child.stdout.on("data", (chunk: Buffer) => lines.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => tail.push(chunk));
  // A program that ends before it was read in full breaks the pipe; its exit status tells the story.
  child.stdin.on("error", () => undefined);
  child.stdin.end(program);
  const ended = new Promise<RunResult>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => {
      lines.end();
      resolve({ exit: code ?? 128 + (signal ? constants.signals[signal] : 0), stderrTail: tail.text() });
    });
  });
  return {
    ended,
    stop: async () => {
      if (child.pid === undefined || child.exitCode !== null) return;
      const killer = spawn(shell, ["-s"], { stdio: ["pipe", "ignore", "ignore"] });
      killer.stdin.end(terminationProgram(child.pid));
      await new Promise((resolve) => killer.on("close", resolve).on("error", resolve));
      child.stdout.destroy();
      child.stderr.destroy();
    },
  };
}
