/** SurrealDB for each test anew, in which time is what the test's clock shows. */

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Clock } from "@provisioning/model";
import type { Database } from "../backends/surrealdb/database.js";
import { NOW } from "../backends/surrealdb/functions.js";
import { openEmbeddedSurreal, openSurrealServer } from "../backends/surrealdb/surrealdb-storage.js";
import type { Storage } from "../ports/storage.js";
import type { StoragePlace } from "./storage-contract.js";
import { withTimeOf } from "./store-time.js";

type Open = (onOpened: (database: Database) => Promise<void>) => Promise<Storage>;

export function createMemoryPlace(packagesFolder: string): StoragePlace {
  return {
    open: (clock) => openAt(clock, (onOpened) => openEmbeddedSurreal({ mode: "write", packagesFolder }, onOpened)),
    remove: async () => {},
  };
}

export async function createFilePlace(packagesFolder: string): Promise<StoragePlace> {
  const dataDir = await mkdtemp(join(tmpdir(), "provisioning-surreal-"));
  return {
    open: (clock) => openAt(clock, (onOpened) => openEmbeddedSurreal({ dataDir, mode: "write", packagesFolder }, onOpened)),
    remove: () => rm(dataDir, { recursive: true, force: true }),
  };
}

/** A database of its own in the server. */
export function createServerPlace(packagesFolder: string, url: string): StoragePlace {
  made += 1;
  const options = { url, database: `test_${process.pid}_${made}`, mode: "write", packagesFolder } as const;
  return {
    open: (clock) => openAt(clock, (onOpened) => openSurrealServer(options, onOpened)),
    remove: async () => {},
  };
}

let made = 0;

async function openAt(clock: Clock, open: Open): Promise<Storage> {
  let setTime: (now: number) => Promise<void> = async () => {};
  const storage = await open(async (database) => {
    setTime = async (now) => {
      await database.ask(`DEFINE FUNCTION OVERWRITE ${NOW}() { RETURN ${now} }`);
    };
    await setTime(clock.now());
  });
  return withTimeOf(clock, storage, (now) => setTime(now));
}
