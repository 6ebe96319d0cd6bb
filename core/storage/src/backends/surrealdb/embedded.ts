/**
 * The engine in this process, on a folder that no other process may have open. The engine itself says so too late or not at all, so a lock
 * file of our own is taken first.
 *
 * The engine does not let go of its files before the process ends. So it is kept after `close`, with the lock, and used again when
 * the same folder is opened again in this process; to others the folder is free when this process is gone.
 */

import { mkdir, realpath } from "node:fs/promises";
import { join } from "node:path";
import { systemClock } from "@provisioning/model";
import { acquireWriterLock, readWriterLock, StoreBusyError, type WriterLockHolder } from "../filesystem/writer-lock.js";
import { Database } from "./database.js";
import { StoreUnsafeError } from "./errors.js";
import { type EmbeddedSurrealOptions, embeddedTarget, type Target } from "./options.js";
import { loadEmbeddedSdk, type Surreal } from "./sdk.js";

export interface EmbeddedDatabase {
  readonly database: Database;
  readonly target: Target;
  /** Somebody took our place: nothing may be written any more. */
  readonly lost: () => Error | undefined;
  readonly close: () => Promise<void>;
}

interface Engine {
  readonly connection: Surreal;
  isUsed: boolean;
  lost: Error | undefined;
}

const engines = new Map<string, Engine>();

/** What does not work at once in this process will not work later. */
const PATIENCE_MS = 1000;
const FOLDER = "orchestrator.db";
/** The engine's own variable; any other value leaves acknowledged writes for some time where a power failure takes them away. */
const SYNC_VARIABLE = "SURREAL_DATASTORE_SYNC_DATA";

/** @throws StoreBusyError, StoreUnsafeError, StorePackageMissingError, StoreFailedError */
export async function openEmbedded(options: EmbeddedSurrealOptions): Promise<EmbeddedDatabase> {
  const create = await loadEmbeddedSdk(options.packagesFolder);
  if (options.dataDir === undefined) {
    const target = embeddedTarget("mem://", "memory (SurrealDB)");
    const database = new Database({ target, create });
    await database.repeat(() => database.connected());
    return { database, target, lost: () => undefined, close: () => database.close() };
  }
  const folder = join(options.dataDir, FOLDER);
  assertSynced(folder, process.env);
  await mkdir(folder, { recursive: true });
  const path = await realpath(folder);
  const engine = engines.get(path) ?? (await startEngine(path, options, create));
  if (engine.isUsed) throw new StoreBusyError(path, (await readWriterLock(path)) as WriterLockHolder);
  engine.isUsed = true;
  const target = embeddedTarget(`rocksdb://${path}/data`, path);
  const database = new Database({ target, create: () => engine.connection, patienceMs: PATIENCE_MS });
  const close = async () => {
    await database.close();
    engine.isUsed = false;
  };
  try {
    await database.repeat(() => database.connected());
  } catch (error) {
    await close();
    throw error;
  }
  return { database, target, lost: () => engine.lost, close };
}

async function startEngine(path: string, options: EmbeddedSurrealOptions, create: () => Surreal): Promise<Engine> {
  const { command = process.argv.slice(1).join(" ") } = options;
  const engine: Engine = { connection: kept(create()), isUsed: false, lost: undefined };
  const onLost = (error: Error) => {
    engine.lost = error;
  };
  await acquireWriterLock({ folder: path, clock: systemClock, command, onLost });
  engines.set(path, engine);
  return engine;
}

/**
 * Connects once and stays connected. The engine shows what a transaction wrote before that is on the disk; so what was read is only told when the
 * writes that were under way then are.
 */
function kept(connection: Surreal): Surreal {
  let connecting: Promise<unknown> | undefined;
  const writing = new Set<Promise<unknown>>();
  return {
    connect: (url, options) => (connecting ??= connection.connect(url, options)),
    query(text, bindings) {
      const query = connection.query(text, bindings);
      const isWriting = text.startsWith(TRANSACTION);
      return {
        async responses() {
          const answered = query.responses();
          if (isWriting) writing.add(answered);
          try {
            return await answered;
          } finally {
            writing.delete(answered);
            if (!isWriting) await Promise.allSettled(writing);
          }
        },
      };
    },
    liveOf: (id) => connection.liveOf(id),
    version: () => connection.version(),
    subscribe: (event, listener) => connection.subscribe(event, listener),
    close: async () => {},
  };
}

/** How everything begins that writes beside reads; see lane.ts. */
const TRANSACTION = "BEGIN";

function assertSynced(location: string, environment: NodeJS.ProcessEnv): void {
  const value = environment[SYNC_VARIABLE];
  if (value === undefined || value === "every") return;
  throw new StoreUnsafeError(
    location,
    `with ${SYNC_VARIABLE}=${value} it would not write to disk what it acknowledges`,
    `Unset ${SYNC_VARIABLE}, or set it to "every".`,
  );
}
