/**
 * The packages of SurrealDB, loaded when this backend is chosen: together they are 155 MB, so they are not installed with the platform.
 * What we use of them is described here by shape, because their own types are not there either.
 */

import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { StorePackageMissingError } from "../../errors.js";

const INSTALL = "npm install surrealdb@2.0.8 @surrealdb/node@3.0.3 ws@8.23.0";

/** What one statement answered. */
export type Answer = { readonly success: true; readonly result: unknown } | { readonly success: false; readonly error: unknown };

export interface LiveMessage {
  readonly action: "CREATE" | "UPDATE" | "DELETE" | "KILLED";
  readonly value?: Readonly<Record<string, unknown>>;
}

/** A connection. */
export interface Surreal {
  connect(url: string, options: ConnectOptions): Promise<unknown>;
  query(text: string, bindings?: Readonly<Record<string, unknown>>): { responses(): Promise<readonly Answer[]> };
  liveOf(id: unknown): PromiseLike<{ subscribe(listener: (message: LiveMessage) => void): () => void }>;
  version(): Promise<{ readonly version: string }>;
  subscribe(event: "disconnected" | "error", listener: (error?: Error) => void): () => void;
  close(): Promise<unknown>;
}

interface ConnectOptions {
  readonly namespace: string;
  readonly database: string;
  readonly authentication?: Readonly<Record<string, string>>;
  /** We connect anew ourselves: a connection that comes back by itself comes back without its user. */
  readonly reconnect: false;
  readonly versionCheck: false;
}

interface SdkModule {
  readonly Surreal: new (options: { readonly engines?: object; readonly websocketImpl?: unknown }) => Surreal;
}

/** @throws StorePackageMissingError */
export async function loadRemoteSdk(needsWebSocket: boolean, folder?: string): Promise<() => Surreal> {
  const { Surreal } = await loadPackage<SdkModule>("surrealdb", folder);
  if (!needsWebSocket || "WebSocket" in globalThis) return () => new Surreal({});
  const { default: websocketImpl } = await loadPackage<{ default: unknown }>("ws", folder);
  return () => new Surreal({ websocketImpl });
}

/** With the engine that runs in this process. @throws StorePackageMissingError */
export async function loadEmbeddedSdk(folder?: string): Promise<() => Surreal> {
  const { Surreal } = await loadPackage<SdkModule>("surrealdb", folder);
  const { createNodeEngines } = await loadPackage<{ readonly createNodeEngines: () => object }>("@surrealdb/node", folder);
  hearNothing();
  return () => new Surreal({ engines: createNodeEngines() });
}

/**
 * The engine waits for notifications of live queries from its start on, also after it was closed, and a process that waits for the engine
 * does not end. Nothing turns that off, and here nobody else writes; so the waiting is taken out of the native module, which Node knows by its file.
 */
function hearNothing(): void {
  for (const [file, loaded] of Object.entries(createRequire(import.meta.url).cache)) {
    if (!NATIVE_MODULE.test(file)) continue;
    const exported = loaded?.exports as NativeModule | undefined;
    if (exported?.NotificationReceiver !== undefined) exported.NotificationReceiver.prototype.recv = async () => null;
  }
}

interface NativeModule {
  readonly NotificationReceiver?: { readonly prototype: { recv: () => Promise<null> } };
}

const NATIVE_MODULE = /[\\/]@surrealdb[\\/]node[\\/].*\.node$/;

/** @throws StorePackageMissingError */
export async function loadPackage<Module>(name: string, folder: string | undefined): Promise<Module> {
  try {
    return (await import(folder === undefined ? name : await entryOf(`${folder}/node_modules/${name}`))) as Module;
  } catch (error) {
    throw new StorePackageMissingError("SurrealDB", INSTALL, { cause: error });
  }
}

/** What `import` of the package would load if we stood in that folder. */
async function entryOf(packageFolder: string): Promise<string> {
  const manifest = JSON.parse(await readFile(`${packageFolder}/package.json`, "utf8")) as { exports?: unknown };
  return pathToFileURL(`${packageFolder}/${targetOf(manifest.exports)}`).href;
}

function targetOf(target: unknown): string {
  if (typeof target === "string") return target;
  const conditions = (target ?? {}) as Readonly<Record<string, unknown>>;
  const next = conditions["."] ?? conditions["node"] ?? conditions["import"] ?? conditions["default"];
  if (next === undefined) throw new Error("it has no entry for import");
  return targetOf(next);
}
