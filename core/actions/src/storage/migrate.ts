/**
 * Moves everything from one storage to another and makes the workspace use the new one.
 *
 * In a process that serves the storage this happens while it is used: writers wait for a moment, then go on with the new one. Otherwise the
 * source is kept from being written to, or refused when somebody works with it.
 */

import { stat } from "node:fs/promises";
import { join } from "node:path";
import { writeConfig } from "@provisioning/config";
import { counted } from "@provisioning/model";
import {
  assertPartOf,
  type Copied,
  countMissing,
  migrate,
  migrateLive,
  type MigrationReport,
  openStorage,
  type SwitchableStorage,
  type TransferableStorage,
} from "@provisioning/storage";
import { type Workspace, workspaceConfigFile } from "@provisioning/workspace";
import * as z from "zod/mini";
import { defineAction } from "../action.js";
import type { ActionContext } from "../context.js";
import { chooseStorage, storageType, type StorageType } from "./choice.js";
import { findPlace } from "./find-place.js";
import { STORAGE_TYPE_NAMES } from "./info.js";
import { assertDifferent, assertSwitchable, assertUnused, cannotSwitch } from "./may-migrate.js";
import { openPlace } from "./open.js";
import type { StoragePlace } from "./place.js";
import { placeName } from "./place-name.js";
import { settingsFor, type StorageSettings } from "./settings.js";
import { findSide, type StorageSide, storageSideSchema } from "./side.js";

export interface MigrateStorageInput {
  /** What differs from the configured storage; default: the configured one. */
  readonly from?: StorageSide;
  readonly to: StorageSide;
  /** Only look whether it could be done and what would be copied. */
  readonly dryRun?: boolean;
  /** Write the new choice into the workspace's configuration. */
  readonly switch?: boolean;
}

interface SideReport {
  readonly type: StorageType;
  readonly location: string;
}

export interface MigratedStorage {
  readonly from: SideReport;
  readonly to: SideReport;
  readonly dryRun: boolean;
  /** The target held a part from an earlier migration. */
  readonly resumed: boolean;
  /** By this one; of a dry run: what would be. */
  readonly copied: Copied;
  readonly leases: number;
  readonly passes: number;
  /** How long writers had to wait. */
  readonly heldBackMs: number;
  /** SHA-256 over everything, equal on both sides; absent of a dry run. */
  readonly content?: { readonly digest: string; readonly runs: number; readonly events: number; readonly resources: number };
  /** What `config/provisioning.yaml` has to say, by key. */
  readonly settings: Readonly<Record<string, string | number>>;
  /** Keys of passwords that were given by hand and have to be given again. */
  readonly passwordsLeft: readonly string[];
  /** The workspace uses the target from now on. */
  readonly switched: boolean;
}

const sideReportSchema = z.strictObject({ type: z.enum(STORAGE_TYPE_NAMES), location: z.string() });
const countsShape = { runs: z.int(), events: z.int(), resources: z.int() };

const migratedStorageSchema = z.strictObject({
  from: sideReportSchema,
  to: sideReportSchema,
  dryRun: z.boolean(),
  resumed: z.boolean(),
  copied: z.strictObject(countsShape),
  leases: z.int(),
  passes: z.int(),
  heldBackMs: z.number(),
  content: z.exactOptional(z.strictObject({ digest: z.string(), ...countsShape })),
  settings: z.record(z.string(), z.union([z.string(), z.number()])),
  passwordsLeft: z.array(z.string()),
  switched: z.boolean(),
}) as unknown as z.ZodMiniType<MigratedStorage>;

/** @throws MigrationConflictError, MigrationDifferenceError, ProvisioningError MIGRATION_SAME, MIGRATION_SOURCE_USED, MIGRATION_SWITCH */
export const migrateStorage = defineAction<MigrateStorageInput, MigratedStorage>({
  name: "storage.migrate",
  cedar: { action: "migrateStorage", resource: "Workspace" },
  effect: "change",
  summary: "Moves everything into another storage, proves that both are equal, and makes the workspace use it.",
  input: z.strictObject({
    from: z.exactOptional(storageSideSchema),
    to: storageSideSchema,
    dryRun: z.exactOptional(z.boolean()),
    switch: z.exactOptional(z.boolean()),
  }),
  output: migratedStorageSchema,
  run: move,
});

interface Move {
  readonly source: StoragePlace;
  readonly target: StoragePlace;
  readonly settings: StorageSettings;
  /** Durable when it resolves. */
  readonly commit: () => Promise<void>;
}

async function move(context: ActionContext, input: MigrateStorageInput): Promise<MigratedStorage> {
  const [source, target] = [await findSide(context, input.from ?? {}), await findSide(context, input.to)];
  await assertDifferent(source, target);
  const now = await findPlace(context).catch(() => source);
  const settings = settingsFor(target, now.config);
  const isShared = context.storage !== undefined && input.from === undefined;
  if (input.switch === true) await assertSwitchable(now, source, settings);
  else if (isShared && input.dryRun !== true)
    throw cannotSwitch("it is being served, so the configuration has to change with it", "Add --switch.");
  const commit = async () => {
    if (input.switch === true && now.workspace !== undefined) await writeChoice(context, now.workspace, target, settings);
  };
  const all: Move = { source, target, settings, commit };
  if (input.dryRun === true) return look(all, isShared ? context.storage : undefined);
  return isShared ? moveLive(all, context.storage as SwitchableStorage) : moveQuiet(all, input.switch === true);
}

