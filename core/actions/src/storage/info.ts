/** What storage a workspace uses, where it is and what it holds. */

import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import type { RunStatus } from "@provisioning/model";
import { instantSchema, runStatusSchema } from "@provisioning/model/wire";
import { allRuns, formatOf, type TransferableStorage } from "@provisioning/storage";
import * as z from "zod/mini";
import { defineAction } from "../action.js";
import type { ActionContext } from "../context.js";
import { dataDir, storageType, type StorageType } from "./choice.js";
import { FEATURES, type StorageFeatures, storageFeaturesSchema } from "./features.js";
import { findPlace } from "./find-place.js";
import { openChosenStorage } from "./open.js";
import type { StoragePlace } from "./place.js";

export interface StorageReport {
  readonly type: StorageType;
  /** As the configuration calls it: `rkvs` and `file` are the files. */
  readonly configuredAs: string;
  /** Without credentials. */
  readonly location: string;
  /** Version of what is written; absent for memory. */
  readonly format?: number;
  /** On this machine's disk; absent where a database keeps that to itself. */
  readonly bytes?: number;
  readonly runs: number;
  readonly runsByStatus: Readonly<Partial<Record<RunStatus, number>>>;
  readonly events: number;
  readonly resources: number;
  readonly leases: readonly HeldLeaseLine[];
  readonly features: StorageFeatures;
}

interface HeldLeaseLine {
  readonly scope: string;
  readonly holder: string;
  readonly since: number;
  readonly expiresAt: number;
}

export const STORAGE_TYPE_NAMES = ["memory", "filesystem", "postgres", "surrealdb-embedded", "surrealdb-server"] as const;

const storageReportSchema = z.strictObject({
  type: z.enum(STORAGE_TYPE_NAMES),
  configuredAs: z.string(),
  location: z.string(),
  format: z.exactOptional(z.int()),
  bytes: z.exactOptional(z.int()),
  runs: z.int(),
  runsByStatus: z.partialRecord(runStatusSchema as z.ZodMiniType<RunStatus, RunStatus>, z.int()),
  events: z.int(),
  resources: z.int(),
  leases: z.array(z.strictObject({ scope: z.string(), holder: z.string(), since: instantSchema, expiresAt: instantSchema })),
  features: storageFeaturesSchema,
}) as unknown as z.ZodMiniType<StorageReport>;

export const showStorage = defineAction<Record<never, never>, StorageReport>({
  name: "storage.info",
  cedar: { action: "showStorage", resource: "Workspace" },
  effect: "read",
  summary: "Tells which storage is used, where it is and what it holds.",
  input: z.strictObject({}),
  output: storageReportSchema,
  run: show,
});

async function show(context: ActionContext): Promise<StorageReport> {
  const place = await findPlace(context);
  const storage = await openChosenStorage(place, "read");
  try {
    return await reportOf(place, storage);
  } finally {
    await storage.close();
  }
}

async function reportOf(place: StoragePlace, storage: TransferableStorage): Promise<StorageReport> {
  const { type, location, resources } = await storage.info();
  const [format, bytes] = await Promise.all([formatOf(type), bytesOf(type, place)]);
  const runsByStatus: Partial<Record<RunStatus, number>> = {};
  let runs = 0;
  let events = 0;
  for await (const { status, version } of allRuns(storage)) {
    runs += 1;
    events += version;
    runsByStatus[status] = (runsByStatus[status] ?? 0) + 1;
  }
  const held = await storage.transfer.heldLeases();
  return {
    type,
    configuredAs: place.context.storage === undefined ? place.config.get("storage.type") : type,
    location,
    ...(format === undefined ? {} : { format }),
    ...(bytes === undefined ? {} : { bytes }),
    runs,
    runsByStatus,
    events,
    resources,
    leases: held.map(({ lease: { scope, holder, since, expiresAt } }) => ({ scope, holder, since, expiresAt })),
    features: FEATURES[type],
  };
}

/** What the files keep, beside what a database may keep in the same folder. */
const FILES = ["journal", "queue.rkvs", "state"];

async function bytesOf(type: StorageType, place: StoragePlace): Promise<number | undefined> {
  if (type !== storageType(place.config)) return undefined;
  const names = { filesystem: FILES, "surrealdb-embedded": ["orchestrator.db"] } as const;
  if (type !== "filesystem" && type !== "surrealdb-embedded") return undefined;
  const folder = dataDir(place);
  const sizes = await Promise.all(names[type].map((name) => sizeOf(join(folder, name))));
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** Files may go away while we look. */
async function sizeOf(path: string): Promise<number> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) return 0;
  if (!found.isDirectory()) return found.size;
  let sum = 0;
  for (const name of await readdir(path).catch(() => [])) sum += await sizeOf(join(path, name));
  return sum;
}
