/** Looks at this machine: what the findings, the installation and the choice of a mirror are decided by. Reads only. */

import { execFile } from "node:child_process";
import { accessSync, constants, readFileSync, statfsSync } from "node:fs";
import { freemem, totalmem } from "node:os";
import { delimiter, join } from "node:path";

export interface OsRelease {
  /** `debian`, `ubuntu`, …; empty when it is not Linux. */
  readonly id: string;
  readonly idLike: readonly string[];
  /** `bookworm`; empty when unknown. */
  readonly codename: string;
}

/** All looks at the machine go through this, so that tests can give their own. */
export interface Machine {
  readonly platform: NodeJS.Platform;
  readonly nodeVersion: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly userId: number | undefined;
  readonly osRelease: OsRelease;
  /** systemd is PID 1 and running. */
  readonly hasSystemd: boolean;
  /** The bounding set of this process: `undefined` where it cannot be read (not Linux). */
  readonly capabilities: bigint | undefined;
  /** Of a program in the PATH, or `undefined`. */
  which(program: string): string | undefined;
  /** Free bytes for us on the file system of `path`; `undefined` when it cannot be looked at. */
  freeBytes(path: string): number | undefined;
  memoryMiB(): { readonly total: number; readonly available: number };
  readFile(path: string): string;
  exists(path: string): boolean;
  /** Runs a program and gives its output; never through a shell. */
  run(command: readonly string[], options?: RunOptions): Promise<CommandResult>;
}

export interface RunOptions {
  readonly environment?: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal | undefined;
}

export interface CommandResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Bit of CAP_SYS_RESOURCE in the capability sets (capabilities(7)). */
const CAP_SYS_RESOURCE = 24n;

/** Whether processes here may get more open files or processes than we have; containers ask for that by default. */
export function canRaiseLimits(machine: Pick<Machine, "capabilities">): boolean {
  return machine.capabilities !== undefined && (machine.capabilities & (1n << CAP_SYS_RESOURCE)) !== 0n;
}

/** The machine that this process runs on. */
export function thisMachine(): Machine {
  return {
    platform: process.platform,
    nodeVersion: process.versions.node,
    environment: process.env,
    userId: process.getuid?.(),
    osRelease: parseOsRelease(readOrEmpty("/etc/os-release")),
    hasSystemd: readOrEmpty("/proc/1/comm").trim() === "systemd" && isReadable("/run/systemd/system"),
    capabilities: parseBoundingSet(readOrEmpty("/proc/self/status")),
    which: (program) => findProgram(program, process.env["PATH"] ?? ""),
    freeBytes,
    memoryMiB: () => memoryMiB(readOrEmpty("/proc/meminfo")),
    readFile: (path) => readFileSync(path, "utf8"),
    exists: (path) => isAccessible(path, constants.F_OK),
    run: runCommand,
  };
}

export function parseOsRelease(text: string): OsRelease {
  const values = new Map<string, string>();
  for (const line of text.split("\n")) {
    const match = /^([A-Z_]+)=(.*)$/.exec(line);
    if (match?.[1] !== undefined) values.set(match[1], (match[2] ?? "").replace(/^(["'])(.*)\1$/, "$2"));
  }
  return {
    id: values.get("ID") ?? "",
    idLike: (values.get("ID_LIKE") ?? "").split(" ").filter((word) => word !== ""),
    codename: values.get("VERSION_CODENAME") ?? "",
  };
}

/** Debian or one made from it: packages come with apt. */
export function isDebianFamily(os: OsRelease): boolean {
  return os.id === "debian" || os.id === "ubuntu" || os.idLike.includes("debian") || os.idLike.includes("ubuntu");
}

export function parseBoundingSet(status: string): bigint | undefined {
  const match = /^CapBnd:\s*([0-9a-f]+)$/m.exec(status);
  return match?.[1] === undefined ? undefined : BigInt(`0x${match[1]}`);
}

function memoryMiB(meminfo: string): { total: number; available: number } {
  const kibibytes = (name: string) => Number(new RegExp(`^${name}:\\s*(\\d+) kB$`, "m").exec(meminfo)?.[1] ?? Number.NaN);
  const total = kibibytes("MemTotal");
  const available = kibibytes("MemAvailable");
  const megabytes = 1024 ** 2;
  return {
    total: Number.isNaN(total) ? Math.floor(totalmem() / megabytes) : Math.floor(total / 1024),
    available: Number.isNaN(available) ? Math.floor(freemem() / megabytes) : Math.floor(available / 1024),
  };
}

function findProgram(program: string, path: string): string | undefined {
  const folders = [...path.split(delimiter), "/usr/sbin", "/sbin"].filter((folder) => folder !== "");
  return folders.map((folder) => join(folder, program)).find((file) => isExecutable(file));
}

function freeBytes(path: string): number | undefined {
  try {
    const { bavail, bsize } = statfsSync(path);
    return bavail * bsize;
  } catch {
    return undefined;
  }
}

/** Enough for what the programs we call print. */
const MAX_OUTPUT_BYTES = 16 * 1024 ** 2;

function runCommand(command: readonly string[], options: RunOptions = {}): Promise<CommandResult> {
  const [file = "", ...args] = command;
  return new Promise((resolve, reject) => {
    execFile(
      file,
      args,
      {
        encoding: "utf8",
        maxBuffer: MAX_OUTPUT_BYTES,
        env: { ...process.env, LC_ALL: "C.UTF-8", ...options.environment },
        ...(options.timeoutMs === undefined ? {} : { timeout: options.timeoutMs }),
        ...(options.signal === undefined ? {} : { signal: options.signal }),
      },
      (error, stdout, stderr) => {
        if (options.signal?.aborted) reject(options.signal.reason as Error);
        else if (error === null) resolve({ exitCode: 0, stdout, stderr });
        else if (typeof error.code === "number") resolve({ exitCode: error.code, stdout, stderr });
        else resolve({ exitCode: 127, stdout, stderr: stderr === "" ? error.message : stderr });
      },
    );
  });
}

function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

function isReadable(path: string): boolean {
  return isAccessible(path, constants.R_OK);
}

function isExecutable(path: string): boolean {
  return isAccessible(path, constants.X_OK);
}

function isAccessible(path: string, mode: number): boolean {
  try {
    accessSync(path, mode);
    return true;
  } catch {
    return false;
  }
}
