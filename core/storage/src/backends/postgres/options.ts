/** What says which database to use, and what is shown of it: everything but the password. */

import type { StorageMode } from "../../ports/storage.js";
import { type PasswordPlaces, type PasswordSource, processPlaces, readOption, readPassword } from "../password.js";
import { StoreOptionInvalidError } from "../../errors.js";

export interface PostgresStorageOptions {
  /** `postgres://user:password@host:port/database?sslmode=…`; instead of the five that follow. */
  readonly url?: string;
  /** A name, an address, or the folder of a socket; several, separated by commas, of which the one that can be written is used. */
  readonly host?: string;
  /** Default 5432. */
  readonly port?: number;
  readonly database?: string;
  readonly user?: string;
  readonly password?: PasswordSource;
  /** Default `provisioning`. Several installations can share a database, each in its schema. */
  readonly schema?: string;
  /** `read` refuses every write; several processes of each kind may have the same database open. */
  readonly mode: StorageMode;
  /** Things that make the database less safe than it should be. Default: nobody is told. */
  readonly onWarning?: (message: string) => void;
}

/** Everything that is needed to connect. */
export interface Target {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly password: string;
  readonly ssl: "prefer" | "require" | "verify-full" | { readonly ca: string } | false;
  readonly schema: string;
  /** For people, without the password. */
  readonly location: string;
}

/** As the client library is told it. With several hosts, the one that takes writes. */
export function connectionTo({ host, port, database, user, password, ssl }: Target) {
  const several = host.includes(",");
  return { host, port, database, user, password, ssl, target_session_attrs: several ? ("read-write" as const) : undefined };
}

const DEFAULT_PORT = 5432;
const DEFAULT_SCHEMA = "provisioning";

/** Lower case, so that it never needs quotes; short enough for a channel name. */
const SCHEMA = /^[a-z_][a-z0-9_]{0,47}$/;

type Place = Omit<Target, "schema" | "location">;

/** @throws StoreOptionInvalidError, which never contains the url */
export async function targetOf(options: PostgresStorageOptions, places: PasswordPlaces = processPlaces()): Promise<Target> {
  const { schema = DEFAULT_SCHEMA } = options;
  if (!SCHEMA.test(schema)) {
    throw new StoreOptionInvalidError("schema", "lower-case letters, digits and underscores are allowed, at most 48");
  }
  const place = options.url === undefined ? await placeOfParts(options, places) : await placeOfUrl(options.url);
  const host = place.host.includes(":") ? `[${place.host}]` : place.host;
  const location = `postgres://${place.user}@${host}:${place.port}/${place.database}, schema ${schema}`;
  return { ...place, schema, location };
}

async function placeOfParts(options: PostgresStorageOptions, places: PasswordPlaces): Promise<Place> {
  const { host = "localhost", port = DEFAULT_PORT, database, user, password } = options;
  if (user === undefined) throw new StoreOptionInvalidError("user", "it is missing");
  return {
    host,
    port,
    database: database ?? user,
    user,
    password: password === undefined ? "" : await readPassword(password, places),
    ssl: isLocal(host) ? false : "prefer",
  };
}

async function placeOfUrl(text: string): Promise<Place> {
  const url = parseUrl(text);
  const user = decodeURIComponent(url.username);
  if (user === "") throw new StoreOptionInvalidError("url", "it names no user");
  const host = url.searchParams.get("host") ?? (url.hostname.replace(/^\[|\]$/g, "") || "localhost");
  for (const name of url.searchParams.keys()) {
    if (!URL_PARAMETERS.has(name)) throw new StoreOptionInvalidError("url", `the parameter ${name} is not known`);
  }
  return {
    host,
    port: url.port === "" ? DEFAULT_PORT : Number(url.port),
    database: decodeURIComponent(url.pathname.slice(1)) || user,
    user,
    password: decodeURIComponent(url.password),
    ssl: await sslOf(url, host),
  };
}

const URL_PARAMETERS: ReadonlySet<string> = new Set(["sslmode", "sslrootcert", "host"]);

/** The error of `new URL` quotes what it was given, so it is not passed on. */
function parseUrl(text: string): URL {
  try {
    const url = new URL(text);
    if (url.protocol === "postgres:" || url.protocol === "postgresql:") return url;
  } catch {
    throw new StoreOptionInvalidError("url", "it cannot be read as a url");
  }
  throw new StoreOptionInvalidError("url", "it does not begin with postgres://");
}

async function sslOf(url: URL, host: string): Promise<Target["ssl"]> {
  const mode = url.searchParams.get("sslmode") ?? (isLocal(host) ? "disable" : "prefer");
  const rootCertificate = url.searchParams.get("sslrootcert");
  if (rootCertificate !== null && mode.startsWith("verify")) return { ca: await readOption(rootCertificate, "sslrootcert") };
  switch (mode) {
    case "disable":
      return false;
    case "prefer":
    case "require":
      return mode;
    case "verify-ca":
    case "verify-full":
      return "verify-full";
    default:
      throw new StoreOptionInvalidError("url", "sslmode is one of disable, prefer, require, verify-full");
  }
}

function isLocal(host: string): boolean {
  return host === "localhost" || host === "::1" || host.startsWith("127.") || host.startsWith("/");
}
