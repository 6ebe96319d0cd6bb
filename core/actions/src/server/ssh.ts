/** How to open a shell on a server: the words of an `ssh` command that trusts the pinned host key only. */

import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { ServerAttributes } from "@provisioning/extension-sdk";
import { isJsonObject, serverAddress, serverName } from "@provisioning/model";
import * as z from "zod/mini";
import { defineAction } from "../action.js";
import type { ActionContext } from "../context.js";
import { TargetUnknownError } from "../infra/targets.js";
import { ServerNotReadyError } from "../servers/errors.js";
import { type InfraSession, openInfraSession } from "../session.js";

export interface SshInput {
  readonly infra?: string;
  readonly server: string;
  /** Words to run there; none: a shell. */
  readonly command: readonly string[];
}

/** The command and its arguments; nothing goes through a shell here. */
export const sshCommand = defineAction<SshInput, readonly string[]>({
  name: "server.ssh",
  cedar: { action: "sshToServer", resource: "Server" },
  effect: "change",
  summary: "Gives the words of an ssh command to a server that trusts its pinned host key only.",
  input: z.strictObject({ infra: z.exactOptional(z.string()), server: z.string(), command: z.array(z.string()) }),
  output: z.array(z.string()),
  run: words,
});

async function words(context: ActionContext, input: SshInput): Promise<readonly string[]> {
  const session = await openInfraSession(context, { ...input, mode: "read", definition: "use" });
  try {
    return await sshWords(session, input.server, input.command);
  } finally {
    await session.close();
  }
}

/** @throws TargetUnknownError, ServerNotReadyError */
export async function sshWords(session: InfraSession, server: string, command: readonly string[]): Promise<readonly string[]> {
  const name = serverName(server);
  const known = session.desired.servers.map((item) => item.name);
  if (!known.includes(name)) throw new TargetUnknownError("server", name, known);
  const attributes = session.records.get(serverAddress(name))?.attributes;
  if (attributes === undefined || !isJsonObject(attributes.addresses)) throw new ServerNotReadyError(name);
  const { addresses, hostKeys, user, identityFile } = attributes as unknown as ServerAttributes;
  const { host, port } = addresses.ssh;
  const { providersDir } = session.workspace.layout;
  const knownHosts = join(providersDir, `known_hosts.${session.infra}.${name}`);
  await mkdir(providersDir, { recursive: true, mode: 0o700 });
  await writeFile(knownHosts, hostKeys.map((key) => `[${host}]:${port} ${key}\n${host} ${key}\n`).join(""), { mode: 0o600 });
  return [
    "ssh",
    ...(identityFile === undefined ? [] : ["-i", identityFile, "-o", "IdentitiesOnly=yes"]),
    "-o",
    `UserKnownHostsFile=${knownHosts}`,
    "-o",
    "StrictHostKeyChecking=yes",
    "-p",
    String(port),
    "-l",
    user,
    host,
    ...(command.length === 0 ? [] : ["--", ...command]),
  ];
}
