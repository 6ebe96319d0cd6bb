/** What says which database to use, and what is shown of it: everything but the password. */

import { StoreOptionInvalidError } from "../../errors.js";
import type { StorageMode } from "../../ports/storage.js";
import { type PasswordPlaces, type PasswordSource, processPlaces, readPassword } from "../password.js";

interface CommonOptions {
  /** `read` refuses every write. */
  readonly mode: StorageMode;
  /** Where the packages were installed (`npm install --prefix`). Default: beside the platform. */
  readonly packagesFolder?: string;
}

export interface EmbeddedSurrealOptions extends CommonOptions {
  /** The database is the folder `orchestrator.db` in it. Absent: in memory, gone when it is closed. */
  readonly dataDir?: string;
  /** What other processes are told this one is doing. Default: the command line. */
  readonly command?: string;
}

export interface SurrealServerOptions extends CommonOptions {
  /** `ws://`, `wss://`, `http://` or `https://`; may carry user and password. Without a path, `/rpc` is meant. */
  readonly url: string;
  /** Default `provisioning`. */
  readonly namespace?: string;
  /** Default `orchestrator`. */
  readonly database?: string;
  readonly user?: string;
  readonly password?: PasswordSource;
  /** Where the user is defined. Default `root`. */
  readonly userLevel?: UserLevel;
  /** How long a database that is away is waited for. Default 20 s. */
  readonly patienceMs?: number;
  /** How long an answer may take before the connection counts as lost. Default 30 s. */
  readonly answerWithinMs?: number;
}

export type UserLevel = "root" | "namespace" | "database";

/** Everything that is needed to connect. */
export interface Target {
  /** Without user and password. */
  readonly url: string;
  readonly namespace: string;
  readonly database: string;
  readonly authentication?: Readonly<Record<string, string>>;
  /** For people. */
  readonly location: string;
}

const DEFAULT_NAMESPACE = "provisioning";
const DEFAULT_DATABASE = "orchestrator";

/** Never needs quotes. */
const NAME = /^[A-Za-z_][A-Za-z0-9_]{0,63}$/;
const PROTOCOLS: ReadonlySet<string> = new Set(["ws:", "wss:", "http:", "https:"]);

/** @throws StoreOptionInvalidError, which never contains the url */
export async function serverTarget(options: SurrealServerOptions, places: PasswordPlaces = processPlaces()): Promise<Target> {
  const { namespace = DEFAULT_NAMESPACE, database = DEFAULT_DATABASE, userLevel = "root" } = options;
  if (!NAME.test(namespace))
    throw new StoreOptionInvalidError("namespace", "letters, digits and underscores are allowed, at most 64");
  if (!NAME.test(database))
    throw new StoreOptionInvalidError("database", "letters, digits and underscores are allowed, at most 64");
  const url = parseUrl(options.url);
  const username = options.user ?? decodeURIComponent(url.username);
  const password =
    options.password === undefined ? decodeURIComponent(url.password) : await readPassword(options.password, places);
  url.username = "";
  url.password = "";
  if (url.pathname === "/" || url.pathname === "") url.pathname = "/rpc";
  const levels = { root: {}, namespace: { namespace }, database: { namespace, database } };
  return {
    url: url.href,
    namespace,
    database,
    location: `${url.protocol}//${url.host} (${namespace}/${database})`,
    ...(username === "" ? {} : { authentication: { ...levels[userLevel], username, password } }),
  };
}

/** A database in this process, which needs no user. `url`: engine and path. */
export function embeddedTarget(url: string, location: string): Target {
  return { url, location, namespace: DEFAULT_NAMESPACE, database: DEFAULT_DATABASE };
}

/** The error of `new URL` quotes what it was given, so it is not passed on. */
function parseUrl(text: string): URL {
  try {
    const url = new URL(text);
    decodeURIComponent(`${url.username}${url.password}`);
    if (PROTOCOLS.has(url.protocol)) return url;
  } catch {
    throw new StoreOptionInvalidError("url", "it cannot be read as a url");
  }
  throw new StoreOptionInvalidError("url", "it begins with ws://, wss://, http:// or https://");
}
