/**
 * Everything in a PostgreSQL database: any number of processes on any number of machines share it, and the database decides who gets
 * what. For each thing that is asked often one statement carries many requests (gather.ts); row locks, versions and fencing tokens keep
 * processes out of each other's way (append.ts, queue.ts); time is the database's.
 */

import type postgres from "postgres";
import { StorePackageMissingError } from "../../errors.js";
import type { TransferableStorage } from "../../ports/transfer.js";
import { Database, type DatabaseOptions } from "./database.js";
import { createLeaseStore } from "./leases.js";
import { createListen } from "./listen.js";
import { type PostgresStorageOptions, type Target, targetOf } from "./options.js";
import { createRunQueue } from "./queue.js";
import { createQuick } from "./quick.js";
import { createResourceStore } from "./resources.js";
import { createRunStore } from "./runs.js";
import { prepareSchema } from "./schema.js";
import { createTransfer } from "./transfer.js";
import { createWatch } from "./watch.js";

/** Statements of different kinds run beside each other; each kind has one under way. */
const CONNECTIONS = 5;
const UNSYNCED_CONNECTIONS = 2;
/** Who begins to work wants to know soon that the database is not there; who works already waits longer. */
const OPEN_PATIENCE_MS = 5_000;

const COUNTS = "select (select count(*) from runs) as runs, (select count(*) from resources) as resources";
const SETTINGS = `select current_setting('fsync') as fsync, current_setting('full_page_writes') as full_page_writes,
  current_setting('server_encoding') as encoding`;
const UTF8_HINT = "Make another one: create database NAME encoding 'UTF8' template template0.";

/** Opens it and makes its tables when there are none. @throws StoreOptionInvalidError, StorePackageMissingError, StoreTooNewError, StoreFailedError */
export async function openPostgresStorage(
  options: PostgresStorageOptions,
  tuning: Pick<DatabaseOptions, "patienceMs" | "answerWithinMs"> = {},
): Promise<TransferableStorage> {
  const target = await targetOf(options);
  const library = await loadLibrary();
  const isReadOnly = options.mode === "read";
  await prepare(library, target, options, tuning);
  const database = new Database(library, target, {
    ...tuning,
    connections: CONNECTIONS,
    synchronousCommit: "on",
    readOnly: isReadOnly,
  });
  const unsynced = new Database(library, target, { ...tuning, connections: UNSYNCED_CONNECTIONS, synchronousCommit: "off" });
  const channel = `${target.schema}_runs`;
  const quick = createQuick(unsynced, channel);
  const watch = createWatch({ channel, listen: createListen(library, target), database, quick });
  const close = async () => {
    await watch.close();
    await Promise.all([database.close(), unsynced.close()]);
  };
  let closing: Promise<void> | undefined;
  return {
    runs: createRunStore({ database, watch, isReadOnly }),
    queue: createRunQueue({ database, unsynced, isReadOnly, watch }),
    leases: createLeaseStore({ database, quick, isReadOnly, onVersion: watch.seen }),
    resources: createResourceStore(database, isReadOnly),
    transfer: createTransfer(database, isReadOnly),
    async info() {
      const [counts] = await database.ask<{ runs: number; resources: number }>(COUNTS);
      return { type: "postgres", mode: options.mode, location: target.location, runs: 0, resources: 0, ...counts };
    },
    close: () => (closing ??= close()),
  };
}

async function loadLibrary(): Promise<typeof postgres> {
  try {
    return (await import("postgres")).default;
  } catch (error) {
    throw new StorePackageMissingError("PostgreSQL", "npm install postgres@3.4.9", { cause: error });
  }
}

/** With a connection of its own, because it may write where the storage is only read. */
async function prepare(
  library: typeof postgres,
  target: Target,
  { onWarning = () => {} }: PostgresStorageOptions,
  tuning: Pick<DatabaseOptions, "patienceMs">,
): Promise<void> {
  const database = new Database(library, target, {
    patienceMs: OPEN_PATIENCE_MS,
    ...tuning,
    connections: 1,
    synchronousCommit: "on",
  });
  try {
    const [settings] = await database.ask<{ fsync: string; full_page_writes: string; encoding: string }>(SETTINGS);
    if (settings?.encoding !== "UTF8") throw database.failed(`its encoding is ${settings?.encoding} and not UTF8`, UTF8_HINT);
    for (const name of ["fsync", "full_page_writes"] as const) {
      if (settings[name] === "off") {
        onWarning(`${target.location} runs with ${name} = off: after a power failure what it acknowledged can be lost.`);
      }
    }
    await prepareSchema(database, target.schema);
  } finally {
    await database.close();
  }
}
