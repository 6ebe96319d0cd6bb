/**
 * Machines that exist already and are reached over SSH: `server.address`, with `options` port, user, key_file and host_key.
 * Taking one over changes nothing on it, and deleting it only forgets it. That a server is such a machine is known from its spec
 * or, when only its name is given, from what was recorded.
 */

import {
  type Difference,
  differenceOf,
  type ProviderContext,
  readHostKey,
  type ResourceRef,
  type ServerAttributes,
  type ServerSpec,
} from "@provisioning/extension-sdk";
import { type Json, ProvisioningError } from "@provisioning/model";
import type { LocalSession } from "../session.js";
import { sshGreets } from "./ready.js";

interface MachineLogin {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly keyFile: string | undefined;
  readonly hostKey: string | undefined;
}

export function isExistingMachine(spec: ServerSpec): boolean {
  return spec.address !== undefined;
}

/** What was recorded says that the server is an existing machine. */
export function isRecordedMachine(ref: ResourceRef): boolean {
  return ref.recorded?.["existing"] === true;
}

/** The recorded attributes with a fresh status; the machine itself is asked for nothing but its greeting. */
export async function readExistingMachine(ref: ResourceRef, context: ProviderContext): Promise<ServerAttributes> {
  const recorded = ref.recorded as ServerAttributes;
  return { ...recorded, status: await statusOf(recorded.addresses.ssh, context) };
}

/** @throws ProvisioningError MACHINE_UNREACHABLE, SERVER_UNREACHABLE */
export async function reconcileExistingMachine(
  session: Pick<LocalSession, "key">,
  desired: ServerSpec,
  context: ProviderContext,
): Promise<ServerAttributes> {
  const login = loginOf(desired);
  const ssh = { host: login.host, port: login.port };
  if ((await statusOf(ssh, context)) !== "running") {
    throw new ProvisioningError({
      code: "MACHINE_UNREACHABLE",
      message: `No SSH server answers at ${login.host} port ${login.port} for server ${desired.name}.`,
      hint: `Try it yourself: ssh -p ${login.port} ${login.user}@${login.host}`,
      retry: "later",
      details: { server: desired.name, ...ssh },
    });
  }
  return {
    id: `${login.host}:${login.port}`,
    existing: true,
    status: "running",
    addresses: { ssh, public: login.host },
    hostKeys: [login.hostKey === undefined ? await firstHostKey(login, context) : normalKey(login.hostKey)],
    user: login.user,
    identityFile: login.keyFile ?? (await session.key()).identityFile,
  };
}

export function diffExistingMachine(desired: ServerSpec, observed: ServerAttributes): Difference {
  const login = loginOf(desired);
  const { ssh } = observed.addresses;
  return differenceOf([
    {
      path: "address",
      before: observed["existing"] === true ? ssh.host : "container",
      after: login.host,
      forcesReplacement: true,
    },
    { path: "options.port", before: ssh.port, after: login.port },
    { path: "options.user", before: observed.user, after: login.user },
    { path: "options.key_file", before: observed.identityFile, after: login.keyFile },
    {
      path: "options.host_key",
      before: observed.hostKeys[0],
      after: login.hostKey === undefined ? undefined : normalKey(login.hostKey),
    },
    { path: "status", before: observed["status"], after: "running" },
  ]);
}

function loginOf(spec: ServerSpec): MachineLogin {
  const options = spec.options ?? {};
  const text = (name: string) => textOf(options[name]);
  const port = options["port"];
  return {
    host: spec.address ?? "",
    port: typeof port === "number" ? port : 22,
    user: text("user") ?? "root",
    keyFile: text("key_file"),
    hostKey: text("host_key"),
  };
}

function textOf(value: Json | undefined): string | undefined {
  return typeof value === "string" ? value : undefined;
}

async function statusOf(ssh: { readonly host: string; readonly port: number }, context: ProviderContext): Promise<string> {
  return (await sshGreets(ssh, context.signal)) ? "running" : "unreachable";
}

/** Trust on first use, said aloud: from now on only this key is accepted. @throws ServerUnreachableError */
async function firstHostKey(login: MachineLogin, context: ProviderContext): Promise<string> {
  const key = await readHostKey(login, { signal: context.signal });
  context.report({ stage: `host key of ${login.host} accepted at first use; set options.host_key to check it from the start` });
  return key;
}

/** Type and key without the comment. */
function normalKey(line: string): string {
  return line.trim().split(/\s+/).slice(0, 2).join(" ");
}
