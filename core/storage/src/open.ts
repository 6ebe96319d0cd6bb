/** Opens the storage that the configuration names. A backend's code is loaded when it is chosen. */

import { type Clock, systemClock } from "@provisioning/model";
import type { PostgresStorageOptions } from "./backends/postgres/options.js";
import type { EmbeddedSurrealOptions, SurrealServerOptions } from "./backends/surrealdb/options.js";
import type { StorageMode } from "./ports/storage.js";
import type { TransferableStorage } from "./ports/transfer.js";

export type StorageOptions =
  | { readonly type: "memory"; readonly clock?: Clock }
  | {
      readonly type: "filesystem";
      readonly dataDir: string;
      readonly mode: StorageMode;
      readonly clock?: Clock;
      readonly command?: string;
      readonly onWarning?: (message: string) => void;
    }
  | ({ readonly type: "postgres" } & PostgresStorageOptions)
  | ({ readonly type: "surrealdb-embedded" } & EmbeddedSurrealOptions)
  | ({ readonly type: "surrealdb-server" } & SurrealServerOptions);

/** The caller closes it. @throws StoreBusyError, JournalCorruptError, StoreTooNewError, StoreOptionInvalidError, StorePackageMissingError */
export async function openStorage(options: StorageOptions): Promise<TransferableStorage> {
  if (options.type === "postgres") {
    const { openPostgresStorage } = await import("./backends/postgres/postgres-storage.js");
    return openPostgresStorage(options);
  }
  if (options.type === "surrealdb-embedded") {
    const { openEmbeddedSurreal } = await import("./backends/surrealdb/surrealdb-storage.js");
    return openEmbeddedSurreal(options);
  }
  if (options.type === "surrealdb-server") {
    const { openSurrealServer } = await import("./backends/surrealdb/surrealdb-storage.js");
    return openSurrealServer(options);
  }
  const { clock = systemClock } = options;
  if (options.type === "memory") {
    const { openMemoryStorage } = await import("./backends/memory/memory-storage.js");
    return openMemoryStorage({ clock });
  }
  const { openFilesystemStorage } = await import("./backends/filesystem/filesystem-storage.js");
  return openFilesystemStorage({ ...options, clock });
}
