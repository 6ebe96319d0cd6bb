/**
 * References to secrets. A reference stands in KCL and configuration where a secret is needed; its value is looked up at the
 * last moment, added to the redactor, and never stored in plans, records or events.
 *
 * - `env://NAME`: an environment variable.
 * - `file://PATH`: the content of a file without its final line end; relative paths start at the workspace.
 * - `secret:STORE:KEY`: from a store that `secrets.stores` names: a folder with a file for each key, or variables with a common beginning.
 * - `generated://NAME`: a random value that is made on first use and kept in the workspace's runtime folder (mode 0600).
 */

import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { isAbsolute, join, resolve } from "node:path";
import { fileMadeOnce } from "./file-made-once.js";
import { isJsonObject, isName, type Json, ProvisioningError, type Redactor } from "@provisioning/model";

const REFERENCE = /^(?:(env|file|generated):\/\/|(secret):)(.+)$/s;
/** Store and key: never a path. */
const IN_STORE = /^([a-z][a-z0-9-]*):([A-Za-z0-9][\w.-]*)$/;

/** 24 bytes: 192 bits, 32 characters of base64url. */
const GENERATED_BYTES = 24;

export interface SecretSources {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly workspaceDir: string;
  /** Folder for generated secrets. */
  readonly generatedDir: string;
  readonly redactor: Redactor;
  /** `secrets.stores` of the configuration: `file://FOLDER` or `env://BEGINNING_` by name. Absent: there are none. */
  readonly stores?: Readonly<Record<string, string>>;
}

export class SecretUnavailableError extends ProvisioningError {
  constructor(reference: string, reason: string, options?: ErrorOptions) {
    super(
      {
        code: "SECRET_UNAVAILABLE",
        message: `The secret ${reference} cannot be read: ${reason}.`,
        hint: "Set the variable or create the file, and run the command again.",
        details: { reference },
      },
      options,
    );
  }
}

export function isSecretReference(value: Json): value is string {
  return typeof value === "string" && REFERENCE.test(value);
}

/** The same value with every reference replaced by what it refers to. @throws SecretUnavailableError */
export async function resolveSecrets<T extends Json>(value: T, sources: SecretSources): Promise<T> {
  return (await replace(value, sources)) as T;
}

async function replace(value: Json, sources: SecretSources): Promise<Json> {
  if (isSecretReference(value)) return readSecret(value, sources);
  if (Array.isArray(value)) return Promise.all(value.map((item: Json) => replace(item, sources)));
  if (!isJsonObject(value)) return value;
  const entries = Object.entries(value).map(async ([key, item]) => [key, await replace(item, sources)] as const);
  return Object.fromEntries(await Promise.all(entries));
}

async function readSecret(reference: string, sources: SecretSources): Promise<string> {
  const [, scheme, , rest = ""] = REFERENCE.exec(reference) ?? [];
  const place = scheme === undefined ? placeInStore(rest, reference, sources) : { scheme, rest };
  const secret = await lookUp(place.scheme, place.rest, reference, sources);
  sources.redactor.add(secret);
  return secret;
}

/** What a reference to a store stands for. */
function placeInStore(rest: string, reference: string, { stores = {} }: SecretSources): { scheme: string; rest: string } {
  const [, store, key] = IN_STORE.exec(rest) ?? [];
  if (store === undefined || key === undefined)
    throw new SecretUnavailableError(reference, "it must be secret:STORE:KEY, of letters, digits, dots and hyphens");
  const place = Object.hasOwn(stores, store) ? stores[store] : undefined;
  if (place === undefined)
    throw new SecretUnavailableError(reference, `secrets.stores of the configuration names no store ${store}`);
  const [, scheme, base = ""] = /^(env|file):\/\/(.+)$/s.exec(place) ?? [];
  if (scheme === "file") return { scheme, rest: join(base, key) };
  if (scheme === "env") return { scheme, rest: `${base}${key.toUpperCase().replaceAll(/[^A-Z0-9]/g, "_")}` };
  throw new SecretUnavailableError(reference, `the store ${store} must be file://FOLDER or env://BEGINNING_`);
}

async function lookUp(scheme: string, rest: string, reference: string, sources: SecretSources): Promise<string> {
  if (scheme === "env") {
    const value = sources.environment[rest];
    if (value === undefined || value === "") throw new SecretUnavailableError(reference, "the variable is not set");
    return value;
  }
  if (scheme === "generated") {
    if (!isName(rest)) throw new SecretUnavailableError(reference, "its name must be lower-case letters, digits and hyphens");
    return fileMadeOnce(join(sources.generatedDir, rest), () => randomBytes(GENERATED_BYTES).toString("base64url"));
  }
  const file = isAbsolute(rest) ? rest : resolve(sources.workspaceDir, rest);
  try {
    return (await readFile(file, "utf8")).replace(/\r?\n$/, "");
  } catch (cause) {
    throw new SecretUnavailableError(reference, (cause as NodeJS.ErrnoException).code ?? "it cannot be opened", { cause });
  }
}
