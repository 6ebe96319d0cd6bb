/**
 * Everything in SurrealDB: in an engine inside this process (`surrealdb-embedded`), or in a server that any number of processes on any
 * number of machines share (`surrealdb-server`). What is decided is decided inside the database (functions.ts), by its clock, in one
 * transaction; commands go there in groups (lane.ts).
 */

import { randomUUID } from "node:crypto";
import type { StorageInfo, StorageMode } from "../../ports/storage.js";
import type { TransferableStorage } from "../../ports/transfer.js";
import { Database } from "./database.js";
import { openEmbedded } from "./embedded.js";
import { StoreUnsafeError } from "./errors.js";
import { Lane } from "./lane.js";
import { createLeaseStore } from "./leases.js";
import { type EmbeddedSurrealOptions, serverTarget, type SurrealServerOptions } from "./options.js";
import { createRunQueue } from "./queue.js";
import { createResourceStore } from "./resources.js";
import { createRunStore, readEvents, readVersion } from "./runs.js";
import { forgetSessions, prepareSchema } from "./schema.js";
import { loadRemoteSdk } from "./sdk.js";
import { createTransfer } from "./transfer.js";
import { createWatch } from "./watch.js";

/** For tests, which replace the time of the database. */
type OnOpened = (database: Database) => Promise<void>;
const nobody: OnOpened = async () => {};

/**
 * The only user of its database. @throws StoreBusyError, StoreUnsafeError, StorePackageMissingError, StoreTooNewError, StoreFailedError
 */
export async function openEmbeddedSurreal(
  options: EmbeddedSurrealOptions,
  onOpened: OnOpened = nobody,
): Promise<TransferableStorage> {
  const { database, target, lost, close } = await openEmbedded(options);
  try {
    await prepareSchema(database, target.namespace, target.database);
    await onOpened(database);
  } catch (error) {
    await close();
    throw error;
  }
  // One lane: nothing is ever written beside something else, so nothing conflicts.
  const lane = new Lane({ database, kind: "write", lost });
  return storageOver({
    type: "surrealdb-embedded",
    database,
    writer: "",
    lanes: [lane],
    mode: options.mode,
    isLive: false,
    close,
  });
}

/** Shared with others. @throws StoreOptionInvalidError, StorePackageMissingError, StoreDeniedError, StoreTooNewError, StoreFailedError */
export async function openSurrealServer(
  options: SurrealServerOptions,
  onOpened: OnOpened = nobody,
): Promise<TransferableStorage> {
  const target = await serverTarget(options);
  const isLive = target.url.startsWith("ws");
  const create = await loadRemoteSdk(isLive, options.packagesFolder);
  const { patienceMs, answerWithinMs } = options;
  const database = new Database({
    target,
    create,
    ...(patienceMs === undefined ? {} : { patienceMs }),
    ...(answerWithinMs === undefined ? {} : { answerWithinMs }),
  });
  const close = () => database.close();
  try {
    await assertNewEnough(database);
    await prepareSchema(database, target.namespace, target.database);
    if (options.mode === "write") await forgetSessions(database);
    await onOpened(database);
  } catch (error) {
    await close();
    throw error;
  }
  const writer = randomUUID();
  const lanes = Array.from({ length: LANES }, () => new Lane({ database, kind: "remember", writer }));
  return storageOver({ type: "surrealdb-server", database, writer, lanes, mode: options.mode, isLive, close });
}

/** One for claims, which conflict with those of other processes, the rest for everything else. */
const LANES = 3;

/** Older servers do not write to disk what they acknowledge, unless they are told to. */
const OLDEST_MAJOR = 3;

async function assertNewEnough(database: Database): Promise<void> {
  const version = await database.repeat(async () => (await (await database.connected()).version()).version);
  const major = /(\d+)\.\d+/.exec(version)?.[1];
  if (major !== undefined && Number(major) < OLDEST_MAJOR) {
    throw new StoreUnsafeError(database.location, `it is ${version}`, `Use a server of version ${OLDEST_MAJOR} or newer.`);
  }
}

interface Parts {
  readonly type: StorageInfo["type"];
  readonly mode: StorageMode;
  readonly database: Database;
  readonly writer: string;
  readonly lanes: readonly Lane[];
  readonly isLive: boolean;
  readonly close: () => Promise<void>;
}

const COUNT_RUNS = "SELECT count() AS count FROM run GROUP ALL";
const COUNT_RESOURCES = "SELECT count() AS count FROM resource GROUP ALL";

function storageOver({ type, mode, database, writer, lanes, isLive, close: closeDatabase }: Parts): TransferableStorage {
  const isReadOnly = mode === "read";
  const [claims, ...others] = lanes as [Lane, ...Lane[]];
  const laneOf = (id: string) => others[sumOf(id) % others.length] ?? claims;
  const reads = new Lane({ database, kind: "read" });
  const watch = createWatch({
    database,
    writer,
    isLive,
    readEvents: (runId, first, last) => readEvents(reads, runId, first, last),
    readVersion: (runId) => readVersion(database, runId),
  });
  const close = async () => {
    watch.close();
    await Promise.all([...lanes, reads].map((lane) => lane.close()));
    await closeDatabase();
  };
  let closing: Promise<void> | undefined;
  return {
    runs: createRunStore({ database, laneOf, reads, watch, isReadOnly }),
    queue: createRunQueue({ database, lane: claims, watch, isReadOnly }),
    leases: createLeaseStore({
      database,
      laneOf,
      isReadOnly,
      isExclusive: type === "surrealdb-embedded",
      onVersion: watch.seen,
    }),
    resources: createResourceStore(database, laneOf, isReadOnly),
    transfer: createTransfer({ database, laneOf, isReadOnly }),
    async info() {
      const answers = await database.ask(`${COUNT_RUNS}; ${COUNT_RESOURCES}`);
      const [runs = 0, resources = 0] = (answers as readonly (readonly { count: number }[])[]).map(([row]) => row?.count ?? 0);
      return { type, mode, location: database.location, runs, resources };
    },
    close: () => (closing ??= close()),
  };
}

/** Spreads ids over lanes. */
function sumOf(id: string): number {
  let sum = 0;
  for (let index = 0; index < id.length; index += 1) sum = (sum * 31 + id.charCodeAt(index)) >>> 0;
  return sum;
}
