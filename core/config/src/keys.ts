/** Every key the platform reads, with its type and meaning. The values of `config/config.defaults.toml` are the defaults. */

export type KeyType =
  | { readonly kind: "string" }
  | { readonly kind: "integer"; readonly min: number; readonly max: number }
  | { readonly kind: "choice"; readonly of: readonly string[] };

export interface ConfigKey {
  readonly type: KeyType;
  readonly description: string;
}

const text = (description: string) => ({ type: { kind: "string" }, description }) as const;
const integer = (min: number, max: number, description: string) =>
  ({ type: { kind: "integer", min, max }, description }) as const;
const choice = <const Of extends readonly string[]>(of: Of, description: string) =>
  ({ type: { kind: "choice", of }, description }) as const;

export const CONFIG_KEYS = {
  "providers.default": text("Provider of an infra that names none."),
  "servers.default_plan": choice(["small", "medium", "large", "xlarge"], "Size of a server that names none."),
  "run.parallel_limit": integer(1, 1_000, "Operations of one run that may be under way at the same time."),
  "run.operation_timeout_seconds": integer(1, 86_400, "Seconds after which one attempt of an operation is stopped."),
  "run.on_failure": choice(["fail", "continue", "rollback"], "What a failed operation means for the run."),
  "run.retry.max_attempts": integer(1, 100, "Attempts of one operation, the first included."),
  "run.retry.backoff": choice(["linear", "exponential"], "How the delay between attempts grows."),
  "run.retry.initial_delay_seconds": integer(0, 3_600, "Seconds before the second attempt."),
  "run.retry.max_delay_seconds": integer(0, 86_400, "Longest delay between two attempts, in seconds."),
  "local.image": text("Image of the servers that the provider `local` makes."),
  "local.engine": text("Address of the container engine, for example unix:///var/run/docker.sock; `auto`: found by looking."),
} satisfies Readonly<Record<string, ConfigKey>>;

export type ConfigKeyName = keyof typeof CONFIG_KEYS;

type ValueOf<T extends KeyType> = T extends { kind: "integer" }
  ? number
  : T extends { kind: "choice"; of: readonly (infer Choice)[] }
    ? Choice
    : string;
export type ConfigValues = { readonly [K in ConfigKeyName]: ValueOf<(typeof CONFIG_KEYS)[K]["type"]> };

export function isConfigKey(path: string): path is ConfigKeyName {
  return Object.hasOwn(CONFIG_KEYS, path);
}

/** Why `value` does not fit `type`, or nothing. */
export function typeProblem(type: KeyType, value: unknown): string | undefined {
  switch (type.kind) {
    case "string":
      return typeof value === "string" ? undefined : `expected a text, got ${describe(value)}`;
    case "choice":
      return type.of.includes(value as string) ? undefined : `expected one of ${type.of.join(", ")}; got ${describe(value)}`;
    case "integer":
      if (typeof value !== "number" || !Number.isInteger(value)) return `expected a whole number, got ${describe(value)}`;
      return value >= type.min && value <= type.max ? undefined : `expected ${type.min} to ${type.max}, got ${value}`;
  }
}

function describe(value: unknown): string {
  return typeof value === "string" ? JSON.stringify(value) : Array.isArray(value) ? "a list" : String(value);
}
