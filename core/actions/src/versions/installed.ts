/** What is recorded as installed on the servers of a workspace. */

import { isJsonObject, textOf } from "@provisioning/model";
import type { ActionContext } from "../context.js";
import { recordedResources } from "../state/recorded.js";

export interface Installed {
  /** Versions of the extension. */
  readonly extensions: ReadonlySet<string>;
  /** Versions of the software that it installed, where they were found out. */
  readonly software: ReadonlySet<string>;
}

/** By the name of the taskserv. */
export async function installedVersions(context: ActionContext): Promise<ReadonlyMap<string, Installed>> {
  const found = new Map<string, { readonly extensions: Set<string>; readonly software: Set<string> }>();
  for (const { kind, address, spec, attributes } of await recordedResources(context, {})) {
    if (kind !== "taskserv" || !isJsonObject(spec)) continue;
    const name = address.slice(address.lastIndexOf(".") + 1);
    const known = found.get(name) ?? { extensions: new Set<string>(), software: new Set<string>() };
    if (spec.version !== undefined) known.extensions.add(textOf(spec.version));
    if (typeof attributes.software === "string") known.software.add(attributes.software);
    found.set(name, known);
  }
  return found;
}
