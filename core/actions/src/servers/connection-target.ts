/** From a server's attributes to what a connection needs. */

import type { ServerAttributes } from "@provisioning/extension-sdk";
import type { JsonObject } from "@provisioning/model";
import type { ServerTarget } from "./server-access.js";

/** The attributes come from a provider, whose conformance suite proves their shape. */
export function connectionTarget(attributes: JsonObject): ServerTarget {
  const { addresses, hostKeys, user, identityFile } = attributes as unknown as ServerAttributes;
  return {
    host: addresses.ssh.host,
    port: addresses.ssh.port,
    user,
    hostKeys,
    ...(user === "root" ? {} : { sudo: true }),
    ...(identityFile === undefined ? {} : { identityFile }),
  };
}
