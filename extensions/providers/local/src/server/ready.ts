/** Waits until a started server can be logged in to: its host key is made and sshd greets. */

import { connect } from "node:net";
import type { ProviderContext, SshAddress } from "@provisioning/extension-sdk";
import { ProvisioningError } from "@provisioning/model";
import type { Engine } from "../engine/discover.js";
import type { EngineContainer } from "./observe.js";
import { readHostKey, sshAddressOf } from "./observe.js";

const POLL_MS = 100;
const GREETING_LIMIT_MS = 2_000;

export interface StartedServer {
  readonly id: string;
  readonly name: string;
  /** Servers answer within seconds; a machine under heavy load needs longer. */
  readonly limitMs: number;
}

/** @throws ProvisioningError SERVER_BOOT_FAILED, SERVER_BOOT_TIMEOUT */
export async function waitUntilReady(
  engine: Engine,
  { id, name, limitMs }: StartedServer,
  context: ProviderContext,
): Promise<EngineContainer> {
  const deadline = context.clock.now() + limitMs;
  for (;;) {
    const container = await requireRunning(engine, id, name, context);
    const ssh = sshAddressOf(container);
    if (ssh !== undefined && (await isReady(engine, id, ssh, context.signal))) return container;
    if (context.clock.now() > deadline) throw await bootTimeout(engine, { id, name, limitMs }, ssh);
    await context.clock.sleep(POLL_MS, context.signal);
  }
}

/** A host key that can be read and the greeting: then sshd has loaded that key. */
async function isReady(engine: Engine, id: string, ssh: SshAddress, signal: AbortSignal): Promise<boolean> {
  return (await sshGreets(ssh, signal)) && (await readHostKey(engine, id, signal)) !== undefined;
}

async function requireRunning(engine: Engine, id: string, name: string, context: ProviderContext): Promise<EngineContainer> {
  const container = await engine.api.call<EngineContainer>("GET", `/containers/${id}/json`, { signal: context.signal });
  if (container.State.Running) return container;
  throw new ProvisioningError({
    code: "SERVER_BOOT_FAILED",
    message:
      `Server ${name} stopped while it was booting (exit code ${container.State.ExitCode ?? "unknown"}). ${await lastOutput(engine, id)}`.trim(),
    hint: `Look at its output: docker logs ${container.Name.replace(/^\//, "")}`,
    retry: "now",
    details: { server: name, container: id, exitCode: container.State.ExitCode, engineError: container.State.Error },
  });
}

async function bootTimeout(
  engine: Engine,
  { id, name, limitMs }: StartedServer,
  ssh: SshAddress | undefined,
): Promise<ProvisioningError> {
  const where = ssh === undefined ? "it has no address" : `${ssh.host}:${ssh.port}`;
  return new ProvisioningError({
    code: "SERVER_BOOT_TIMEOUT",
    message:
      `sshd of server ${name} did not answer within ${limitMs / 1000} s (${where}). ${await lastOutput(engine, id)}`.trim(),
    hint: "Look at the machine's load, and at the server: docker exec <container> systemctl status",
    retry: "later",
    details: { server: name, container: id },
  });
}

async function lastOutput(engine: Engine, id: string): Promise<string> {
  const output = await engine.api.logs(id, 5).catch(() => "");
  return output === "" ? "" : `Its last output: ${output}`;
}

/** Whether an SSH server greets at `ssh` (RFC 4253, 4.2). Never rejects but for the signal. */
export function sshGreets(ssh: SshAddress, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: ssh.host, port: ssh.port });
    const finish = (answer: boolean) => {
      signal.removeEventListener("abort", onAbort);
      socket.destroy();
      resolve(answer);
    };
    const onAbort = () => {
      socket.destroy();
      reject(signal.reason as Error);
    };
    signal.addEventListener("abort", onAbort, { once: true });
    socket.setTimeout(GREETING_LIMIT_MS, () => finish(false));
    socket.once("error", () => finish(false));
    socket.once("close", () => finish(false));
    socket.once("data", (data) => finish(data.toString("latin1").startsWith("SSH-2.0")));
    if (signal.aborted) onAbort();
  });
}
