/** Opens the storage that was chosen, or hands out the one that this process has open. */

import { type ConfigKeyName, isConfigKey } from "@provisioning/config";
import { openStorage, StoreOptionInvalidError, type StorageMode, type TransferableStorage } from "@provisioning/storage";
import { ProvisioningError } from "@provisioning/model";
import { chooseStorage, storageType } from "./choice.js";
import { loadWorkspaceConfig } from "./config.js";
import { optionError, type StoragePlace } from "./place.js";
import { placeName } from "./place-name.js";

/** The caller closes it. @throws what `openStorage` throws; wrong options say where they came from; StoreMovedError */
export async function openChosenStorage(place: StoragePlace, mode: StorageMode): Promise<TransferableStorage> {
  const shared = place.context.storage;
  if (shared === undefined) return mode === "write" ? openToWrite(place) : openPlace(place, mode);
  return {
    ...shared,
    get transfer() {
      return shared.current.transfer;
    },
    close: async () => {},
  };
}

/** Between reading the configuration and opening what it named, somebody may have moved it. Whoever moves it keeps others out until then. */
async function openToWrite(place: StoragePlace): Promise<TransferableStorage> {
  const { context, workspace } = place;
  const storage = await openPlace(place, "write");
  try {
    const now = { ...place, config: await loadWorkspaceConfig(context, workspace) };
    if ((await placeName(now)) !== (await placeName(place))) throw new StoreMovedError();
  } catch (error) {
    await storage.close();
    throw error;
  }
  if (storageType(place.config) === "memory")
    context.report({ type: "warning", text: "The storage is memory: what is recorded is gone when the command ends." });
  return storage;
}

/** Nothing was written. */
class StoreMovedError extends ProvisioningError {
  constructor() {
    super({
      code: "STORE_MOVED",
      message: "The storage of this workspace was moved while this command was beginning.",
      hint: "Run the command again; it uses the new one.",
      retry: "now",
    });
  }
}

/** One that is not shared, whatever this process has open. */
export async function openPlace(place: StoragePlace, mode: StorageMode): Promise<TransferableStorage> {
  const options = await chooseStorage(place, mode);
  try {
    return await openStorage(options);
  } catch (error) {
    const key = error instanceof StoreOptionInvalidError ? keyOf(place, error.option) : undefined;
    throw key === undefined ? error : optionError(place.config, key, (error as StoreOptionInvalidError).reason);
  }
}

/** Backends know their options by shorter names. */
function keyOf({ config }: StoragePlace, option: string): ConfigKeyName | undefined {
  const product = storageType(config) === "postgres" ? "postgres" : "surrealdb";
  const key = `storage.${product}.${option === "user" ? "username" : option}`;
  return isConfigKey(key) ? key : undefined;
}
