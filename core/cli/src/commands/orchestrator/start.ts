/** `orchestrator start`. */

import { spawn } from "node:child_process";
import { mkdir, open, readFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { dirname, join } from "node:path";
import type { ActionContext } from "@provisioning/actions";
import { runningService } from "@provisioning/api/client";
import { storageEnvironment } from "../../storage-flags.js";
import { counted, type Diagnostic, DiagnosticsError, ProvisioningError } from "@provisioning/model";
import type { CliContext } from "../../cli-context.js";
import { EXIT } from "../../exit-codes.js";
import { runAction } from "../../run-action.js";
import type { StartFlags } from "../orchestrator.js";
import { nodeFlags } from "./node-flags.js";
import { patience } from "./patience.js";
import { findServicePlace, healthOf, type ServicePlace } from "./service-place.js";

const LOOK_MS = 50;

export async function start(this: CliContext, flags: StartFlags): Promise<void> {
  const work = async (context: ActionContext) => {
    const place = await findServicePlace(context);
    if (place.running !== undefined) throw new ServiceRunningError(place.running.url, place.running.pid);
    const env = { ...this.process.env, ...storageEnvironment(flags) };
    const program = this.serviceWords ?? [
      ...nodeFlags(env, availableParallelism()),
      join(this.platformRoot, "platform/orchestrator/launcher/service.cjs"),
    ];
    const words = [...program, ...wordsOf(this, flags, place)];
    return flags.background === true
      ? inBackground(this, place, words, env, await patience(context, "orchestrator.start_timeout_seconds"))
      : inForeground(words, env);
  };
  await runAction(this, flags, work, undefined, { runsProgram: flags.background !== true });
}

function wordsOf(cli: CliContext, flags: StartFlags, { root }: ServicePlace): string[] {
  const given = (name: string, value: string | number | undefined) => (value === undefined ? [] : [name, String(value)]);
  return [
    ...given("--workspace", root),
    ...given("--port", flags.port),
    ...given("--host", flags.host),
    ...given("--workers", flags.workers),
    ...given("--max-queued", flags.maxQueued),
    ...given("--provisioning-path", flags.provisioningPath ?? cli.platformRoot),
    ...given("--platform-version", cli.version),
    ...given("--script-runner", flags.scriptRunner ?? flags.nuPath),
    ...given("--log-level", flags.logLevel),
  ];
}

type Environment = Readonly<Record<string, string | undefined>>;

/** The signals of the terminal reach it by themselves. What keeps it from starting comes over its channel, beside the line of its log. */
function inForeground(words: readonly string[], env: Environment): Promise<typeof EXIT.ok | typeof EXIT.failure> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, words, { stdio: ["inherit", "inherit", "inherit", "ipc"], env });
    let reason: Reason | undefined;
    child.on("message", (message: Reason) => (reason = message));
    child.on("error", reject);
    child.on("exit", (code) => {
      if (reason !== undefined) reject(startError(reason, "It has said why in its log."));
      else resolve(code === 0 ? EXIT.ok : EXIT.failure);
    });
    process.on("SIGTERM", () => child.kill("SIGTERM"));
  });
}

async function inBackground(
  cli: CliContext,
  place: ServicePlace,
  words: readonly string[],
  env: Environment,
  patienceSeconds: number,
) {
  const { log } = place.files;
  await mkdir(dirname(log), { recursive: true, mode: 0o700 });
  const out = await open(log, "a", 0o600);
  const { size } = await out.stat();
  const child = spawn(process.execPath, words, { stdio: ["ignore", out.fd, out.fd], env, detached: true, cwd: place.root });
  child.unref();
  await out.close();
  let isOver = false;
  child.on("exit", () => {
    isOver = true;
  });
  const giveUpAt = Date.now() + patienceSeconds * 1000;
  while (!isOver && Date.now() < giveUpAt) {
    const running = await runningService(place.runtimeDir);
    if (running !== undefined && running.pid === child.pid && (await healthOf(running.url)) !== undefined) {
      cli.process.stdout.write(`The service runs at ${running.url} (pid ${running.pid}).\n`);
      return EXIT.ok;
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
  throw isOver ? await startFailed(log, size) : new ServiceSlowError(child.pid, patienceSeconds);
}

/** What it said last is why. */
async function startFailed(log: string, from: number): Promise<ProvisioningError> {
  const said = (await readFile(log)).subarray(from).toString("utf8").trim().split("\n").at(-1) ?? "";
  let reason: Reason = { message: said };
  try {
    reason = JSON.parse(said) as Reason;
  } catch {
    // Not one of its own lines: shown as it is.
  }
  return startError(reason, `All that it said is in ${log}.`);
}

/** A line of its log, or what it sends before it ends. */
interface Reason {
  readonly code?: string;
  readonly message?: string;
  readonly hint?: string;
  readonly details?: { readonly diagnostics?: readonly Diagnostic[] };
}

function startError(reason: Reason, otherwise: string): ProvisioningError {
  const { code = "SERVICE_NOT_STARTED", message = "", hint, details } = reason;
  if (details?.diagnostics !== undefined) return new DiagnosticsError(details.diagnostics);
  return new ProvisioningError({
    code,
    message: message === "" ? "The service did not start." : message,
    hint: hint ?? otherwise,
  });
}

/** It goes on with its start, and nobody waits any more. */
class ServiceSlowError extends ProvisioningError {
  constructor(pid: number | undefined, seconds: number) {
    super({
      code: "SERVICE_NOT_STARTED",
      message: `The service (pid ${pid}) is not healthy after ${counted(seconds, "second")}. It goes on starting.`,
      hint: "Look at it with: provisioning orchestrator status. How long start waits is orchestrator.start_timeout_seconds.",
    });
  }
}

class ServiceRunningError extends ProvisioningError {
  constructor(url: string, pid: number) {
    super({
      code: "SERVICE_RUNNING",
      message: `The service of this workspace runs already, at ${url} (pid ${pid}).`,
      hint: "End it with: provisioning orchestrator stop",
    });
  }
}
