/** What has to hold before a storage is moved. Nothing is written when it does not. */

import type { ConfigKeyName } from "@provisioning/config";
import { ProvisioningError } from "@provisioning/model";
import type { TransferableStorage } from "@provisioning/storage";
import { storageType } from "./choice.js";
import { originOf, type StoragePlace } from "./place.js";
import { placeName } from "./place-name.js";
import { overruled, type StorageSettings } from "./settings.js";

/** @throws ProvisioningError MIGRATION_SAME */
export async function assertDifferent(source: StoragePlace, target: StoragePlace): Promise<void> {
  if (storageType(target.config) !== "memory" && (await placeName(source)) !== (await placeName(target))) return;
  throw new ProvisioningError({
    code: "MIGRATION_SAME",
    message:
      storageType(target.config) === "memory"
        ? "What is moved into memory is gone when the command ends."
        : "Source and target are the same storage.",
    hint: "Say with --to and its options where everything is to be moved.",
  });
}

/** Who holds a lease would go on writing to the source after its content was moved. @throws ProvisioningError MIGRATION_SOURCE_USED */
export async function assertUnused(source: TransferableStorage): Promise<void> {
  const [held] = await source.transfer.heldLeases();
  if (held === undefined) return;
  throw new ProvisioningError({
    code: "MIGRATION_SOURCE_USED",
    message: `${held.lease.holder} works on ${held.lease.scope} in the storage that is to be moved.`,
    hint: "Wait until it has finished, or let the process that serves the storage move it.",
    retry: "later",
    details: { scope: held.lease.scope, holder: held.lease.holder },
  });
}

/** `now`: what is used so far. @throws ProvisioningError MIGRATION_SWITCH */
export async function assertSwitchable(now: StoragePlace, source: StoragePlace, settings: StorageSettings): Promise<void> {
  if (now.workspace === undefined) throw cannotSwitch("there is no workspace here", "Leave out --switch.");
  if ((await placeName(now)) !== (await placeName(source)))
    throw cannotSwitch("it uses another storage than the one that is moved", "Leave out --switch, or --from.");
  const [key] = overruled(now, settings);
  if (key !== undefined) throw cannotSwitch(`${key} comes from ${originOf(now.config, key)}, which wins`, "Remove it first.");
  const [left] = settings.left.filter((name: ConfigKeyName) => name.endsWith(".url"));
  if (left !== undefined) throw cannotSwitch(`${left} holds a password`, "Give the password apart from the url.");
}

export function cannotSwitch(reason: string, hint: string): ProvisioningError {
  return new ProvisioningError({
    code: "MIGRATION_SWITCH",
    message: `The configuration of this workspace cannot be switched: ${reason}.`,
    hint,
  });
}
