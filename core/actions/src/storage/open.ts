/** Opens the storage that was chosen, or hands out the one that this process has open. */

import { type ConfigKeyName, isConfigKey } from "@provisioning/config";
import { openStorage, StoreOptionInvalidError, type StorageMode, type TransferableStorage } from "@provisioning/storage";
import { chooseStorage, storageType } from "./choice.js";
import { optionError, type StoragePlace } from "./place.js";

/** The caller closes it. @throws what `openStorage` throws; wrong options say where they came from */
export async function openChosenStorage(place: StoragePlace, mode: StorageMode): Promise<TransferableStorage> {
  const shared = place.context.storage;
  if (shared === undefined) return openPlace(place, mode);
  return {
    ...shared,
    get transfer() {
      return shared.current.transfer;
    },
    close: async () => {},
  };
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
