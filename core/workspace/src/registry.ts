/**
 * The user's workspaces: `workspaces` and `active` in `user_config.yaml`. Other keys and comments of that file are kept.
 *
 * The file is replaced as a whole, under a lock file, so two terminals at once lose nothing.
 */

import { randomBytes } from "node:crypto";
import { mkdir, rename, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { lockFile, readIfThere } from "@provisioning/config";
import { type Clock, type Instant, ProvisioningError, workspaceName, type WorkspaceName } from "@provisioning/model";
import type { Document } from "yaml";

export interface RegisteredWorkspace {
  readonly name: WorkspaceName;
  readonly path: string;
  readonly lastUsed: Instant;
  readonly active: boolean;
}

export interface WorkspaceRegistry {
  /** Most recently used first. */
  list(): Promise<readonly RegisteredWorkspace[]>;
  /** Adds it, or moves it to another folder; makes it the active one when asked. */
  register(name: WorkspaceName, path: string, options: { readonly activate: boolean }): Promise<void>;
  /** Takes it from the list; its folder stays. @throws WorkspaceUnknownError */
  forget(name: WorkspaceName): Promise<void>;
  /** @throws WorkspaceUnknownError */
  switchTo(name: WorkspaceName): Promise<RegisteredWorkspace>;
}

export class WorkspaceUnknownError extends ProvisioningError {
  constructor(name: string, known: readonly string[]) {
    super({
      code: "WORKSPACE_UNKNOWN",
      message: `There is no workspace ${JSON.stringify(name)}.`,
      hint: known.length === 0 ? "Make one with: provisioning workspace init <name>" : `Known workspaces: ${known.join(", ")}.`,
    });
  }
}

export function openRegistry(file: string, clock: Clock): WorkspaceRegistry {
  const list = async () => entriesOf(await load(file));
  return {
    list,
    async register(name, path, { activate }) {
      await change(file, clock, (document) => {
        document.setIn(["workspaces", name], { path, last_used: new Date(clock.now()).toISOString() });
        if (activate) document.set("active", name);
      });
    },
    async forget(name) {
      await change(file, clock, (document) => {
        requireKnown(document, name);
        document.deleteIn(["workspaces", name]);
        if (document.get("active") === name) document.delete("active");
      });
    },
    async switchTo(name) {
      await change(file, clock, (document) => {
        requireKnown(document, name);
        document.set("active", name);
        document.setIn(["workspaces", name, "last_used"], new Date(clock.now()).toISOString());
      });
      return (await list()).find((entry) => entry.name === name) as RegisteredWorkspace;
    },
  };
}

function requireKnown(document: Document, name: WorkspaceName): void {
  const known = entriesOf(document).map((entry) => entry.name);
  if (!known.includes(name)) throw new WorkspaceUnknownError(name, known);
}

async function load(file: string): Promise<Document> {
  const { parseDocument } = await import("yaml");
  const document = parseDocument((await readIfThere(file)) ?? "");
  const [error] = document.errors;
  if (error) {
    throw new ProvisioningError({
      code: "CONFIG_SYNTAX",
      message: `${file}: ${error.message.split("\n")[0]}`,
      hint: "Correct the file; it holds the list of your workspaces.",
    });
  }
  return document;
}

function entriesOf(document: Document): RegisteredWorkspace[] {
  const content = (document.toJS() ?? {}) as {
    workspaces?: Record<string, { path?: unknown; last_used?: unknown }>;
    active?: unknown;
  };
  return Object.entries(content.workspaces ?? {})
    .map(([name, entry]) => ({
      name: workspaceName(name),
      path: String(entry.path),
      lastUsed: Date.parse(String(entry.last_used)) || 0,
      active: content.active === name,
    }))
    .sort((left, right) => right.lastUsed - left.lastUsed);
}

async function change(file: string, clock: Clock, edit: (document: Document) => void): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const unlock = await lockFile(`${file}.lock`, clock);
  try {
    const document = await load(file);
    edit(document);
    const draft = `${file}.${process.pid}.${randomBytes(4).toString("hex")}`;
    await writeFile(draft, document.toString(), { mode: 0o600, flush: true });
    await rename(draft, file);
  } finally {
    await unlock();
  }
}
