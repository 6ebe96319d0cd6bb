/**
 * Which process is this, and is that one still alive? A process id alone is not enough: ids are used again. Start time and boot id
 * tell two uses apart; the pid namespace tells whether we can see the other process at all (containers share the boot id).
 */

import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";

export interface ProcessIdentity {
  readonly pid: number;
  readonly host: string;
  /** Clock ticks after boot; absent where the system does not tell. */
  readonly startTime?: string;
  readonly bootId?: string;
  readonly pidNamespace?: string;
}

/** `unknown`: it runs, or ran, where we cannot look. */
export type Liveness = "alive" | "dead" | "unknown";

export function currentProcess(): ProcessIdentity {
  const startTime = processStat(process.pid)?.startTime;
  const bootId = readText("/proc/sys/kernel/random/boot_id");
  const pidNamespace = ownPidNamespace();
  return {
    pid: process.pid,
    host: hostname(),
    ...(startTime === undefined ? {} : { startTime }),
    ...(bootId === undefined ? {} : { bootId }),
    ...(pidNamespace === undefined ? {} : { pidNamespace }),
  };
}

export function livenessOf(other: ProcessIdentity, self: ProcessIdentity): Liveness {
  if (other.bootId !== self.bootId) return other.host === self.host ? "dead" : "unknown";
  if (other.pidNamespace !== self.pidNamespace) return "unknown";
  if (self.bootId === undefined && other.host !== self.host) return "unknown";
  return isRunning(other) ? "alive" : "dead";
}

function isRunning(other: ProcessIdentity): boolean {
  const stat = processStat(other.pid);
  if (stat !== undefined) {
    const isGone = stat.state === "Z" || stat.state === "X";
    return !isGone && (other.startTime === undefined || other.startTime === stat.startTime);
  }
  if (other.startTime !== undefined) return false;
  try {
    process.kill(other.pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** proc(5): the command may hold spaces and parentheses, so fields are counted from the last parenthesis. */
function processStat(pid: number): { readonly state: string; readonly startTime: string } | undefined {
  const text = readText(`/proc/${pid}/stat`);
  const fields = text?.slice(text.lastIndexOf(")") + 2).split(" ");
  const state = fields?.[0];
  const startTime = fields?.[19];
  return state === undefined || startTime === undefined ? undefined : { state, startTime };
}

function ownPidNamespace(): string | undefined {
  try {
    return readlinkSync("/proc/self/ns/pid");
  } catch {
    return undefined;
  }
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8").trim();
  } catch {
    return undefined;
  }
}
