/**
 * `${NAME}` in the texts of a workflow: a value that is put in when the step runs. A text that is nothing else takes the value with its
 * type; inside a text it is put in as text. What is put in is not looked at again. `$${` stands for `${`.
 */

import { isJsonObject, type Json, type JsonObject, textOf } from "@provisioning/model";

const PLACEHOLDER = /\$?\$\{([^}]*)\}?/g;
const NAME = /^[A-Za-z_]\w{0,127}$/;

export interface Placeholders {
  readonly names: Set<string>;
  /** What looks like one and is none. */
  readonly malformed: string[];
}

/** Adds what `value` holds to `found`. */
export function collectPlaceholders(value: Json, found: Placeholders): void {
  if (typeof value === "string") {
    if (value.includes("${")) collectFrom(value, found);
  } else if (Array.isArray(value)) {
    for (const item of value as readonly Json[]) collectPlaceholders(item, found);
  } else if (isJsonObject(value)) {
    for (const key in value) collectPlaceholders(value[key] as Json, found);
  }
}

function collectFrom(text: string, { names, malformed }: Placeholders): void {
  for (const [whole, name = ""] of text.matchAll(PLACEHOLDER)) {
    if (whole.startsWith("$$")) continue;
    if (NAME.test(name) && whole.endsWith("}")) names.add(name);
    else malformed.push(whole);
  }
}

/** Whether a value depends on what is put in. */
export function hasPlaceholder(value: Json): boolean {
  const found: Placeholders = { names: new Set(), malformed: [] };
  collectPlaceholders(value, found);
  return found.names.size > 0;
}

/** The name, when the text is one placeholder and nothing else. */
export function soleName(value: Json | undefined): string | undefined {
  return /^\$\{([A-Za-z_]\w{0,127})\}$/.exec(textOf(value))?.[1];
}

/** `valueOf` throws for what has no value. */
export function substitute(value: Json, valueOf: (name: string) => Json): Json {
  if (typeof value === "string") return value.includes("${") ? substituteIn(value, valueOf) : value;
  if (Array.isArray(value)) return (value as readonly Json[]).map((item) => substitute(item, valueOf));
  return isJsonObject(value) ? substituteFields(value, valueOf) : value;
}

export function substituteFields(value: JsonObject, valueOf: (name: string) => Json): JsonObject {
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, substitute(item, valueOf)]));
}

function substituteIn(text: string, valueOf: (name: string) => Json): Json {
  const sole = soleName(text);
  if (sole !== undefined) return valueOf(sole);
  return text.replace(PLACEHOLDER, (whole: string, name: string) =>
    whole.startsWith("$$") ? whole.slice(1) : asText(valueOf(name)),
  );
}

function asText(value: Json): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
