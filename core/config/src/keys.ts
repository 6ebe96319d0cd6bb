/** Every key the platform reads, with its type and meaning. The values of `config/config.defaults.toml` are the defaults. */

export type KeyType =
  | { readonly kind: "string" }
  | { readonly kind: "integer"; readonly min: number; readonly max: number }
  | { readonly kind: "choice"; readonly of: readonly string[] };

export interface ConfigKey {
  readonly type: KeyType;
  readonly description: string;
  /** The flag that sets it on every command, without dashes in front; a variable of the environment is named after it. */
  readonly flag?: string;
}

const text = (description: string) => ({ type: { kind: "string" }, description }) as const;
const integer = (min: number, max: number, description: string) =>
  ({ type: { kind: "integer", min, max }, description }) as const;
const choice = <const Of extends readonly string[]>(of: Of, description: string) =>
  ({ type: { kind: "choice", of }, description }) as const;

const flagged = <const Key extends ConfigKey>(flag: string, key: Key): Key & { readonly flag: string } => ({ ...key, flag });

/** `rkvs` and `file` are other names of `filesystem`. */
export const STORAGE_TYPES = [
  "filesystem",
  "file",
  "rkvs",
  "surrealdb-embedded",
  "surrealdb-server",
  "postgres",
  "memory",
] as const;

const PASSWORD = "a reference such as env://NAME or file://PATH.";

export const CONFIG_KEYS = {
  "providers.default": text("Provider of an infra that names none."),
  "servers.default_plan": choice(["small", "medium", "large", "xlarge"], "Size of a server that names none."),
  "run.parallel_limit": integer(1, 1_000, "Operations of one run that may be under way at the same time."),
  "run.operation_timeout_seconds": integer(1, 86_400, "Seconds after which one attempt of an operation is stopped."),
  "run.on_failure": choice(["fail", "continue", "rollback"], "What a failed operation means for the run."),
  "run.priority": integer(-100, 100, "Of several runs that wait the higher goes first; each point is worth a minute of waiting."),
  "run.keep": integer(1, 1_000_000, "Of the runs that ended the newest so many are kept."),
  "run.keep_days": integer(1, 36_500, "Runs that ended longer ago are forgotten."),
  "run.retry.max_attempts": integer(1, 100, "Attempts of one operation, the first included."),
  "run.retry.backoff": choice(["linear", "exponential"], "How the delay between attempts grows."),
  "run.retry.initial_delay_seconds": integer(0, 3_600, "Seconds before the second attempt."),
  "run.retry.max_delay_seconds": integer(0, 86_400, "Longest delay between two attempts, in seconds."),
  "orchestrator.port": integer(0, 65_535, "Port on which the service listens; 0: any free one."),
  "orchestrator.workers": integer(1, 10_000, "Runs that the service carries out at the same time."),
  "orchestrator.max_queued": integer(1, 1_000_000, "Tasks that may wait or run; more are refused until some have ended."),
  "orchestrator.max_streams": integer(1, 100_000, "Event streams that may be open at the same time."),
  "orchestrator.metrics_path": text("Path under which the service tells its metrics."),
  "orchestrator.otlp_endpoint": text(
    "Collector of OpenTelemetry traces, for example http://127.0.0.1:4318; empty: no traces are sent.",
  ),
  "notifications.allow_private_addresses": choice(
    ["no", "yes"],
    "Whether workflows may send notifications to addresses of private networks and of this machine.",
  ),
  "workflows.service_environment": text(
    "Variables of the service's environment that workflow documents may use, separated by commas; `*`: all. Commands may use all of theirs.",
  ),
  "storage.type": flagged(
    "storage-type",
    choice(STORAGE_TYPES, "Where runs and recorded state are kept; `file` and `rkvs` mean `filesystem`."),
  ),
  "storage.data_dir": flagged(
    "data-dir",
    text(
      "Folder of `filesystem` and `surrealdb-embedded`; in a file relative to the workspace, in a flag to the current folder.",
    ),
  ),
  "storage.packages_dir": flagged(
    "storage-packages-dir",
    text("Folder in which the packages of a database were installed; empty: beside the platform."),
  ),
  "storage.surrealdb.url": flagged("surrealdb-url", text("Server: ws://, wss://, http:// or https://.")),
  "storage.surrealdb.namespace": flagged("surrealdb-namespace", text("Namespace in the server.")),
  "storage.surrealdb.database": flagged("surrealdb-database", text("Database in the namespace.")),
  "storage.surrealdb.username": flagged("surrealdb-username", text("User of the server; empty: none.")),
  "storage.surrealdb.user_level": flagged(
    "surrealdb-user-level",
    choice(["root", "namespace", "database"], "Where that user is defined."),
  ),
  "storage.surrealdb.password": flagged("surrealdb-password", text(`Password of that user: ${PASSWORD}`)),
  "storage.surrealdb.password_file": flagged("surrealdb-password-file", text("File with the password; `-`: standard input.")),
  "storage.postgres.url": flagged(
    "postgres-url",
    text("`postgres://user@host:port/database?sslmode=verify-full`; instead of host, port, database and user."),
  ),
  "storage.postgres.host": flagged("postgres-host", text("Name, address, or folder of a socket.")),
  "storage.postgres.port": flagged("postgres-port", integer(1, 65_535, "Port of the server.")),
  "storage.postgres.database": flagged("postgres-database", text("Name of the database.")),
  "storage.postgres.username": flagged("postgres-username", text("User of the database.")),
  "storage.postgres.password": flagged("postgres-password", text(`Password of that user: ${PASSWORD}`)),
  "storage.postgres.password_file": flagged("postgres-password-file", text("File with the password; `-`: standard input.")),
  "storage.postgres.schema": flagged(
    "postgres-schema",
    text("Schema in the database; several installations can share one database."),
  ),
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

/** The variable of the environment that sets a key; absent when there is none. */
export function variableOf(key: ConfigKeyName): string | undefined {
  const { flag }: ConfigKey = CONFIG_KEYS[key];
  return flag === undefined ? undefined : `PROVISIONING_${flag.replaceAll("-", "_").toUpperCase()}`;
}

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
