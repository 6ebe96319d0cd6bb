/** Secrets by reference, `PATH#KEY.PATH`. A file is decrypted once, and again only when its content is another one. */

import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { Identities } from "./age-keys.js";
import { valueAt } from "./lookup.js";
import { type OpenFile, openFile } from "./sops-file.js";

export interface SopsSecretsOptions {
  /** Where relative paths begin. */
  readonly folder: string;
  /** Asked once, when the first file is opened. */
  readonly identities: () => Promise<Identities>;
}

/** Gives the value that a reference names; nothing when the file has none there. @throws as `openFile`, and what reading the file throws */
export type SopsSecrets = (reference: string) => Promise<string | undefined>;

export function createSopsSecrets({ folder, identities }: SopsSecretsOptions): SopsSecrets {
  const opened = new Map<string, { readonly content: Buffer; readonly file: Promise<OpenFile> }>();
  let asked: Promise<Identities> | undefined;
  const open = async (path: string): Promise<OpenFile> => {
    const content = await readFile(resolve(folder, path));
    const before = opened.get(path);
    if (before?.content.equals(content)) return before.file;
    const file = (async () => openFile(path, content, await (asked ??= identities())))();
    opened.set(path, { content, file });
    return file;
  };
  return async (reference) => {
    const [, path = "", key] = /^([^#]+)(?:#(.*))?$/s.exec(reference) ?? [];
    return path === "" ? undefined : valueAt(await open(path), key);
  };
}
