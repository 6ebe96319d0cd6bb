/** Passwords of databases: from a reference, a variable, a file or standard input; from a flag with a warning. */

import { readFile } from "node:fs/promises";
import { isAbsolute, resolve } from "node:path";
import { type ConfigKeyName, isSecretReference, LAYER_NAMES, resolveSecrets, variableOf } from "@provisioning/config";
import type { ActionContext } from "../context.js";
import { secretSources } from "../secrets/sources.js";
import { isTyped, optionError, originOf, type StoragePlace } from "./place.js";

export type Product = "surrealdb" | "postgres";

const STANDARD_INPUT = "-";

/** Absent: none is given. @throws ProvisioningError STORE_OPTION_INVALID, SecretUnavailableError */
export async function passwordOf(place: StoragePlace, product: Product): Promise<string | undefined> {
  const { config } = place;
  const inline = `storage.${product}.password` as const;
  const file = `storage.${product}.password_file` as const;
  const rank = (key: ConfigKeyName) => (config.get(key) === "" ? -1 : LAYER_NAMES.indexOf(config.provenance(key).layer));
  if (rank(inline) === -1 && rank(file) === -1) return undefined;
  if (rank(inline) === rank(file))
    throw optionError(config, file, `${inline} is given in the same place; one of the two is enough`);
  const password = rank(inline) > rank(file) ? await valueOf(place, inline) : await contentOf(place, file);
  place.redactor.add(password);
  return password;
}

async function valueOf(place: StoragePlace, key: ConfigKeyName): Promise<string> {
  const value = textAt(place, key);
  if (value === STANDARD_INPUT) return readInput(place, key);
  if (isSecretReference(value)) return resolveSecrets(value, secretSources(place));
  assertMayHoldPassword(place, key);
  return value;
}

async function contentOf(place: StoragePlace, key: ConfigKeyName): Promise<string> {
  const { config, context, workspace } = place;
  const path = textAt(place, key);
  if (path === STANDARD_INPUT) return readInput(place, key);
  const base = isTyped(config, key) ? context.currentDir : (workspace?.layout.root ?? context.currentDir);
  try {
    return withoutNewline(await readFile(isAbsolute(path) ? path : resolve(base, path), "utf8"));
  } catch (error) {
    throw optionError(config, key, `${path} cannot be read (${(error as NodeJS.ErrnoException).code ?? String(error)})`);
  }
}

async function readInput({ config, context }: StoragePlace, key: ConfigKeyName): Promise<string> {
  if (context.readInput === undefined) throw optionError(config, key, "there is no standard input to read from");
  const text = withoutNewline(await context.readInput());
  if (text === "") throw optionError(config, key, "nothing was given on standard input");
  return text;
}

/** Editors and `echo` add one. */
function withoutNewline(value: string): string {
  return value.replace(/\r?\n$/, "");
}

/** Keys that were warned of, for those who open a storage several times. */
const warned = new WeakMap<ActionContext, Set<ConfigKeyName>>();

/** Files are committed and copied, unless they have it encrypted; a flag can be seen in the list of processes, which is worth a warning. */
export function assertMayHoldPassword({ config, context }: StoragePlace, key: ConfigKeyName): void {
  const { layer, isEncrypted } = config.provenance(key);
  if (layer === "variables" || isEncrypted === true) return;
  if (layer !== "flags")
    throw optionError(config, key, "a file must not hold the password itself; write env://NAME or file://PATH instead");
  const told = warned.get(context) ?? new Set();
  if (told.has(key)) return;
  warned.set(context, told.add(key));
  const text = `Other users of this machine can see the password in ${originOf(config, key)}: use a file, ${variableOf(key)}, or - for standard input.`;
  context.report({ type: "warning", text });
}

function textAt({ config }: StoragePlace, key: ConfigKeyName): string {
  const value = config.get(key);
  return typeof value === "string" ? value : "";
}
