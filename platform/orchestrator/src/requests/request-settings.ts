/** Configuration values that a request gives: what may be decided for one call, and what may be recorded with it. */

import { callVariables, isConfigKey, isOfService, shownValue } from "@provisioning/config";
import { type JsonObject, ProvisioningError } from "@provisioning/model";

/** `who` says them, for people. @throws ProvisioningError SETTINGS_REFUSED */
export function callSettings(values: JsonObject, who = "The request"): JsonObject {
  const refused = Object.keys(values).filter(isOfService);
  if (refused.length === 0) return values;
  throw new ProvisioningError({
    code: "SETTINGS_REFUSED",
    message: `${who} says ${refused.join(", ")}: that belongs to the service, not to one call.`,
    hint: "Say it in the configuration of the workspace and start the service again.",
  });
}

/** Nothing else of the service's environment can be said by a call. @throws ProvisioningError SETTINGS_REFUSED */
export function assertCallVariables(variables: Readonly<Record<string, string>>): void {
  const known = callVariables(variables);
  const refused = Object.keys(variables).filter((name) => !Object.hasOwn(known, name));
  if (refused.length === 0) return;
  throw new ProvisioningError({
    code: "SETTINGS_REFUSED",
    message: `The request has the ${refused.length === 1 ? "variable" : "variables"} ${refused.join(", ")}: no setting of one call, or a secret.`,
    hint: "A variable is PROVISIONING_ and the key in capitals, such as PROVISIONING_RUN_PARALLEL_LIMIT.",
  });
}

/** They are recorded with the task, which is done with them also after a restart. @throws ProvisioningError SETTINGS_SECRET */
export function assertRecordable(values: JsonObject): void {
  const secret = Object.entries(values).filter(([key, value]) => isConfigKey(key) && shownValue(key, value) !== value);
  if (secret.length === 0) return;
  throw new ProvisioningError({
    code: "SETTINGS_SECRET",
    message: `${secret.map(([key]) => key).join(", ")}: a secret would be recorded with the task.`,
    hint: "Write a reference in its place, such as env://NAME or file://PATH: the service looks it up where it runs.",
  });
}
