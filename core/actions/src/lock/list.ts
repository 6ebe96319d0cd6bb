/** Who holds what: the store of a workspace and the leases of its runs. */

import type { Instant, RunId } from "@provisioning/model";
import { instantSchema } from "@provisioning/model/wire";
import { type HeldLease, lookAtWriter, type Storage, type TransferableStorage, type WriterView } from "@provisioning/storage";
import * as z from "zod/mini";
import { defineAction } from "../action.js";
import type { ActionContext } from "../context.js";
import { dataDir, storageType } from "../storage/choice.js";
import { findPlace } from "../storage/find-place.js";
import { openChosenStorage } from "../storage/open.js";
import type { StoragePlace } from "../storage/place.js";

export interface LockView {
  /** What is held: `store`, `run/<id>`. */
  readonly scope: string;
  readonly holder: string;
  readonly since: Instant;
  readonly lastBeat: Instant;
  /** `unknown`: it is, or was, on a machine that we cannot look at. */
  readonly alive: "yes" | "no" | "unknown";
  /** What it is doing. */
  readonly doing: string;
}

export const lockViewSchema: z.ZodMiniType<LockView> = z.strictObject({
  scope: z.string(),
  holder: z.string(),
  since: instantSchema,
  lastBeat: instantSchema,
  alive: z.enum(["yes", "no", "unknown"]),
  doing: z.string(),
});

/** The name of the store's own lock. */
export const STORE_SCOPE = "store";

export const listLocks = defineAction<Record<never, never>, readonly LockView[]>({
  name: "lock.list",
  cedar: { action: "listLocks", resource: "Workspace" },
  effect: "read",
  summary: "Lists who holds what: the store of the workspace and the leases of its runs.",
  input: z.strictObject({}),
  output: z.array(lockViewSchema),
  async run(context) {
    const place = await findPlace(context);
    const writer = await writerOf(place);
    const storage = await openChosenStorage(place, "read");
    try {
      const leases = await Promise.all((await storage.transfer.heldLeases()).map((held) => leaseView(context, storage, held)));
      return [...(writer === undefined ? [] : [storeView(writer)]), ...leases];
    } finally {
      await storage.close();
    }
  },
});

/** Only files have a writer; a database has many. */
export async function writerOf(place: StoragePlace): Promise<WriterView | undefined> {
  return storageType(place.config) === "filesystem" ? lookAtWriter(dataDir(place)) : undefined;
}

function storeView({ holder, lastBeat, liveness }: WriterView): LockView {
  return {
    scope: STORE_SCOPE,
    holder: `process ${holder.pid} on ${holder.host}`,
    since: holder.since,
    lastBeat: Math.round(lastBeat),
    alive: liveness === "alive" ? "yes" : liveness === "dead" ? "no" : "unknown",
    doing: holder.command,
  };
}

async function leaseView(context: ActionContext, storage: TransferableStorage, { lease, ttlMs }: HeldLease): Promise<LockView> {
  return {
    scope: lease.scope,
    holder: lease.holder,
    since: lease.since,
    lastBeat: lease.expiresAt - ttlMs,
    // A lease is given for a while only: whoever does not ask for more has gone.
    alive: lease.expiresAt > context.clock.now() ? "yes" : "no",
    doing: await nameOfRun(storage, lease.scope),
  };
}

async function nameOfRun(storage: Storage, scope: string): Promise<string> {
  const id = /^run\/(.*)$/.exec(scope)?.[1];
  if (id === undefined) return "";
  const found = await storage.runs.load(id as RunId).catch(() => undefined);
  const [first] = found?.events ?? [];
  return first?.type === "runSubmitted" ? first.definition.name : "";
}
