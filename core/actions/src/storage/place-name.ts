/** What tells one storage from another, without credentials. */

import { chooseStorage } from "./choice.js";
import type { StoragePlace } from "./place.js";

/** Equal for places that are the same storage under the same address. @throws ProvisioningError STORE_OPTION_INVALID */
export async function placeName(place: StoragePlace): Promise<string> {
  const options = await chooseStorage(place, "read");
  if (options.type === "memory") return "memory";
  if (options.type === "filesystem" || options.type === "surrealdb-embedded") return `${options.type} ${options.dataDir}`;
  const url = new URL(options.url ?? "");
  url.username = "";
  url.password = "";
  return options.type === "postgres" ? `${url.href} ${options.schema}` : `${url.href} ${options.namespace} ${options.database}`;
}
