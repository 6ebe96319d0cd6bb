/**
 * Keeps secret values out of everything that is shown or stored.
 *
 * Secrets are known by value: whoever resolves a secret reference adds the value here, and everything on its way out passes
 * `text` or `json`. A value also counts when it appears base64, hex, URL or JSON encoded. Values of fewer than
 * `MIN_SECRET_LENGTH` characters are not replaced: they would blank out ordinary words.
 */

import type { Json } from "./json.js";

/** Shorter values occur by chance in ordinary text. */
export const MIN_SECRET_LENGTH = 4;
export const REDACTED = "[redacted]";

export interface Redactor {
  add(secret: string): void;
  /** The secrets that were added, as they are. */
  values(): readonly string[];
  text(value: string): string;
  json(value: Json): Json;
}

export function createRedactor(): Redactor {
  const secrets = new Set<string>();
  const forms = new Set<string>();
  let pattern: RegExp | undefined;

  const text = (value: string): string => {
    if (forms.size === 0) return value;
    pattern ??= new RegExp(
      [...forms]
        .sort((a, b) => b.length - a.length)
        .map(escapeForPattern)
        .join("|"),
      "g",
    );
    return value.replace(pattern, REDACTED);
  };
  const json = (value: Json): Json => {
    if (typeof value === "string") return text(value);
    if (value === null || typeof value !== "object") return value;
    if (Array.isArray(value)) return value.map((item: Json) => json(item));
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [text(key), json(item)]));
  };
  return {
    add(secret) {
      if (secret.length < MIN_SECRET_LENGTH) return;
      secrets.add(secret);
      for (const form of encodings(secret)) forms.add(form);
      pattern = undefined;
    },
    values: () => [...secrets],
    text,
    json,
  };
}

function encodings(secret: string): string[] {
  const bytes = Buffer.from(secret, "utf8");
  const lines = secret.split("\n").filter((line) => line.length >= 2 * MIN_SECRET_LENGTH);
  return [
    secret,
    ...lines,
    bytes.toString("base64"),
    bytes.toString("base64url"),
    bytes.toString("hex"),
    encodeURIComponent(secret),
    JSON.stringify(secret).slice(1, -1),
  ];
}

function escapeForPattern(value: string): string {
  return value.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
