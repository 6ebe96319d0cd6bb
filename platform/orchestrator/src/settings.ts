/** Configuration values of one call, from a file in the workspace. */

import { readFile } from "node:fs/promises";
import { parseLayer } from "@provisioning/config";
import type { JsonObject } from "@provisioning/model";
import { callSettings } from "./requests/request-settings.js";
import { confinedFile, type Service } from "./service.js";

/** By key. @throws ProvisioningError PATH_OUTSIDE, SETTINGS_REFUSED, ConfigSyntaxError */
export async function readSettings(service: Service, file: string): Promise<JsonObject> {
  const { values } = await parseLayer("flags", file, await readFile(await confinedFile(service, file), "utf8"));
  return callSettings(Object.fromEntries(values) as JsonObject, file);
}
