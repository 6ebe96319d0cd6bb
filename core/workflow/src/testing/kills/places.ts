/** Stores in which processes die, by the name of their backend. */

import { join } from "node:path";
import { startPostgres, surrealPackages, whyNoPostgres } from "@provisioning/storage/testing";
import type { MortalPlace } from "./rounds.js";

export type BackendName = "filesystem" | "surrealdb-embedded" | "postgres" | "postgres-server" | "postgres-backend";

export interface Places {
  readonly places: MortalPlace;
  /** Short where somebody has to wait for the lease of a dead one. */
  readonly leaseMs: number;
  readonly close: () => Promise<void>;
}

const LONG_LEASE_MS = 30_000;
const SHORT_LEASE_MS = 1_500;
const nothing = async () => {};

/** @throws when there can be no such backend on this machine */
export async function openPlaces(backend: BackendName): Promise<Places> {
  switch (backend) {
    case "filesystem":
      return { places: inFolders({ type: "filesystem", mode: "write" }), leaseMs: LONG_LEASE_MS, close: nothing };
    case "surrealdb-embedded": {
      const { folder: packagesFolder, reason } = await surrealPackages();
      if (reason !== undefined) throw new Error(reason);
      const places = inFolders({ type: "surrealdb-embedded", mode: "write", packagesFolder });
      return { places, leaseMs: SHORT_LEASE_MS, close: nothing };
    }
    default:
      return inPostgres(backend);
  }
}

type FolderStorage =
  | { readonly type: "filesystem"; readonly mode: "write" }
  | { readonly type: "surrealdb-embedded"; readonly mode: "write"; readonly packagesFolder: string };

function inFolders(storage: FolderStorage): MortalPlace {
  return { place: async (_, folder) => ({ ...storage, dataDir: join(folder, "store") }), remove: nothing };
}

/** A schema for each round. */
async function inPostgres(backend: Exclude<BackendName, "filesystem" | "surrealdb-embedded">): Promise<Places> {
  const reason = await whyNoPostgres();
  if (reason !== undefined) throw new Error(reason);
  const server = await startPostgres();
  const place: MortalPlace["place"] = async (round) => {
    const schema = `round_${round}`;
    return { type: "postgres", url: server.url, schema, mode: "write" };
  };
  const isOne = backend === "postgres-backend";
  const victim = {
    get pid() {
      return server.pid;
    },
    whom: isOne ? ("one" as const) : ("all" as const),
    // A server that lost one of those that serve recovers by itself.
    start: () => (isOne ? nothing() : server.start()),
  };
  const places = { place, remove: nothing, ...(backend === "postgres" ? {} : { server: victim }) };
  return { places, leaseMs: SHORT_LEASE_MS, close: () => server.remove() };
}
