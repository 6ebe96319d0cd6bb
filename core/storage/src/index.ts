export { type FilesystemStorageOptions, openFilesystemStorage } from "./backends/filesystem/filesystem-storage.js";
export { JournalCorruptError } from "./backends/filesystem/journal-errors.js";
export { readWriterLock, StoreBusyError, type WriterLockHolder } from "./backends/filesystem/writer-lock.js";
export { breakWriterLock, lookAtWriter, type WriterView } from "./backends/filesystem/writer-view.js";
export { type MemoryStorageOptions, openMemoryStorage } from "./backends/memory/memory-storage.js";
export {
  CursorInvalidError,
  LeaseHeldError,
  RunExistsError,
  RunNotFoundError,
  StaleTokenError,
  StoreClosedError,
  StoreFailedError,
  StoreOptionInvalidError,
  StorePackageMissingError,
  StoreReadOnlyError,
  StoreTooNewError,
  VersionConflictError,
} from "./errors.js";
export { formatOf } from "./format.js";
export { type ContentHash, contentHash } from "./migration/content-hash.js";
export { allRuns, type Copied, type CopyOptions, countMissing } from "./migration/copy.js";
export { MigrationConflictError, MigrationDifferenceError } from "./migration/errors.js";
export { migrate, migrateLive, type MigrateOptions, type MigrationReport } from "./migration/migrate.js";
export { assertPartOf } from "./migration/part-of.js";
export { createSwitchableStorage, type SwitchableStorage } from "./migration/switchable.js";
export { openStorage, type StorageOptions } from "./open.js";
export { infraScope, type Lease, type LeaseScope, type LeaseStore } from "./ports/lease-store.js";
export { type ClaimedRun, MAX_PRIORITY, PRIORITY_STEP_MS, rankOf, type RunQueue } from "./ports/run-queue.js";
export type { ResourceStore, ResourceWrite, StoredResource } from "./ports/resource-store.js";
export {
  type AppendedEvents,
  DEFAULT_PAGE,
  ENDED_STATUSES,
  MAX_PAGE,
  type RunPage,
  type RunQuery,
  type RunStore,
  type RunSummary,
  runScope,
  type StoredRun,
  type Version,
} from "./ports/run-store.js";
export type { Storage, StorageInfo, StorageMode } from "./ports/storage.js";
export type { HeldLease, StorageTransfer, TransferableStorage } from "./ports/transfer.js";
