/** Configuration values that a request gives: what may be decided for one call, and what may be recorded with it. */

import { isConfigKey, shownValue } from "@provisioning/config";
import { type JsonObject, ProvisioningError } from "@provisioning/model";

/** What the service itself is and what it opens to those who ask it: decided where it is started. */
const OF_SERVICE = /^(?:storage|orchestrator)\.|^workflows\.service_environment$/;

/** `who` says them, for people. @throws ProvisioningError SETTINGS_REFUSED */
export function callSettings(values: JsonObject, who = "The request"): JsonObject {
  const refused = Object.keys(values).filter((key) => OF_SERVICE.test(key));
  if (refused.length === 0) return values;
  throw new ProvisioningError({
    code: "SETTINGS_REFUSED",
    message: `${who} says ${refused.join(", ")}: that belongs to the service, not to one call.`,
    hint: "Say it in the configuration of the workspace and start the service again.",
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
