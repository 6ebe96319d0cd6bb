/** Changes values in a configuration file. Comments, order and everything else stay. */

import { randomBytes } from "node:crypto";
import { mkdir, open, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { type Clock, ProvisioningError, systemClock } from "@provisioning/model";
import { ConfigEncryptedError, looksEncrypted } from "../encrypted-layer.js";
import { lockFile } from "../file-lock.js";
import { mapAround } from "../keys.js";
import { isBelowTaskservs, taskservPath } from "../layer-path.js";
import { readIfThere } from "../read-if-there.js";
import { editToml } from "./edit-toml.js";
import { editYaml } from "./edit-yaml.js";

export interface ConfigEdit {
  /** By dotted path; `undefined` takes it away. */
  readonly values: ReadonlyMap<string, unknown>;
  /** The section of the file in which the keys begin. */
  readonly section?: string;
}

/** A value with the parts of its path. */
export interface PlacedEdit {
  readonly path: readonly string[];
  readonly value: unknown;
}

export interface EditOptions {
  readonly clock?: Clock;
  /** Told the new text before anything is written; what it throws keeps the file as it is. */
  readonly check?: (text: string) => Promise<void>;
  /** Everything but the writing. */
  readonly preview?: boolean;
}

/**
 * Makes the file when it is missing. Durable when it resolves; after a crash the file is the old one or the new one, and two that edit at
 * once lose nothing. Gives whether anything was written.
 * @throws ConfigSyntaxError, ConfigEncryptedError, ProvisioningError CONFIG_EDIT_KCL; nothing is written then
 */
export async function editConfigFile(file: string, edit: ConfigEdit, options: EditOptions = {}): Promise<boolean> {
  if (file.endsWith(".k")) throw new KclNotEditedError(file, [...edit.values.keys()]);
  if (looksEncrypted({ file, text: (await readIfThere(file)) ?? "" })) throw new ConfigEncryptedError(file);
  const placed = [...edit.values].map(([key, value]) => ({ path: pathOf(key, edit.section), value }));
  const change = file.endsWith(".toml") ? editToml : editYaml;
  return underLock(file, options, (before) => change(file, before ?? "", placed));
}

/** The same with a text that is complete already, of any format. */
export function replaceConfigFile(file: string, text: string, options: EditOptions = {}): Promise<boolean> {
  return underLock(file, options, () => Promise.resolve(text));
}

async function underLock(
  file: string,
  options: EditOptions,
  change: (before: string | undefined) => Promise<string>,
): Promise<boolean> {
  const write = options.preview !== true;
  if (write) await mkdir(dirname(file), { recursive: true });
  const unlock = write ? await lockFile(`${file}.lock`, options.clock ?? systemClock) : async () => {};
  try {
    const before = await readIfThere(file);
    const text = await change(before);
    if (text === before || (before === undefined && text.trim() === "")) return false;
    await options.check?.(text);
    if (write) await replaceFile(file, text, before !== undefined);
    return true;
  } finally {
    await unlock();
  }
}

/** Several values by dotted path, none of them taken away. @throws ConfigSyntaxError, nothing is written then */
export async function writeConfig(file: string, values: ReadonlyMap<string, string | number>): Promise<void> {
  await editConfigFile(file, { values });
}

/** KCL is a program: the value may be computed, and only a person knows where. */
class KclNotEditedError extends ProvisioningError {
  constructor(file: string, keys: readonly string[]) {
    super({
      code: "CONFIG_EDIT_KCL",
      message: `${file} is KCL, a program that is only edited by hand.`,
      hint: `Open it and set ${keys.join(", ")} there.`,
      details: { file, keys },
    });
  }
}

/** Names in a map may have dots of their own. */
function pathOf(key: string, section: string | undefined): string[] {
  const own = isBelowTaskservs(key) ? [...key.split(".", 1), ...taskservPath(key)] : pathOfKey(key);
  return section === undefined ? own : [section, ...own];
}

function pathOfKey(key: string): string[] {
  const map = mapAround(key);
  return map === undefined ? key.split(".") : [...map.split("."), key.slice(map.length + 1)];
}

async function replaceFile(file: string, text: string, isThere: boolean): Promise<void> {
  const mode = isThere ? (await stat(file)).mode : 0o644;
  const draft = `${file}.${process.pid}.${randomBytes(4).toString("hex")}`;
  try {
    await writeFile(draft, text, { flush: true, mode });
    await rename(draft, file);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
  const folder = await open(dirname(file), "r");
  await folder.sync().finally(() => folder.close());
}
