/**
 * Which storage the configuration chooses. The one place where keys become options of a backend; every action comes through here.
 *
 * A password is looked up at the last moment and goes to the backend inside a url that is never shown, logged or stored.
 */

import { isAbsolute, resolve } from "node:path";
import { type Config, isSecretReference, resolveSecrets } from "@provisioning/config";
import type { StorageInfo, StorageMode, StorageOptions } from "@provisioning/storage";
import { secretSources } from "../secrets/sources.js";
import { assertMayHoldPassword, passwordOf, type Product } from "./password.js";
import { isTyped, optionError, type StoragePlace } from "./place.js";

export type StorageType = StorageInfo["type"];

/** `file` and `rkvs` are other names of the files. */
export function storageType(config: Config): StorageType {
  const named = config.get("storage.type");
  return named === "file" || named === "rkvs" ? "filesystem" : named;
}

/** @throws ProvisioningError STORE_OPTION_INVALID, SecretUnavailableError */
export async function chooseStorage(place: StoragePlace, mode: StorageMode): Promise<StorageOptions> {
  const { config, context } = place;
  const onWarning = (text: string) => context.report({ type: "warning", text });
  const type = storageType(config);
  switch (type) {
    case "memory":
      return { type, clock: context.clock };
    case "filesystem":
      return { type, mode, dataDir: dataDir(place), clock: context.clock, command: context.command, onWarning };
    case "surrealdb-embedded":
      return { type, mode, dataDir: dataDir(place), command: context.command, ...packagesFolder(place) };
    case "surrealdb-server":
      return {
        type,
        mode,
        url: await surrealUrl(place),
        namespace: config.get("storage.surrealdb.namespace"),
        database: config.get("storage.surrealdb.database"),
        userLevel: config.get("storage.surrealdb.user_level"),
        ...packagesFolder(place),
      };
    case "postgres":
      return { type, mode, url: await postgresUrl(place), schema: config.get("storage.postgres.schema"), onWarning };
  }
}

export function dataDir(place: StoragePlace): string {
  return folderOf("storage.data_dir", place);
}

function packagesFolder(place: StoragePlace): { packagesFolder?: string } {
  return place.config.get("storage.packages_dir") === "" ? {} : { packagesFolder: folderOf("storage.packages_dir", place) };
}

function folderOf(key: "storage.data_dir" | "storage.packages_dir", { config, context, workspace }: StoragePlace): string {
  const folder = config.get(key);
  if (isAbsolute(folder)) return folder;
  return resolve(isTyped(config, key) ? context.currentDir : (workspace?.layout.root ?? context.currentDir), folder);
}

async function surrealUrl(place: StoragePlace): Promise<string> {
  const url = await urlOf(place, "surrealdb");
  const username = place.config.get("storage.surrealdb.username");
  if (username !== "") url.username = encodeURIComponent(username);
  return withPassword(place, "surrealdb", url);
}

async function postgresUrl(place: StoragePlace): Promise<string> {
  const { config } = place;
  if (config.get("storage.postgres.url") !== "") return withPassword(place, "postgres", await urlOf(place, "postgres"));
  const url = new URL("postgres://localhost");
  url.username = encodeURIComponent(config.get("storage.postgres.username"));
  url.port = String(config.get("storage.postgres.port"));
  url.pathname = `/${encodeURIComponent(config.get("storage.postgres.database"))}`;
  url.searchParams.set("host", config.get("storage.postgres.host"));
  return withPassword(place, "postgres", url);
}

async function withPassword(place: StoragePlace, product: Product, url: URL): Promise<string> {
  const password = await passwordOf(place, product);
  if (password !== undefined) url.password = encodeURIComponent(password);
  else if (url.password !== "") place.redactor.add(decodeURIComponent(url.password));
  return url.href;
}

/** The url as a whole may be a reference, because it may hold a password. */
async function urlOf(place: StoragePlace, product: Product): Promise<URL> {
  const key = `storage.${product}.url` as const;
  const given = place.config.get(key);
  const text = isSecretReference(given) ? await resolveSecrets(given, secretSources(place)) : given;
  const url = parseUrl(text);
  if (url === undefined) throw optionError(place.config, key, "it cannot be read as a url");
  if (url.password !== "" && text === given) assertMayHoldPassword(place, key);
  return url;
}

/** The error of `new URL` quotes what it was given, so it is not passed on. */
function parseUrl(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}
