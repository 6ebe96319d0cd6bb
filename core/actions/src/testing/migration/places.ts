/** Workspaces for services under load, in each of the types of storage that the test moves between. */

import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { PostgresServer } from "@provisioning/storage/testing";

const STORAGES = ["filesystem", "surrealdb-embedded", "postgres"] as const;
export type StorageName = (typeof STORAGES)[number];

export interface Pair {
  readonly from: StorageName;
  readonly to: StorageName;
}

export const PAIRS: readonly Pair[] = STORAGES.flatMap((from) => STORAGES.map((to) => ({ from, to }))).filter(
  ({ from, to }) => from !== to,
);

export interface ServedWorkspace {
  readonly folder: string;
  /** For every process that works with it. */
  readonly variables: Readonly<Record<string, string>>;
  remove(): Promise<void>;
}

export interface Databases {
  readonly postgres: PostgresServer | undefined;
  /** With the packages of SurrealDB. */
  readonly packages: string;
}

let made = 0;

export async function makeServedWorkspace(type: StorageName, { postgres, packages }: Databases): Promise<ServedWorkspace> {
  const folder = await mkdtemp(join(tmpdir(), "provisioning-served-"));
  await mkdir(join(folder, "config"));
  made += 1;
  const storage = { type, packages_dir: packages, postgres: { schema: `served_${process.pid}_${made}` } };
  await writeFile(join(folder, "config", "provisioning.yaml"), `# A test.\nstorage: ${JSON.stringify(storage)}\n`);
  const url = postgres === undefined ? {} : { PROVISIONING_POSTGRES_URL: postgres.url };
  return {
    folder,
    variables: { XDG_CONFIG_HOME: join(folder, "user"), ...url },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
