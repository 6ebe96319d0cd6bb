/**
 * Attributes of steps, declared once: the table of a kind gives its TypeScript type, the parser for plain JSON, the KCL schema
 * and the reference. Attribute names are those of KCL (snake case).
 */

import type { Json, JsonObject } from "@provisioning/model";

/** Why a value cannot be used: a full sentence for the user. */
export class Problem {
  constructor(readonly detail: string) {}
}

export interface Field<T> {
  /** The type as KCL writes it. */
  readonly type: string;
  /** One line for the reference. */
  readonly doc: string;
  readonly required: boolean;
  /** Taken when the attribute is missing, `null` or Undefined. */
  readonly fallback: T;
  /** A check as a KCL expression over the attribute's name, for errors at the user's position. */
  readonly kclCheck?: (name: string) => string;
  /** `kcl`: only the definition has it (a template's values). `program`: filled in after KCL (a template's content). */
  readonly only?: "kcl" | "program";
  readonly read: (value: Json) => T | Problem;
}

export type Fields = Readonly<Record<string, Field<unknown>>>;
export type FieldValues<F extends Fields> = { readonly [Name in keyof F]: F[Name] extends Field<infer T> ? T : never };

const MAX_TEXT_BYTES = 16 * 1024 * 1024;

interface TextRule {
  readonly pattern: RegExp;
  /** Completes "must be …". */
  readonly mustBe: string;
}

export function text(doc: string, rule?: TextRule): Field<string> {
  return {
    type: "str",
    doc,
    required: true,
    fallback: "",
    read: (value) => {
      if (typeof value !== "string") return new Problem(`must be text, not ${describe(value)}.`);
      if (value.includes("\0")) return new Problem("holds a NUL byte. Use content_base64 for binary content.");
      if (Buffer.byteLength(value) > MAX_TEXT_BYTES) return new Problem("is larger than 16 MiB. Use a download step for it.");
      if (rule && !rule.pattern.test(value))
        return new Problem(`must be ${rule.mustBe}, not ${JSON.stringify(value.slice(0, 80))}.`);
      return value;
    },
  };
}

/** Text that must not be empty and holds one line. */
export function line(doc: string): Field<string> {
  return text(doc, { pattern: /^[^\n\r]+$/, mustBe: "one line of text" });
}

export function path(doc: string): Field<string> {
  return {
    ...text(doc),
    kclCheck: (name) => `${name}.startswith("/")`,
    read: (value) => (typeof value === "string" ? readPath(value) : new Problem(`must be a path, not ${describe(value)}.`)),
  };
}

function readPath(value: string): string | Problem {
  if (hasControlCharacter(value)) return new Problem("holds a control character.");
  if (!value.startsWith("/")) return new Problem(`must be an absolute path, not ${JSON.stringify(value.slice(0, 80))}.`);
  if (value.split("/").some((segment) => segment === "..")) return new Problem(`must not hold "..": ${JSON.stringify(value)}.`);
  if (value.length > 4000) return new Problem("is too long for a path.");
  return value.length > 1 ? value.replace(/\/+/g, "/").replace(/\/$/, "") : value;
}

function hasControlCharacter(value: string): boolean {
  for (let at = 0; at < value.length; at++) {
    const code = value.charCodeAt(at);
    if (code < 32 || code === 127) return true;
  }
  return false;
}

export function mode(doc = "Permissions, octal."): Field<string> {
  return text(doc, { pattern: /^0?[0-7]{3,4}$/, mustBe: 'an octal mode such as "0644"' });
}

/** A user or group: a name or a number. */
export function account(doc: string): Field<string> {
  return text(doc, { pattern: /^(?:[a-z_][a-z0-9_-]{0,31}\$?|\d{1,10})$/, mustBe: "a user or group name, or a number" });
}

/** Lower-case digest. */
export function sha256(doc = "SHA-256 of the content, 64 hexadecimal digits."): Field<string> {
  return text(doc, { pattern: /^[0-9a-f]{64}$/, mustBe: "64 lower-case hexadecimal digits" });
}

