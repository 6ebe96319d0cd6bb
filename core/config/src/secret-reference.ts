/**
 * References to secrets. A reference stands in KCL and configuration where a secret is needed; its value is looked up at the
 * last moment, added to the redactor, and never stored in plans, records or events.
 *
 * - `env://NAME`: an environment variable.
 * - `file://PATH`: the content of a file without its final line end; relative paths start at the workspace.
 * - `sops://PATH#KEY.PATH`: a value of a file that SOPS encrypted; of a binary file, without `#`, all of it. Whoever resolves brings what reads it.
 * - `secret:STORE:KEY`: from a store that `secrets.stores` names: a folder with a file for each key, variables with a common beginning, or a
 *   file that SOPS encrypted.
 * - `generated://NAME`: a random value that is made on first use and kept in the workspace's runtime folder (mode 0600).
 */

import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { isAbsolute, join, resolve } from "node:path";
import { fileMadeOnce } from "./file-made-once.js";
import { isJsonObject, isName, type Json, ProvisioningError, type Redactor } from "@provisioning/model";

const REFERENCE = /^(?:(env|file|generated|sops):\/\/|(secret):)(.+)$/s;
/** Store and key: never a path. */
const IN_STORE = /^([a-z][a-z0-9-]*):([A-Za-z0-9][\w.-]*)$/;

/** 24 bytes: 192 bits, 32 characters of base64url. */
const GENERATED_BYTES = 24;

type SecretScheme = "env" | "file" | "generated" | "sops";

export interface SecretSources {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly workspaceDir: string;
  /** Folder for generated secrets. */
  readonly generatedDir: string;
  readonly redactor: Redactor;
  /** `secrets.stores` of the configuration: `file://FOLDER`, `env://BEGINNING_` or `sops://FILE` by name. Absent: there are none. */
  readonly stores?: SecretStores;
  /** Gives the value that `PATH#KEY.PATH` names; nothing when the file has none there. Absent: such references are refused. */
  readonly sops?: (place: string) => Promise<string | undefined>;
  /** Default: all schemes may be used. */
  readonly only?: AllowedSchemes;
}

interface AllowedSchemes {
  readonly schemes: readonly SecretScheme[];
  /** For people: what says so. */
  readonly saidBy: string;
}

type SecretStores = Readonly<Record<string, string>>;

export class SecretUnavailableError extends ProvisioningError {
  constructor(reference: string, reason: string, options?: ErrorOptions) {
    super(
      {
        code: "SECRET_UNAVAILABLE",
        message: `The secret ${reference} cannot be read: ${reason}.`,
        hint: "Set the variable, create the file or correct the reference, and run the command again.",
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
  const { scheme, rest } = placeOf(reference, sources.stores);
  if (sources.only?.schemes.includes(scheme) === false) {
    const { schemes, saidBy } = sources.only;
    throw new SecretUnavailableError(reference, `${saidBy} allows ${schemes.map((one) => `${one}://`).join(" and ")} alone`);
  }
  const secret = await lookUp(scheme, rest, reference, sources);
  sources.redactor.add(secret);
  return secret;
}

interface SecretPlace {
  readonly scheme: SecretScheme;
  readonly rest: string;
}

/** Where a reference leads, through a store too. @throws SecretUnavailableError */
function placeOf(reference: string, stores: SecretStores = {}): SecretPlace {
  const [, scheme, , rest = ""] = REFERENCE.exec(reference) ?? [];
  return scheme === undefined ? placeInStore(rest, reference, stores) : { scheme: scheme as SecretScheme, rest };
}

function placeInStore(rest: string, reference: string, stores: SecretStores): SecretPlace {
  const [, store, key] = IN_STORE.exec(rest) ?? [];
  if (store === undefined || key === undefined)
    throw new SecretUnavailableError(reference, "it must be secret:STORE:KEY, of letters, digits, dots and hyphens");
  const place = Object.hasOwn(stores, store) ? stores[store] : undefined;
  if (place === undefined)
    throw new SecretUnavailableError(reference, `secrets.stores of the configuration names no store ${store}`);
  const [, scheme, base = ""] = /^(env|file|sops):\/\/(.+)$/s.exec(place) ?? [];
  if (scheme === "file") return { scheme, rest: join(base, key) };
  if (scheme === "env") return { scheme, rest: `${base}${key.toUpperCase().replaceAll(/[^A-Z0-9]/g, "_")}` };
  if (scheme === "sops") return { scheme, rest: `${base}#${key}` };
  throw new SecretUnavailableError(reference, `the store ${store} must be file://FOLDER, env://BEGINNING_ or sops://FILE`);
}

async function lookUp(scheme: SecretScheme, rest: string, reference: string, sources: SecretSources): Promise<string> {
  if (scheme === "sops") return lookUpSops(rest, reference, sources);
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

async function lookUpSops(place: string, reference: string, { sops }: SecretSources): Promise<string> {
  if (sops === undefined) throw new SecretUnavailableError(reference, "files of SOPS cannot be read here");
  let value: string | undefined;
  try {
    value = await sops(place);
  } catch (cause) {
    if (cause instanceof ProvisioningError) throw cause;
    throw new SecretUnavailableError(reference, (cause as NodeJS.ErrnoException).code ?? "it cannot be opened", { cause });
  }
  if (value === undefined || value === "")
    throw new SecretUnavailableError(reference, "the file has no such value; it is PATH#KEY.PATH");
  return value;
}
