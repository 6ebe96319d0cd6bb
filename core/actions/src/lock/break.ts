/**
 * Takes a lock away from whoever holds it. The holder finds out before it writes anything more: what it is doing on a server or at a provider
 * at that moment is not stopped by this.
 */

import { ProvisioningError } from "@provisioning/model";
import { breakWriterLock, type LeaseScope } from "@provisioning/storage";
import * as z from "zod/mini";
import { defineAction } from "../action.js";
import type { ActionContext } from "../context.js";
import { dataDir } from "../storage/choice.js";
import { findPlace } from "../storage/find-place.js";
import { openChosenStorage } from "../storage/open.js";
import { listLocks, type LockView, lockViewSchema, STORE_SCOPE, writerOf } from "./list.js";

export interface BreakLockInput {
  readonly scope: string;
  /** Only tell who would lose it. */
  readonly check?: boolean;
}

/** What was broken, as it was. */
export const breakLock = defineAction<BreakLockInput, LockView>({
  name: "lock.break",
  cedar: { action: "breakLock", resource: "Workspace" },
  effect: "change",
  summary: "Takes a lock away from whoever holds it.",
  input: z.strictObject({ scope: z.string(), check: z.exactOptional(z.boolean()) }),
  output: lockViewSchema,
  async run(context, { scope, check = false }) {
    const held = await listLocks.run(context, {});
    const found = held.find((lock) => lock.scope === scope);
    if (found === undefined) throw notHeld(scope, held);
    if (!check) await (scope === STORE_SCOPE ? breakStore(context, held) : breakLease(context, scope as LeaseScope));
    return found;
  },
});

async function breakStore(context: ActionContext, held: readonly LockView[]): Promise<void> {
  const place = await findPlace(context);
  const writer = await writerOf(place);
  if (writer === undefined || !(await breakWriterLock(dataDir(place), writer.holder))) throw notHeld(STORE_SCOPE, held);
}

async function breakLease(context: ActionContext, scope: LeaseScope): Promise<void> {
  const storage = await openChosenStorage(await findPlace(context), "write");
  try {
    const lease = await storage.leases.current(scope);
    if (lease !== undefined) await storage.leases.release(lease);
  } finally {
    await storage.close();
  }
}

function notHeld(scope: string, held: readonly LockView[]): ProvisioningError {
  const scopes = held.map((lock) => lock.scope);
  return new ProvisioningError({
    code: "LOCK_NOT_HELD",
    message: `Nobody holds ${JSON.stringify(scope)}.`,
    hint: scopes.length === 0 ? "Nothing is held in this workspace." : `Held: ${scopes.join(", ")}.`,
  });
}
