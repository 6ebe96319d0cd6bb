/** What a value of the configuration may be, and how a key is described. */

export type KeyType =
  | { readonly kind: "string" }
  | { readonly kind: "integer"; readonly min: number; readonly max: number }
  | { readonly kind: "boolean" }
  | { readonly kind: "choice"; readonly of: readonly string[] }
  /** Texts in an order. A higher layer replaces the whole list. */
  | { readonly kind: "list" }
  /** Texts by name. A higher layer adds its names and replaces those that are there. */
  | { readonly kind: "map" };

export interface ConfigKey<Type extends KeyType = KeyType> {
  readonly type: Type;
  readonly default: ValueOf<Type>;
  /** What it decides, in a sentence. */
  readonly description: string;
  /** Of a number: `seconds`, `MiB`. */
  readonly unit?: string;
  /** A value that differs from the default and could be meant. */
  readonly example: ValueOf<Type>;
  /** The flag that sets it on every command, without dashes in front; a variable of the environment is named after it. */
  readonly flag?: string;
  /** `value`: all of it is a secret. `url`: it may hold a password between `:` and `@`. */
  readonly secret?: "value" | "url";
  /** `workspace`: not for an infra alone, because all that shares the workspace's records needs one value. `user`: a person's own. */
  readonly scope?: "workspace" | "user";
}

export type ValueOf<Type extends KeyType> = Type extends { kind: "integer" }
  ? number
  : Type extends { kind: "boolean" }
    ? boolean
    : Type extends { kind: "choice"; of: readonly (infer Choice)[] }
      ? Choice
      : Type extends { kind: "list" }
        ? readonly string[]
        : Type extends { kind: "map" }
          ? Readonly<Record<string, string>>
          : string;

type Rest<Type extends KeyType> = Omit<ConfigKey<Type>, "type" | "default" | "example" | "description">;

export function text(fallback: string, example: string, description: string, rest: Rest<{ kind: "string" }> = {}) {
  return { type: { kind: "string" }, default: fallback, example, description, ...rest } as const;
}

export function integer(
  [min, max]: readonly [min: number, max: number],
  fallback: number,
  example: number,
  description: string,
  rest: Rest<{ kind: "integer"; min: number; max: number }> = {},
) {
  return { type: { kind: "integer", min, max }, default: fallback, example, description, ...rest } as const;
}

export function boolean(fallback: boolean, description: string, rest: Rest<{ kind: "boolean" }> = {}) {
  return { type: { kind: "boolean" }, default: fallback, example: !fallback, description, ...rest } as const;
}

export function choice<const Of extends readonly string[]>(
  of: Of,
  fallback: Of[number],
  example: Of[number],
  description: string,
  rest: Rest<{ kind: "choice"; of: Of }> = {},
) {
  return { type: { kind: "choice", of }, default: fallback, example, description, ...rest } as const;
}

export function list(
  fallback: readonly string[],
  example: readonly string[],
  description: string,
  rest: Rest<{ kind: "list" }> = {},
) {
  return { type: { kind: "list" }, default: fallback, example, description, ...rest } as const;
}

export function map(example: Readonly<Record<string, string>>, description: string, rest: Rest<{ kind: "map" }> = {}) {
  return { type: { kind: "map" }, default: {} as Readonly<Record<string, string>>, example, description, ...rest } as const;
}

/** Why `value` does not fit `type`, or nothing. */
export function typeProblem(type: KeyType, value: unknown): string | undefined {
  switch (type.kind) {
    case "string":
      return typeof value === "string" ? undefined : `expected a text, got ${describe(value)}`;
    case "boolean":
      return typeof value === "boolean" ? undefined : `expected true or false, got ${describe(value)}`;
    case "choice":
      return type.of.includes(value as string) ? undefined : `expected one of ${type.of.join(", ")}; got ${describe(value)}`;
    case "integer":
      if (typeof value !== "number" || !Number.isInteger(value)) return `expected a whole number, got ${describe(value)}`;
      return value >= type.min && value <= type.max ? undefined : `expected ${type.min} to ${type.max}, got ${value}`;
    case "list":
      if (!Array.isArray(value)) return `expected a list of texts, got ${describe(value)}`;
      return value.every((item) => typeof item === "string") ? undefined : "expected a list of texts; not all of it is text";
    case "map":
      return isTextMap(value) ? undefined : `expected texts by name, got ${describe(value)}`;
  }
}

/** In words, for messages and the reference: `1 to 100`, `small, medium, large or xlarge`. */
export function typeWords(type: KeyType): string {
  switch (type.kind) {
    case "string":
      return "text";
    case "boolean":
      return "true or false";
    case "choice":
      return type.of.join(", ");
    case "integer":
      return `${type.min} to ${type.max}`;
    case "list":
      return "list of texts";
    case "map":
      return "texts by name";
  }
}

/**
 * What somebody typed or put into a variable, as a value of the type. What does not fit stays text and is refused with everything else.
 * Lists are separated by commas; a map is `name=value` separated by commas.
 */
export function fromText(type: KeyType, written: string): unknown {
  switch (type.kind) {
    case "integer":
      return /^-?\d+$/.test(written) ? Number(written) : written;
    case "boolean":
      return TRUE.has(written.toLowerCase()) ? true : FALSE.has(written.toLowerCase()) ? false : written;
    case "list":
      return parts(written);
    case "map":
      return pairs(written);
    default:
      return written;
  }
}

const TRUE: ReadonlySet<string> = new Set(["true", "yes", "on", "1"]);
const FALSE: ReadonlySet<string> = new Set(["false", "no", "off", "0"]);

function parts(written: string): string[] {
  return written
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");
}

function pairs(written: string): unknown {
  const found = parts(written).map((part) => /^([^=]+)=(.*)$/s.exec(part));
  if (found.some((pair) => pair === null)) return written;
  return Object.fromEntries(found.map((pair) => [pair?.[1], pair?.[2]]));
}

function isTextMap(value: unknown): boolean {
  if (typeof value !== "object" || value === null || Array.isArray(value) || value instanceof Date) return false;
  return Object.values(value).every((item) => typeof item === "string");
}

function describe(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (Array.isArray(value)) return "a list";
  if (value instanceof Date) return "a date";
  return typeof value === "object" && value !== null ? "a map" : String(value);
}
