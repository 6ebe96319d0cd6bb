/**
 * Where a process dies: the N-th time that it is about to ask for something that lasts, has asked for half of it, or has just heard that it
 * was done. Files: every call that changes something. Databases: every message that is sent or received, every query of an engine in this process.
 */

import { readFileSync } from "node:fs";
import { Socket } from "node:net";
import { basename } from "node:path";
import type { StorageOptions } from "@provisioning/storage";
import { type FileCall, watchFileCalls } from "@provisioning/storage/testing";

/** Told of every point at which the process can die. */
export type Point = (what: string) => void;

/** Calls `strike` at the N-th point; 0: never. How many points there were is what the returned function says. */
export function countdown(at: number, strike: Point): { readonly point: Point; readonly count: () => number } {
  let count = 0;
  return {
    point: (what) => {
      count += 1;
      if (count === at) strike(what);
    },
    count: () => count,
  };
}

export function watchFiles(folder: string, point: Point): void {
  watchFileCalls(folder, {
    before(call) {
      point(`before ${describe(call)}`);
      const half = Math.floor((call.data?.byteLength ?? 0) / 2);
      if (half > 0) point(`amid ${describe(call)}`);
    },
    after: (call) => point(`after ${describe(call)}`),
  });
}

/** Names without what differs from run to run. */
function describe({ name, path, to }: FileCall): string {
  return `${name} ${shorten(path)}${to === undefined ? "" : ` ${shorten(to)}`}`;
}

function shorten(path: string): string {
  return basename(path)
    .replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, "*")
    .replaceAll(/\d{8}/g, "#");
}

/** Messages to and from a port of this machine. */
export function watchPort(port: number, point: Point): void {
  const isOurs = (socket: Socket) => socket.remotePort === port;
  instead(Socket.prototype, "write", (socket: Socket, write) => {
    if (!isOurs(socket)) return write();
    point("before sending");
    const isWritten = write();
    point("after sending");
    return isWritten;
  });
  instead(Socket.prototype, "emit", (socket: Socket, emit, [event]) => {
    if (event === "data" && isOurs(socket)) point("on an answer");
    return emit();
  });
}

/** Puts `act` in the place of a method; it gets what would have been called. */
function instead<Self extends object>(
  prototype: object,
  name: string,
  act: (self: Self, original: () => unknown, args: readonly unknown[]) => unknown,
): void {
  const original = Reflect.get(prototype, name) as (...args: unknown[]) => unknown;
  Reflect.set(prototype, name, function (this: Self, ...args: unknown[]) {
    return act(this, () => original.apply(this, args), args);
  });
}

interface Asked {
  responses(): Promise<unknown>;
}

/** Queries of an engine in this process, by the prototype of its connections. */
export function watchQueries(prototype: object, point: Point): void {
  instead(prototype, "query", (_, query) => {
    point("before a query");
    const asked = query() as Asked;
    const responses = asked.responses.bind(asked);
    asked.responses = async () => {
      const answer = responses();
      point("after asking");
      await answer;
      point("on an answer");
      return answer;
    };
    return asked;
  });
}

/** The end of this process, without any last word. */
export function dieNow(): never {
  process.kill(process.pid, "SIGKILL");
  for (;;);
}

/** A server of this machine with everything that serves it, or only one of those that do. */
export function killServer(pid: number, whom: "all" | "one"): void {
  const serving = childrenOf(pid);
  if (whom === "one") {
    const one = serving.find((child) => isBackend(child));
    if (one !== undefined) process.kill(one, "SIGKILL");
    return;
  }
  // Stopped first, so that it makes no more of them.
  process.kill(pid, "SIGSTOP");
  for (const each of [pid, ...childrenOf(pid)]) {
    try {
      process.kill(each, "SIGKILL");
    } catch {
      // It had just ended.
    }
  }
}

function childrenOf(pid: number): readonly number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8")
    .split(" ")
    .map(Number)
    .filter((child) => child > 0);
}

/** One that serves a connection of ours. */
function isBackend(pid: number): boolean {
  try {
    return /^postgres: \S+ \S+ 127\.0\.0\.1/.test(readFileSync(`/proc/${pid}/cmdline`, "utf8"));
  } catch {
    return false;
  }
}

/** The port of a database; absent for one that is no server. */
export function portOf(storage: StorageOptions): number | undefined {
  return "url" in storage && storage.url !== undefined ? Number(new URL(storage.url).port) : undefined;
}
