/** The backends in which processes take runs from each other: for the tests and for `npm run test:fencing`. */

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { StorageOptions } from "../open.js";
import { buildProgram } from "./build-program.js";
import { fenceAgainAndAgain, type FencingReport } from "./fencing-rounds.js";
import { startPostgres } from "./postgres-server.js";
import { surrealPackages } from "./surreal-packages.js";
import { startSurrealServer } from "./surreal-server.js";

export type FencedBackend = "filesystem" | "postgres" | "surrealdb-server";

export interface FencedOptions {
  readonly backend: FencedBackend;
  readonly seed: number;
  readonly rounds: number;
  readonly ttlMs?: number;
}

/** A lease long enough for a busy machine to heed, short enough for many rounds. */
export const FENCING_TTL_MS = 150;

/** In a new store, on a new server, both of which are gone afterwards. */
export async function fenceBackend({ backend, seed, rounds, ttlMs = FENCING_TTL_MS }: FencedOptions): Promise<FencingReport> {
  const folder = await mkdtemp(join(tmpdir(), "provisioning-fencing-"));
  const program = join(folder, "fencing.mjs");
  await buildProgram(fileURLToPath(new URL("../../src/testing/fencing-program.ts", import.meta.url)), program);
  const { storage, remove } = await openBackend(backend, folder);
  try {
    return await fenceAgainAndAgain({ program, storage, seed, rounds, ttlMs });
  } finally {
    await remove();
    await rm(folder, { recursive: true, force: true });
  }
}

async function openBackend(
  backend: FencedBackend,
  folder: string,
): Promise<{ readonly storage: StorageOptions; readonly remove: () => Promise<void> }> {
  switch (backend) {
    case "filesystem":
      return { storage: { type: "filesystem", dataDir: join(folder, "store"), mode: "write" }, remove: async () => {} };
    case "postgres": {
      const server = await startPostgres();
      return { storage: { type: "postgres", url: server.url, mode: "write" }, remove: () => server.remove() };
    }
    case "surrealdb-server": {
      const { folder: packagesFolder } = await surrealPackages();
      const server = await startSurrealServer(packagesFolder);
      const storage = { type: "surrealdb-server", url: server.url("ws"), mode: "write", packagesFolder } as const;
      return { storage, remove: () => server.remove() };
    }
  }
}
