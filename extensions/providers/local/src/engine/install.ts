/**
 * Brings a container engine to this machine where we may: installs Docker from the distribution (Debian family, root) and starts it,
 * by systemd where that runs, else as a process of its own that outlives us. Elsewhere it says what a person has to do.
 * One installation at a time on a machine; finding an engine that answers is success, whoever started it.
 */

import { spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type Clock, ProvisioningError } from "@provisioning/model";
import { machineLockPath, withMachineLock } from "../machine-lock.js";
import { aptInstall } from "./apt.js";
import { type DiscoveryInput, discoverEngine, type Engine } from "./discover.js";
import { canRaiseLimits, type Machine } from "./machine.js";
import { DOCKER_PACKAGE, type EngineSetup, planEngineSetup, PODMAN_SOCKET, podmanCommand } from "./setup-plan.js";

export interface InstallInput {
  readonly machine: Machine;
  readonly discovery: DiscoveryInput;
  readonly clock: Clock;
  /** Lines for people: what begins. */
  readonly report: (line: string) => void;
  readonly signal?: AbortSignal | undefined;
}

/** Where a daemon that we started leaves its output and its process id. */
const LOG_DIR = "/var/log/provisioning";
const RUN_DIR = "/run/provisioning";
const POLL_MS = 250;
const START_LIMIT_MS = 60_000;

/** The engine that answers in the end. @throws ProvisioningError ENGINE_SETUP_MANUAL, ENGINE_INSTALL_FAILED, ENGINE_START_FAILED */
export async function installEngine(input: InstallInput): Promise<Engine> {
  const lock = {
    clock: input.clock,
    signal: input.signal,
    onWait: () => input.report("waiting for another process that sets up the engine"),
  };
  return withMachineLock(machineLockPath("engine", input.machine.userId), lock, async () => {
    const before = await discoverEngine(input.discovery, input.signal);
    return before.found ? before.engine : setUp(input, planEngineSetup(input.machine));
  });
}

async function setUp(input: InstallInput, setup: EngineSetup): Promise<Engine> {
  switch (setup.kind) {
    case "manual":
      throw new ProvisioningError({
        code: "ENGINE_SETUP_MANUAL",
        message: "A container engine cannot be set up here without you.",
        hint: setup.text,
      });
    case "install-docker":
      await installDocker(input);
      return startDocker(input);
    case "start-docker":
      return startDocker(input);
    case "start-podman":
      return startPodman(input);
  }
}

async function installDocker({ machine, report, signal }: InstallInput): Promise<void> {
  report(`installing ${DOCKER_PACKAGE}`);
  const result = await aptInstall(machine, [DOCKER_PACKAGE], signal);
  if (result.exitCode === 0) return;
  throw new ProvisioningError({
    code: "ENGINE_INSTALL_FAILED",
    message: `${DOCKER_PACKAGE} could not be installed: ${lastLines(result.stderr)}`,
    hint: `Try it yourself: apt-get update && apt-get install ${DOCKER_PACKAGE}`,
    retry: "later",
    details: { exitCode: result.exitCode },
  });
}

async function startDocker(input: InstallInput): Promise<Engine> {
  input.report("starting Docker");
  if (input.machine.hasSystemd) return startUnit(input, "docker.service");
  return startDaemon(input, { name: "dockerd", command: ["dockerd"], environment: {} });
}

async function startPodman(input: InstallInput): Promise<Engine> {
  input.report("starting Podman's service");
  if (input.machine.hasSystemd) return startUnit(input, "podman.socket");
  await mkdir(dirname(PODMAN_SOCKET), { recursive: true, mode: 0o700 });
  const environment: Record<string, string> = {};
  if (!canRaiseLimits(input.machine)) {
    environment["CONTAINERS_CONF"] = join(RUN_DIR, "containers.conf");
    await mkdir(RUN_DIR, { recursive: true, mode: 0o755 });
    await writeFile(environment["CONTAINERS_CONF"], podmanConfiguration(input.machine));
  }
  return startDaemon(input, { name: "podman", command: podmanCommand(), environment });
}

/** Podman asks for more open files and processes than a machine without CAP_SYS_RESOURCE may give, and crun then refuses to start. */
function podmanConfiguration(machine: Machine): string {
  const runtime = machine.which("runc") === undefined ? "" : '\n[engine]\nruntime = "runc"\n';
  return `[containers]\ndefault_ulimits = ["nofile=20000:20000", "nproc=20000:20000"]\n${runtime}`;
}

async function startUnit(input: InstallInput, unit: string): Promise<Engine> {
  const result = await input.machine.run(["systemctl", "enable", "--now", unit], { signal: input.signal });
  if (result.exitCode !== 0) throw startError(unit, lastLines(result.stderr), `journalctl -u ${unit}`);
  return waitForEngine(input, unit, () => undefined, `journalctl -u ${unit}`);
}

interface Daemon {
  readonly name: string;
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

/** Detached, in a session of its own: it stays when we end. Its id is in `RUN_DIR`, its output in `LOG_DIR`. */
async function startDaemon(input: InstallInput, daemon: Daemon): Promise<Engine> {
  const [file = "", ...args] = daemon.command;
  const logFile = join(LOG_DIR, `${daemon.name}.log`);
  await Promise.all([mkdir(LOG_DIR, { recursive: true }), mkdir(RUN_DIR, { recursive: true })]);
  const log = openSync(logFile, "a", 0o640);
  let ended: string | undefined;
  try {
    const child = spawn(file, args, {
      detached: true,
      stdio: ["ignore", log, log],
      env: { ...process.env, ...daemon.environment },
    });
    child.once("error", (error) => {
      ended = error.message;
    });
    child.once("exit", (code, signal) => {
      ended = `it ended with ${signal ?? `exit code ${code}`}`;
    });
    child.unref();
    if (child.pid !== undefined) await writeFile(join(RUN_DIR, `${daemon.name}.pid`), `${child.pid}\n`);
  } finally {
    closeSync(log);
  }
  return waitForEngine(input, daemon.name, () => ended, logFile);
}

async function waitForEngine(input: InstallInput, name: string, ended: () => string | undefined, where: string): Promise<Engine> {
  const deadline = input.clock.now() + START_LIMIT_MS;
  while (input.clock.now() < deadline) {
    const discovery = await discoverEngine(input.discovery, input.signal);
    if (discovery.found) return discovery.engine;
    const reason = ended();
    if (reason !== undefined) throw startError(name, `${reason}. ${await tail(where)}`.trim(), where);
    await input.clock.sleep(POLL_MS, input.signal);
  }
  throw startError(name, `it did not answer within ${START_LIMIT_MS / 1000} s`, where);
}

async function tail(path: string): Promise<string> {
  return lastLines(await readFile(path, "utf8").catch(() => ""));
}

function lastLines(text: string): string {
  return text.trim().split("\n").slice(-3).join(" ");
}

function startError(name: string, reason: string, where: string): ProvisioningError {
  return new ProvisioningError({
    code: "ENGINE_START_FAILED",
    message: `${name} could not be started: ${reason}`,
    hint: `Look at: ${where}`,
    retry: "later",
  });
}
