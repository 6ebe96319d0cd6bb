/** A machine that is what a test says it is. */

import type { Machine } from "../engine/machine.js";

export function fakeMachine(is: Partial<Machine> = {}): Machine {
  return {
    platform: "linux",
    nodeVersion: "20.19.0",
    environment: {},
    userId: 0,
    osRelease: { id: "debian", idLike: [], codename: "bookworm" },
    hasSystemd: false,
    capabilities: undefined,
    which: () => undefined,
    freeBytes: () => undefined,
    memoryMiB: () => ({ total: 8192, available: 4096 }),
    readFile: (path) => {
      throw new Error(`no file ${path}`);
    },
    exists: () => false,
    run: async (command) => ({ exitCode: 127, stdout: "", stderr: `no program ${command[0]}` }),
    ...is,
  };
}

/** A `which` that finds these programs. */
export function having(...programs: readonly string[]): Machine["which"] {
  return (program) => (programs.includes(program) ? `/usr/bin/${program}` : undefined);
}