/** When writing fails halfway, what the file says by now decides: whoever starts later goes by it, too. */
async function writeChoice(
  context: ActionContext,
  workspace: Workspace,
  target: StoragePlace,
  { values }: StorageSettings,
): Promise<void> {
  const file = await workspaceConfigFile(workspace);
  try {
    await writeConfig(file, values);
  } catch (error) {
    if ((await placeName(await findPlace(context))) !== (await placeName(target))) throw error;
    context.report({
      type: "warning",
      text: `${file} was written, but may be lost when the power fails now: ${String(error)}.`,
    });
  }
}

async function look({ source, target, settings }: Move, shared: SwitchableStorage | undefined): Promise<MigratedStorage> {
  const [from, closeSource] = await openSource(source, "read", shared);
  try {
    const to = await openToLook(target);
    try {
      const resumed = await assertPartOf(from, to);
      const copied = await countMissing(from, to);
      const [left, right] = [await from.info(), await to.info()];
      const report = { resumed, copied, leases: 0, passes: 0, heldBackMs: 0 };
      return { ...resultOf(left, right, report, settings), dryRun: true, switched: false };
    } finally {
      await to.close();
    }
  } finally {
    await closeSource();
  }
}

/** An engine that makes its folder when it opens it is not given one; an empty one in memory shows that it can be loaded. */
async function openToLook(place: StoragePlace): Promise<TransferableStorage> {
  const options = await chooseStorage(place, "read");
  if (options.type !== "surrealdb-embedded" || options.dataDir === undefined) return openPlace(place, "read");
  const isThere = await stat(join(options.dataDir, "orchestrator.db")).then(
    () => true,
    () => false,
  );
  if (isThere) return openPlace(place, "read");
  const { dataDir: folder, ...elsewhere } = options;
  const empty = await openStorage(elsewhere);
  return { ...empty, info: async () => ({ ...(await empty.info()), location: join(folder, "orchestrator.db") }) };
}

async function openSource(
  place: StoragePlace,
  mode: "read" | "write",
  shared?: SwitchableStorage,
): Promise<[TransferableStorage, () => Promise<void>]> {
  if (shared !== undefined) return [shared.current, async () => {}];
  const opened = await openPlace(place, mode);
  return [opened, () => opened.close()];
}

/** Nobody else writes to the source: its files are locked, or nobody holds a lease in its database. */
async function moveQuiet({ source, target, settings, commit }: Move, switched: boolean): Promise<MigratedStorage> {
  const isLocked = ["filesystem", "surrealdb-embedded"].includes(storageType(source.config));
  const [from, closeSource] = await openSource(source, isLocked ? "write" : "read");
  try {
    await assertUnused(from);
    const to = await openPlace(target, "write");
    try {
      const report = await migrate(from, to, { ...watch(source.context, await from.info()), commit });
      return { ...resultOf(await from.info(), await to.info(), report, settings), switched };
    } finally {
      await to.close();
    }
  } finally {
    await closeSource();
  }
}

async function moveLive({ source, target, settings, commit }: Move, shared: SwitchableStorage): Promise<MigratedStorage> {
  const from = shared.current;
  const to = await openPlace(target, "write");
  try {
    const left = await from.info();
    const report = await migrateLive(shared, to, { ...watch(source.context, left), commit });
    return { ...resultOf(left, await to.info(), report, settings), switched: true };
  } finally {
    await (shared.current === to ? from : to).close().catch((error: unknown) => {
      source.context.report({ type: "warning", text: `The storage that is not used could not be closed: ${String(error)}.` });
    });
  }
}

/** What is told while it goes on. */
function watch({ report, clock, signal }: ActionContext, { type, location, runs }: SideReport & { readonly runs: number }) {
  report({ type: "phase", title: `Copy ${counted(runs, "run")} from ${type} at ${location}` });
  let told = clock.now();
  const onRun = (copied: Copied) => {
    if (clock.now() - told < PROGRESS_MS) return;
    told = clock.now();
    report({ type: "note", text: `${counted(copied.runs, "run")}, ${counted(copied.events, "event")}` });
  };
  return { signal, onRun };
}

const PROGRESS_MS = 5_000;

function resultOf(
  from: SideReport,
  to: SideReport,
  report: Omit<MigrationReport, "content"> & Partial<Pick<MigrationReport, "content">>,
  settings: StorageSettings,
): Omit<MigratedStorage, "switched"> {
  return {
    from: { type: from.type, location: from.location },
    to: { type: to.type, location: to.location },
    dryRun: false,
    ...report,
    settings: Object.fromEntries(settings.values),
    passwordsLeft: settings.left,
  };
}
