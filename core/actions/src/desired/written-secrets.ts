/** Secrets that are written where a reference belongs: they would be in definitions, plans and records. Pure. */

import { isSecretReference } from "@provisioning/config";
import { isJsonObject, type Json, type JsonObject } from "@provisioning/model";

/** Paths of the texts at `secrets` (dotted, `*` for every item) that are no references. */
export function writtenSecrets(config: JsonObject, secrets: readonly string[]): (readonly string[])[] {
  return secrets.flatMap((secret) => written(config, secret.split("."), []));
}

function written(value: Json | undefined, [key, ...rest]: readonly string[], at: readonly string[]): (readonly string[])[] {
  if (key === undefined) return typeof value === "string" && value !== "" && !isSecretReference(value) ? [at] : [];
  if (typeof value !== "object" || value === null) return [];
  const entries: readonly (readonly [string, Json])[] = Object.entries(value);
  if (key === "*") return entries.flatMap(([name, item]) => written(item, rest, [...at, name]));
  return isJsonObject(value) ? written(value[key], rest, [...at, key]) : [];
}
