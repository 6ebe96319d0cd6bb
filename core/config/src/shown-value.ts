/** What may be shown of a value: references as they are, secrets never. */

import type { Json } from "@provisioning/model";
import { type ConfigKeyName, configKey } from "./keys.js";
import { isSecretReference } from "./secret-reference.js";

export const HIDDEN = "(secret)";

/** `isEncrypted`: the file has it encrypted, so it is a secret whatever its key is for. */
export function shownValue(key: ConfigKeyName, value: unknown, isEncrypted = false): unknown {
  if (isEncrypted) return HIDDEN;
  const { secret } = configKey(key);
  if (secret === undefined || value === "" || typeof value !== "string" || isSecretReference(value as Json)) return value;
  return secret === "value" ? HIDDEN : value.replace(/(:\/\/[^/@]*:)[^/]*(@)/, `$1${HIDDEN}$2`);
}
