/** Whether a taskserv can run on a server's operating system, as its manifest says. */

import type { TaskservManifest } from "@provisioning/extension-sdk";
import { isJsonObject, type JsonObject, ProvisioningError, type ServerName, textOf } from "@provisioning/model";

class SystemUnsupportedError extends ProvisioningError {
  constructor(manifest: TaskservManifest, server: ServerName, system: string) {
    const known = manifest.systems
      .map(({ id, versions }) => (versions.length === 0 ? id : `${id} ${versions.join(", ")}`))
      .join("; ");
    super({
      code: "SYSTEM_UNSUPPORTED",
      message: `${manifest.name} cannot be installed on ${server}, which runs ${system}.`,
      hint: `It supports: ${known}.`,
      details: { taskserv: manifest.name, server, system },
    });
  }
}

/** A server without facts passes: it does not exist yet. A manifest without systems supports all. @throws SystemUnsupportedError */
export function requireSupportedSystem(manifest: TaskservManifest, server: ServerName, attributes: JsonObject | undefined): void {
  const facts = attributes?.facts;
  if (!isJsonObject(facts) || manifest.systems.length === 0) return;
  const [id, version] = [textOf(facts.osId), textOf(facts.osVersion)];
  const isSupported = manifest.systems.some(
    (system) => system.id === id && (system.versions.length === 0 || system.versions.includes(version)),
  );
  if (!isSupported) throw new SystemUnsupportedError(manifest, server, `${id} ${version}`.trim());
}
