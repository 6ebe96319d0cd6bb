/** What was said about a taskserv's configuration, fit to be shown: a secret that somebody wrote out, also where it lost, is not. Pure. */

import { HIDDEN, isSecretReference } from "@provisioning/config";
import type { Json } from "@provisioning/model";
import type { Level } from "./judge-origins.js";

/** `path`: of what the levels are about, within the configuration. `secrets`: dotted, `*` for every item. */
export function withoutSecrets(
  levels: readonly Level[],
  path: readonly (string | number)[],
  secrets: readonly string[],
): readonly Level[] {
  const patterns = secrets.map((secret) => secret.split("."));
  return levels.map((level) =>
    level.map(({ value, text, ...said }) => {
      const shown = value === undefined ? undefined : hide(value, path, patterns);
      const isShown = text !== undefined && !mayHold(path, patterns);
      return { ...said, ...(shown === undefined ? {} : { value: shown }), ...(isShown ? { text } : {}) };
    }),
  );
}

/** A part of a configuration, at `path` in it, fit to be shown. */
export function shownConfig(value: Json, path: Path, secrets: readonly string[]): Json {
  return hide(
    value,
    path,
    secrets.map((secret) => secret.split(".")),
  );
}

type Path = readonly (string | number)[];

function hide(value: Json, path: Path, patterns: readonly (readonly string[])[]): Json {
  if (Array.isArray(value)) return (value as readonly Json[]).map((item, index) => hide(item, [...path, index], patterns));
  if (typeof value === "object" && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, hide(item, [...path, key], patterns)]));
  const isSecret = patterns.some((pattern) => pattern.length === path.length && begins(path, pattern));
  return isSecret && typeof value === "string" && value !== "" && !isSecretReference(value) ? HIDDEN : value;
}

/** Whether a secret may stand at the path or below it. */
function mayHold(path: Path, patterns: readonly (readonly string[])[]): boolean {
  return patterns.some((pattern) => pattern.length >= path.length && begins(path, pattern));
}

function begins(path: Path, pattern: readonly string[]): boolean {
  return path.every((key, index) => pattern[index] === "*" || pattern[index] === String(key));
}
