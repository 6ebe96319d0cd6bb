/** What a choice of storage is made from, and where each part of it came from. */

import { type Config, configKey, type ConfigKeyName, type Provenance, variableOf } from "@provisioning/config";
import { ProvisioningError, type Redactor } from "@provisioning/model";
import type { Workspace } from "@provisioning/workspace";
import type { ActionContext } from "../context.js";

export interface StoragePlace {
  readonly context: ActionContext;
  /** Absent: relative folders of files are relative to the current one. */
  readonly workspace: Workspace | undefined;
  readonly config: Config;
  readonly redactor: Redactor;
}

/** What was typed is relative to where it was typed, what stands in a file to the workspace. */
export function isTyped(config: Config, key: ConfigKeyName): boolean {
  const { layer } = config.provenance(key);
  return layer === "flags" || layer === "variables";
}

/** For people: file and line, variable or flag. */
export function originOf(config: Config, key: ConfigKeyName): string {
  const { layer, position }: Provenance = config.provenance(key);
  if (position !== undefined) return `${position.file}:${position.line}`;
  const { flag } = configKey(key);
  if (layer === "variables") return `the variable ${variableOf(key)}`;
  return layer === "flags" ? `--${flag ?? key}` : layer;
}

/** Says where the value came from, never the value. */
export function optionError(config: Config, key: ConfigKeyName, reason: string): ProvisioningError {
  return new ProvisioningError({
    code: "STORE_OPTION_INVALID",
    message: `${key} is wrong: ${reason}.`,
    hint: `It comes from ${originOf(config, key)}.`,
    details: { key },
  });
}
