/** A file of SOPS as an action works on it: where it is, what it says now, who can open it, and for whom it is encrypted. */

import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { readConfig, replaceConfigFile } from "@provisioning/config";
import { ProvisioningError } from "@provisioning/model";
import {
  type Identities,
  parseDocument,
  type Protection,
  protectionFor,
  readIdentities,
  recipientsOf,
} from "@provisioning/security";
import type { Workspace } from "@provisioning/workspace";
import type { ActionContext } from "../context.js";
import { identitySources } from "../secrets/sources.js";
import { sourcesFor } from "../storage/config.js";
import { workspaceIfAny } from "../storage/find-place.js";

export interface SopsPlace {
  /** As it was named, for people. */
  readonly name: string;
  readonly path: string;
  /** Absent: there is no such file yet. */
  readonly content: Buffer | undefined;
  readonly isEncrypted: boolean;
  /** Changes with the content. */
  readonly digest: string;
}

/** `file`: from the current folder. @throws SopsSyntaxError, SopsUnsupportedError */
export async function sopsPlace({ currentDir }: ActionContext, file: string): Promise<SopsPlace> {
  const path = resolve(currentDir, file);
  const content = await readFile(path).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === "ENOENT") return undefined;
    throw new UnreadableError(file, cause.code ?? "it cannot be opened", { cause });
  });
  const isEncrypted = content !== undefined && parseDocument(file, content).metadata !== undefined;
  return { name: file, path, content, isEncrypted, digest: digestOf(content) };
}

/** @throws ProvisioningError SOPS_FILE_UNREADABLE */
export async function existingPlace(context: ActionContext, file: string): Promise<SopsPlace & { readonly content: Buffer }> {
  const place = await sopsPlace(context, file);
  if (place.content === undefined) throw new UnreadableError(file, "there is no such file");
  return { ...place, content: place.content };
}

class UnreadableError extends ProvisioningError {
  constructor(file: string, problem: string, options?: ErrorOptions) {
    super(
      {
        code: "SOPS_FILE_UNREADABLE",
        message: `${file} cannot be read: ${problem}.`,
        hint: "Name a file from the current folder. A new one is made by: provisioning sops FILE",
        details: { file },
      },
      options,
    );
  }
}

/** As the configuration of this place says. Layers that are encrypted themselves count as far as they are in the clear. @throws SopsIdentityError */
export async function identitiesHere(context: ActionContext): Promise<Identities> {
  const workspace = await workspaceAround(context);
  const { decrypt: _, ...sources } = sourcesFor(context, workspace);
  const { config } = await readConfig(sources);
  return readIdentities(identitySources({ context, config }, workspace?.layout.root ?? context.currentDir));
}

/** A list of workspaces that leads nowhere keeps nobody from a file. */
async function workspaceAround(context: ActionContext): Promise<Workspace | undefined> {
  try {
    return await workspaceIfAny(context);
  } catch (error) {
    if (error instanceof ProvisioningError && error.code === "WORKSPACE_MOVED") return undefined;
    throw error;
  }
}

/** Of a file that is not encrypted yet: as it is told, as `.sops.yaml` says, or for whoever encrypts it. @throws SopsRecipientError */
export async function newProtection(
  context: ActionContext,
  { path }: Pick<SopsPlace, "path">,
  recipients: readonly string[] = [],
): Promise<Protection> {
  if (recipients.length > 0) return { ...(await protectionFor(path).catch(() => undefined)), recipients };
  const said = await protectionFor(path);
  if (said !== undefined && said.recipients.length > 0) return said;
  return { ...said, recipients: await recipientsOf(await identitiesHere(context)) };
}

/** Durable and at once, with the mode of the file. Gives whether anything was written. @throws ProvisioningError SOPS_CHANGED */
export function writePlace(context: ActionContext, place: SopsPlace, text: string, isRehearsal: boolean): Promise<boolean> {
  return replaceConfigFile(place.path, text, {
    clock: context.clock,
    preview: isRehearsal,
    check: async () => {
      const now = await sopsPlace(context, place.path);
      if (now.digest !== place.digest) throw new ChangedMeanwhileError(place.name);
    },
  });
}

export class ChangedMeanwhileError extends ProvisioningError {
  constructor(file: string) {
    super({
      code: "SOPS_CHANGED",
      message: `${file} was changed by somebody else meanwhile. It is as they left it.`,
      hint: "Look at it again, and make the change there.",
      retry: "later",
      details: { file },
    });
  }
}

function digestOf(content: Buffer | undefined): string {
  return content === undefined ? "" : createHash("sha256").update(content).digest("hex");
}
