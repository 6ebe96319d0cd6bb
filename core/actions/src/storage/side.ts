/** One side of a migration: the configured storage with what is said differently for this side. */

import { type Config, type ConfigKeyName, STORAGE_TYPES } from "@provisioning/config";
import { ProvisioningError } from "@provisioning/model";
import * as z from "zod/mini";
import type { ActionContext } from "../context.js";
import { storageType, type StorageType } from "./choice.js";
import { findPlace } from "./find-place.js";
import type { StoragePlace } from "./place.js";

export interface StorageSide {
  readonly type?: (typeof STORAGE_TYPES)[number];
  readonly dataDir?: string;
  readonly packagesDir?: string;
  /** Of a database, like all that follows. */
  readonly url?: string;
  readonly namespace?: string;
  readonly database?: string;
  readonly schema?: string;
  readonly username?: string;
  readonly password?: string;
  readonly passwordFile?: string;
}

const text = z.exactOptional(z.string());

export const storageSideSchema: z.ZodMiniType<StorageSide> = z.strictObject({
  type: z.exactOptional(z.enum(STORAGE_TYPES)),
  dataDir: text,
  packagesDir: text,
  url: text,
  namespace: text,
  database: text,
  schema: text,
  username: text,
  password: text,
  passwordFile: text,
});

/** A key of the section `storage`. */
export type StorageKeyName = Extract<ConfigKeyName, `storage.${string}`>;

type Option = Exclude<keyof StorageSide, "type">;

/** Which keys say where a storage of a type is. */
const OPTIONS: Readonly<Record<StorageType, Partial<Record<Option, StorageKeyName>>>> = {
  memory: {},
  filesystem: { dataDir: "storage.data_dir" },
  "surrealdb-embedded": { dataDir: "storage.data_dir", packagesDir: "storage.packages_dir" },
  "surrealdb-server": {
    packagesDir: "storage.packages_dir",
    url: "storage.surrealdb.url",
    namespace: "storage.surrealdb.namespace",
    database: "storage.surrealdb.database",
    username: "storage.surrealdb.username",
    password: "storage.surrealdb.password",
    passwordFile: "storage.surrealdb.password_file",
  },
  postgres: {
    url: "storage.postgres.url",
    database: "storage.postgres.database",
    schema: "storage.postgres.schema",
    username: "storage.postgres.username",
    password: "storage.postgres.password",
    passwordFile: "storage.postgres.password_file",
  },
};

/** @throws ProvisioningError INPUT_INVALID for an option that this type of storage does not have */
export async function findSide(context: ActionContext, side: StorageSide): Promise<StoragePlace> {
  const { type, ...options } = side;
  const named = type ?? (await findPlace(context)).config.get("storage.type");
  const keys = OPTIONS[named === "file" || named === "rkvs" ? "filesystem" : named];
  const overrides: Record<string, unknown> = { "storage.type": named };
  for (const [option, value] of Object.entries(options)) {
    const key = keys[option as Option];
    if (key === undefined) throw unfit(named, option);
    overrides[key] = value;
  }
  return findPlace(context, overrides);
}

function unfit(type: string, option: string): ProvisioningError {
  return new ProvisioningError({
    code: "INPUT_INVALID",
    message: `A storage of type ${type} has no option ${option}.`,
    hint: "Leave it out, or choose another type.",
  });
}

/** Keys that say where the storage of a configuration is. */
export function placeKeys(config: Config): readonly StorageKeyName[] {
  const type = storageType(config);
  const parts = ["storage.postgres.host", "storage.postgres.port"] as const;
  const own = Object.values(OPTIONS[type]);
  const level = type === "surrealdb-server" ? (["storage.surrealdb.user_level"] as const) : [];
  return ["storage.type", ...own, ...level, ...(type === "postgres" ? parts : [])];
}
