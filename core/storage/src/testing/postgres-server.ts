/**
 * A real PostgreSQL for tests: from the distribution's packages, on a free port of the loopback, with its data in a temporary folder, as a
 * user without rights, with syncing on. Ended by its process id and removed afterwards.
 */

import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { chown, mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { createConnection, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";

const run = promisify(execFile);

export interface PostgresServer {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  /** A file with the password in it. */
  readonly passwordFile: string;
  /** With the password. */
  readonly url: string;
  readonly pid: number;
  start(): Promise<void>;
  /** `crash`: killed on the spot with everything that serves it. */
  stop(how: "orderly" | "crash"): Promise<void>;
  /** Stops it and deletes everything. */
  remove(): Promise<void>;
}

/** Why there can be no PostgreSQL on this machine; absent when there is one. In CI there has to be one. */
export async function whyNoPostgres(): Promise<string | undefined> {
  if ((await findPrograms()) !== undefined) return undefined;
  const reason = await install();
  if (reason !== undefined && process.env["CI"] !== undefined) throw new Error(reason);
  return reason;
}

const ROOT = 0;
/** Where Debian and those like it keep the programs of each version. */
const VERSIONS_FOLDER = "/usr/lib/postgresql";

/** The newest that can be started: a client alone has a folder there too, and so has one that is just being installed. */
async function findPrograms(): Promise<string | undefined> {
  const versions = await readdir(VERSIONS_FOLDER).catch(() => []);
  for (const version of versions.sort((a, b) => Number(b) - Number(a))) {
    const programs = join(VERSIONS_FOLDER, version, "bin");
    const answers = await Promise.allSettled(
      ["initdb", "postgres", "pg_isready"].map((name) => run(join(programs, name), ["--version"])),
    );
    if (answers.every(({ status }) => status === "fulfilled")) return programs;
  }
  return undefined;
}

const SETTINGS_FOLDER = "/etc/postgresql-common/createcluster.d";

async function install(): Promise<string | undefined> {
  if (process.getuid?.() !== ROOT) return "PostgreSQL is not installed, and only root could install it.";
  const environment = { env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" }, maxBuffer: 64 * 1024 * 1024 };
  const apt = (...words: string[]) => run("apt-get", ["-qq", "-o", "DPkg::Lock::Timeout=300", ...words], environment);
  const packages = ["install", "-y", "--no-install-recommends", "postgresql"];
  try {
    // Only the programs: no server that starts with the machine.
    await mkdir(SETTINGS_FOLDER, { recursive: true });
    await writeFile(join(SETTINGS_FOLDER, "provisioning-tests.conf"), "create_main_cluster = false\n");
    await apt(...packages).catch(async () => {
      await apt("update");
      await apt(...packages);
    });
    return undefined;
  } catch (error) {
    return `PostgreSQL could not be installed: ${error instanceof Error ? error.message : String(error)}`;
  }
}

interface Identity {
  readonly uid?: number;
  readonly gid?: number;
}

/** The server refuses to be root. */
async function unprivileged(): Promise<Identity> {
  if (process.getuid?.() !== ROOT) return {};
  const idOf = async (...words: string[]) => Number((await run("id", words)).stdout);
  return { uid: await idOf("-u", "nobody"), gid: await idOf("-g", "nobody") };
}

export async function startPostgres(): Promise<PostgresServer> {
  const programs = await findPrograms();
  if (programs === undefined) throw new Error("PostgreSQL is not installed");
  const identity = await unprivileged();
  const folder = await mkdtemp(join(tmpdir(), "provisioning-postgres-"));
  const password = `secret-${Math.random().toString(36).slice(2)}`;
  const passwordFile = join(folder, "password");
  await writeFile(passwordFile, `${password}\n`);
  for (const path of [folder, passwordFile]) await chown(path, identity.uid ?? process.getuid?.() ?? -1, identity.gid ?? -1);
  const data = join(folder, "data");
  const initialize = ["-D", data, "-U", USER, "-A", "scram-sha-256", "--pwfile", passwordFile, "-E", "UTF8", "--locale=C.UTF-8"];
  await run(join(programs, "initdb"), [...initialize, "--no-sync"], identity);
  const port = await freePort();
  const settings = [
    "listen_addresses=127.0.0.1",
    "shared_buffers=64MB",
    "max_connections=200",
    "fsync=on",
    "restart_after_crash=on",
  ];
  const words = ["-D", data, "-p", String(port), "-k", folder, ...settings.flatMap((setting) => ["-c", setting])];
  let server: ChildProcess | undefined;

  const start = async () => {
    const until = Date.now() + READY_WITHIN_MS;
    // After a crash something that served the one before may not have noticed yet; as long as it lives, none is started.
    do {
      server = spawn(join(programs, "postgres"), words, { ...identity, cwd: folder, stdio: "ignore" });
      await once(server, "spawn");
    } while (!(await isReady(programs, port, server, until)));
  };
  const stop = async (how: "orderly" | "crash") => {
    if (server?.pid === undefined || server.exitCode !== null || server.signalCode !== null) return;
    const ended = once(server, "exit");
    if (how === "crash") await killTree(server.pid);
    else server.kill("SIGINT");
    await ended;
  };
  await start();
  return {
    host: HOST,
    port,
    user: USER,
    password,
    passwordFile,
    url: `postgres://${USER}:${password}@${HOST}:${port}/postgres`,
    get pid() {
      return server?.pid ?? 0;
    },
    start,
    stop,
    async remove() {
      await stop("orderly");
      await rm(folder, { recursive: true, force: true });
    },
  };
}

const HOST = "127.0.0.1";
const USER = "ada";
const READY_WITHIN_MS = 30_000;

/** Whether it got ready; it did not when it ended. @throws when the time is over */
async function isReady(programs: string, port: number, server: ChildProcess, until: number): Promise<boolean> {
  while (Date.now() < until) {
    await sleep(20);
    if (server.exitCode !== null) return false;
    if (!(await isOpen(port))) continue;
    if (await run(join(programs, "pg_isready"), ["-h", HOST, "-p", String(port)]).then(...SETTLED)) return true;
  }
  throw new Error("PostgreSQL does not get ready");
}

const SETTLED = [() => true, () => false] as const;

/** All of them, so that nobody can finish what he was doing. The first one is stopped before, so that it makes no more of them. */
async function killTree(pid: number): Promise<void> {
  process.kill(pid, "SIGSTOP");
  const { stdout } = await run("ps", ["-o", "pid=", "--ppid", String(pid)]);
  const children = stdout
    .split("\n")
    .map(Number)
    .filter((child) => child > 0);
  for (const each of [pid, ...children]) {
    try {
      process.kill(each, "SIGKILL");
    } catch {
      // It had just ended.
    }
  }
}

function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection(port, HOST);
    const answer = (open: boolean) => {
      socket.destroy();
      resolve(open);
    };
    socket.once("connect", () => answer(true));
    socket.once("error", () => answer(false));
  });
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, HOST);
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  return typeof address === "object" && address !== null ? address.port : 0;
}