export function url(doc: string): Field<string> {
  return text(doc, { pattern: /^https?:\/\/[^\s'"\\<>]+$/, mustBe: "an http or https URL" });
}

export function integer(doc: string, min: number, max: number): Field<number> {
  return {
    type: "int",
    doc,
    required: true,
    fallback: min,
    kclCheck: (name) => `${min} <= ${name} <= ${max}`,
    read: (value) => {
      if (typeof value !== "number" || !Number.isInteger(value))
        return new Problem(`must be a whole number, not ${describe(value)}.`);
      return value >= min && value <= max ? value : new Problem(`must be between ${min} and ${max}, not ${value}.`);
    },
  };
}

export function flag(doc: string): Field<boolean> {
  return {
    type: "bool",
    doc,
    required: true,
    fallback: false,
    read: (value) => (typeof value === "boolean" ? value : new Problem(`must be True or False, not ${describe(value)}.`)),
  };
}

export function choice<const Options extends readonly [string, ...string[]]>(
  doc: string,
  options: Options,
): Field<Options[number]> {
  const names = options.map((option) => JSON.stringify(option));
  return {
    type: names.join(" | "),
    doc,
    required: true,
    fallback: options[0],
    read: (value) =>
      options.includes(value as string)
        ? (value as Options[number])
        : new Problem(`must be ${names.join(" or ")}, not ${describe(value)}.`),
  };
}

export function list<T>(item: Field<T>, doc = item.doc, bounds: { readonly min?: number } = {}): Field<readonly T[]> {
  const min = bounds.min ?? 0;
  return {
    type: `[${item.type}]`,
    doc,
    required: true,
    fallback: [],
    ...(min > 0 ? { kclCheck: (name: string) => `len(${name}) >= ${min}` } : {}),
    read: (value) => {
      if (!Array.isArray(value)) return new Problem(`must be a list, not ${describe(value)}.`);
      if (value.length < min) return new Problem(min === 1 ? "must not be empty." : `needs at least ${min} items.`);
      const items = value.map((entry: Json) => item.read(entry));
      const bad = items.findIndex((entry) => entry instanceof Problem);
      return bad < 0 ? (items as T[]) : new Problem(`item ${bad + 1} ${(items[bad] as Problem).detail}`);
    },
  };
}

/** Words of a command: the first is the program. Never seen by a shell as text. */
export function words(doc: string): Field<readonly string[]> {
  return list(text(doc), doc, { min: 1 });
}

/** A condition: words of a command, or a line for sh. */
export function condition(doc: string): Field<string | readonly string[]> {
  const asWords = words(doc);
  return {
    type: "str | [str]",
    doc,
    required: true,
    fallback: "",
    read: (value) => (Array.isArray(value) ? asWords.read(value) : text(doc, { pattern: /\S/, mustBe: "a command" }).read(value)),
  };
}

/** Names to scalar values; numbers and booleans become text. */
export function textMap(doc: string, key: TextRule): Field<Readonly<Record<string, string>>> {
  return {
    type: "{str:str | int | float | bool}",
    doc,
    required: true,
    fallback: {},
    read: (value) => {
      if (typeof value !== "object" || value === null || Array.isArray(value))
        return new Problem(`must be a map, not ${describe(value)}.`);
      const entries: [string, string][] = [];
      for (const [name, item] of Object.entries(value as JsonObject)) {
        if (!key.pattern.test(name)) return new Problem(`has the name ${JSON.stringify(name)}, which must be ${key.mustBe}.`);
        if (item === null || typeof item === "object")
          return new Problem(`has a value for ${name} that is ${describe(item)}, not text or a number.`);
        if (String(item).includes("\0")) return new Problem(`has a NUL byte in ${name}.`);
        entries.push([name, String(item)]);
      }
      return Object.fromEntries(entries);
    },
  };
}

/** A map of anything; passed on as it is. */
export function anything(doc: string): Field<Json> {
  return { type: "{str:any}", doc, required: true, fallback: null, read: (value) => value };
}

export function optional<T>(field: Field<T>): Field<T | undefined> {
  return { ...field, required: false, fallback: undefined };
}

export function withDefault<T>(field: Field<T>, fallback: NoInfer<T>): Field<T> {
  return { ...field, required: false, fallback };
}

function describe(value: Json): string {
  if (value === null) return "nothing";
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" ? "a map" : JSON.stringify(value).slice(0, 80);
}
