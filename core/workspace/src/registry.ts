/**
 * The user's workspaces: `workspaces` and `active` in `user_config.yaml`. Other keys and comments of that file are kept.
 *
 * The file is replaced as a whole, under a lock file, so two terminals at once lose nothing.
 */

import { randomBytes } from "node:crypto";
import { mkdir, rename, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { lockFile, readIfThere, tryLockFile } from "@provisioning/config";
import { type Clock, type Instant, ProvisioningError, workspaceName, type WorkspaceName } from "@provisioning/model";
import { isPlainEntry, readRegistryText, type RegistryText } from "./registry-text.js";

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
  /** Takes them from the list; their folders stay. @throws WorkspaceUnknownError and takes none */
  forget(...names: readonly WorkspaceName[]): Promise<void>;
  /** @throws WorkspaceUnknownError */
  switchTo(name: WorkspaceName): Promise<RegisteredWorkspace>;
  /** The workspace at this folder is used right now. Written once a minute at most, and not while somebody else writes; elsewhere nothing happens. */
  noteUse(path: string): Promise<void>;
}

/** What was used more than a minute ago is worth another write. */
const NOTED_EVERY_MS = 60_000;

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
  const now = (): string => new Date(clock.now()).toISOString();
  return {
    list: async () => entriesOf(await load(file)),
    async register(name, path, { activate }) {
      await change(file, clock, isPlainEntry(name, path), (content) => {
        content.put({ name, path, lastUsed: now() });
        if (activate) content.setActive(name);
      });
    },
    async forget(...names) {
      await change(file, clock, true, (content) => {
        for (const name of names) requireKnown(content, name);
        for (const name of names) {
          content.remove(name);
          if (content.active === name) content.setActive(undefined);
        }
      });
    },
    async switchTo(name) {
      const entries = await change(file, clock, true, (content) => {
        content.put({ ...requireKnown(content, name), lastUsed: now() });
        content.setActive(name);
      });
      return entries.find((entry) => entry.name === name) as RegisteredWorkspace;
    },
    async noteUse(path) {
      const isDue = (entry: RegistryText["entries"][number]): boolean =>
        entry.path === path && Math.abs(clock.now() - (Date.parse(entry.lastUsed) || 0)) >= NOTED_EVERY_MS;
      if (!(await load(file)).entries.some(isDue)) return;
      const unlock = await tryLockFile(`${file}.lock`);
      if (unlock === undefined) return;
      await changeLocked(file, true, unlock, (content) => {
        for (const entry of content.entries.filter(isDue)) content.put({ ...entry, lastUsed: now() });
      });
    },
  };
}

function requireKnown({ entries }: RegistryText, name: WorkspaceName): RegistryText["entries"][number] {
  const found = entries.find((entry) => entry.name === name);
  if (found !== undefined) return found;
  throw new WorkspaceUnknownError(
    name,
    entries.map((entry) => entry.name),
  );
}

/** `plain`: as the file stands, and with what is to be written into it, it needs no more of YAML than we write ourselves. */
async function load(file: string, plain = true): Promise<RegistryText> {
  const text = (await readIfThere(file)) ?? "";
  const read = plain ? readRegistryText(text) : undefined;
  return read ?? (await import("./registry-document.js")).readRegistryDocument(file, text);
}

function entriesOf({ entries, active }: RegistryText): RegisteredWorkspace[] {
  return entries
    .map(({ name, path, lastUsed }) => ({
      name: workspaceName(name),
      path,
      lastUsed: Date.parse(lastUsed) || 0,
      active: active === name,
    }))
    .sort((left, right) => right.lastUsed - left.lastUsed);
}

/** What is in it afterwards. */
async function change(
  file: string,
  clock: Clock,
  plain: boolean,
  edit: (content: RegistryText) => void,
): Promise<readonly RegisteredWorkspace[]> {
  await mkdir(dirname(file), { recursive: true });
  return changeLocked(file, plain, await lockFile(`${file}.lock`, clock), edit);
}

async function changeLocked(
  file: string,
  plain: boolean,
  unlock: () => Promise<void>,
  edit: (content: RegistryText) => void,
): Promise<readonly RegisteredWorkspace[]> {
  try {
    const content = await load(file, plain);
    edit(content);
    const entries = entriesOf(content);
    const draft = `${file}.${process.pid}.${randomBytes(4).toString("hex")}`;
    await writeFile(draft, content.toString(), { mode: 0o600, flush: true });
    await rename(draft, file);
    return entries;
  } finally {
    await unlock();
  }
}
