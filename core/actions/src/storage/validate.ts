/** Reads everything that is stored and checks it: every record, every transition, every reference. */

import { parseAddress, ProvisioningError, type ResourceRecord, type RunId } from "@provisioning/model";
import { addressSchema, infraNameSchema, jsonObjectSchema, providerNameSchema, runIdSchema } from "@provisioning/model/wire";
import {
  allRuns,
  type ContentHash,
  contentHash,
  runScope,
  type RunSummary,
  type Storage,
  type TransferableStorage,
} from "@provisioning/storage";
import { replay } from "@provisioning/workflow";
import * as z from "zod/mini";
import { defineAction } from "../action.js";
import type { ActionContext } from "../context.js";
import { storageType, type StorageType } from "./choice.js";
import { findPlace } from "./find-place.js";
import { STORAGE_TYPE_NAMES } from "./info.js";
import { openChosenStorage } from "./open.js";

export interface StorageDamage {
  /** What it is about: `run <id>`, `shop server.db-01`, a file with a byte. */
  readonly place: string;
  /** In words. */
  readonly problem: string;
}

export interface StorageValidation {
  readonly type: StorageType;
  readonly isValid: boolean;
  readonly damages: readonly StorageDamage[];
  /** Absent when there are damages. */
  readonly content?: ContentHash;
}

const validationSchema = z.strictObject({
  type: z.enum(STORAGE_TYPE_NAMES),
  isValid: z.boolean(),
  damages: z.array(z.strictObject({ place: z.string(), problem: z.string() })),
  content: z.exactOptional(z.strictObject({ digest: z.string(), runs: z.int(), events: z.int(), resources: z.int() })),
}) as unknown as z.ZodMiniType<StorageValidation>;

export const validateStorage = defineAction<Record<never, never>, StorageValidation>({
  name: "storage.validate",
  cedar: { action: "validateStorage", resource: "Workspace" },
  effect: "read",
  summary: "Reads everything that is stored and names what is damaged.",
  input: z.strictObject({}),
  output: validationSchema,
  run: validate,
});

/** Damage that keeps the storage from being opened is a finding, too. */
const DAMAGE_CODES: ReadonlySet<string> = new Set(["JOURNAL_CORRUPT"]);

async function validate(context: ActionContext): Promise<StorageValidation> {
  const place = await findPlace(context);
  const type = storageType(place.config);
  const damages: StorageDamage[] = [];
  let content: ContentHash | undefined;
  try {
    const storage = await openChosenStorage(place, "read");
    try {
      damages.push(...(await checkAll(storage)));
      if (damages.length === 0) content = await contentHash(storage);
    } finally {
      await storage.close();
    }
  } catch (error) {
    if (!(error instanceof ProvisioningError) || !DAMAGE_CODES.has(error.code)) throw error;
    damages.push(damageOf("storage", error));
  }
  return { type, isValid: damages.length === 0, damages, ...(content === undefined ? {} : { content }) };
}

async function checkAll(storage: TransferableStorage): Promise<readonly StorageDamage[]> {
  const damages: StorageDamage[] = [];
  const runs = new Set<RunId>();
  for await (const summary of allRuns(storage)) {
    if (runs.has(summary.id)) damages.push({ place: `run ${summary.id}`, problem: "it is listed twice" });
    runs.add(summary.id);
    damages.push(...(await checkRun(storage, summary)));
  }
  damages.push(...(await checkResources(storage, runs)));
  for (const { lease } of await storage.transfer.heldLeases()) {
    const isKnown = !lease.scope.startsWith("run/") || [...runs].some((id) => runScope(id) === lease.scope);
    if (!isKnown) damages.push({ place: `lease ${lease.scope}`, problem: "there is no such run" });
  }
  return damages;
}

/** Events that may follow each other, and a summary that says what they say. */
async function checkRun(storage: Storage, summary: RunSummary): Promise<readonly StorageDamage[]> {
  const place = `run ${summary.id}`;
  try {
    const { version, events } = await storage.runs.load(summary.id);
    const [first] = events;
    if (version !== events.length) return [{ place, problem: `it is at version ${version} and has ${events.length} events` }];
    if (first?.type !== "runSubmitted") return [{ place, problem: "its first event is no submission" }];
    if (first.definition.id !== summary.id) return [{ place, problem: `its definition is that of run ${first.definition.id}` }];
    const { status } = replay(events.slice(0, summary.version));
    if (status !== summary.status) return [{ place, problem: `it is listed as ${summary.status}, its events say ${status}` }];
    return version < summary.version ? [{ place, problem: `${summary.version - version} of its events are missing` }] : [];
  } catch (error) {
    return [damageOf(place, error)];
  }
}

const recordSchema = z.strictObject({
  infra: infraNameSchema,
  address: addressSchema,
  kind: z.enum(["network", "server", "taskserv"]),
  provider: providerNameSchema,
  status: z.enum(["changing", "ready", "failed"]),
  spec: jsonObjectSchema,
  attributes: jsonObjectSchema,
  dependsOn: z.array(addressSchema),
  runId: runIdSchema,
  updatedAt: z.int(),
});

async function checkResources(storage: Storage, runs: ReadonlySet<RunId>): Promise<readonly StorageDamage[]> {
  const damages: StorageDamage[] = [];
  for (const infra of await storage.resources.listInfras()) {
    const stored = await storage.resources.list(infra);
    const addresses = new Set(stored.map(({ record }) => record.address));
    for (const { record, version } of stored) {
      const found = (problem: string) => damages.push({ place: `${infra} ${record.address}`, problem });
      const parsed = recordSchema.safeParse(record);
      if (!parsed.success) {
        found(`its record has a wrong ${parsed.error.issues[0]?.path.join(".") || "shape"}`);
        continue;
      }
      if (record.infra !== infra) found(`its record is one of ${record.infra}`);
      if (version < 1) found(`it is at version ${version}`);
      if (parseAddress(record.address).kind !== record.kind) found(`its record is one of a ${record.kind}`);
      for (const missing of missingOf(record, addresses)) found(`it needs ${missing}, of which there is no record`);
      if (!runs.has(record.runId)) found(`the run that made it, ${record.runId}, is missing`);
    }
  }
  return damages;
}

function missingOf({ dependsOn }: ResourceRecord, addresses: ReadonlySet<string>): readonly string[] {
  return dependsOn.filter((address) => !addresses.has(address));
}

function damageOf(place: string, error: unknown): StorageDamage {
  return { place, problem: error instanceof Error ? error.message : String(error) };
}
