/** Configuration values of one call, from a file in the workspace. */

import { readFile } from "node:fs/promises";
import { parseLayer } from "@provisioning/config";
import { type JsonObject, ProvisioningError } from "@provisioning/model";
import { confinedFile, type Service } from "./service.js";

/** By key. @throws ProvisioningError PATH_OUTSIDE, SETTINGS_REFUSED, ConfigSyntaxError */
export async function readSettings(service: Service, file: string): Promise<JsonObject> {
  const { values } = await parseLayer("flags", file, await readFile(await confinedFile(service, file), "utf8"));
  const refused = [...values.keys()].filter((key) => /^(?:storage|orchestrator)\./.test(key));
  if (refused.length > 0) {
    throw new ProvisioningError({
      code: "SETTINGS_REFUSED",
      message: `${file} says ${refused.join(", ")}: that belongs to the service, not to one call.`,
      hint: "Say it in the configuration of the workspace and start the service again.",
    });
  }
  return Object.fromEntries(values) as JsonObject;
}
