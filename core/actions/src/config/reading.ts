/** The configuration as a command would use it here, with everything that is wrong in it. */

import {
  type Config,
  type ConfigKeyName,
  type ConfigSources,
  isBelowTaskservs,
  isConfigKey,
  type LayerName,
  readConfig,
  shownValue,
  suggestionFor,
} from "@provisioning/config";
import { type Diagnostic, DiagnosticsError, type InfraName, type Json, ProvisioningError } from "@provisioning/model";
import { jsonSchema } from "@provisioning/model/wire";
import { chooseInfra, listInfras, type Workspace } from "@provisioning/workspace";
import * as z from "zod/mini";
import type { ActionContext } from "../context.js";
import { sourcesFor } from "../storage/config.js";
import { workspaceIfAny } from "../storage/find-place.js";

export interface ConfigScope {
  /** Its layer applies too. Absent: the only one that there is; with several, none. */
  readonly infra?: string;
}
export const configScopeShape = { infra: z.exactOptional(z.string()) };

export interface ConfigReading {
  /** Absent: the user's configuration alone. */
  readonly workspace: Workspace | undefined;
  readonly infra: InfraName | undefined;
  readonly sources: ConfigSources;
  readonly config: Config;
  readonly findings: readonly Diagnostic[];
}

/** Nothing is thrown for what is wrong in a file. @throws InfraUnknownError */
export async function readHere(context: ActionContext, { infra: wanted }: ConfigScope): Promise<ConfigReading> {
  const workspace = await workspaceIfAny(context);
  const infra = workspace === undefined ? undefined : await infraFor(workspace, wanted);
  const sources = sourcesFor(context, workspace, infra === undefined ? {} : { infra });
  return { workspace, infra, sources, ...(await readConfig(sources)) };
}

async function infraFor({ layout }: Workspace, wanted: string | undefined): Promise<InfraName | undefined> {
  if (wanted !== undefined) return chooseInfra(layout, wanted);
  const [only, ...others] = await listInfras(layout);
  return others.length === 0 ? only : undefined;
}

/** @throws DiagnosticsError with all errors, as every command that uses the configuration does */
export function usable({ config, findings }: Pick<ConfigReading, "config" | "findings">): Config {
  const errors = findings.filter(({ severity }) => severity === "error");
  if (errors.length > 0) throw new DiagnosticsError(errors);
  return config;
}

export interface ConfigEntry {
  readonly key: string;
  /** References replaced; a secret is not shown. */
  readonly value: Json;
  /** As it was written. */
  readonly raw: Json;
  readonly layer: LayerName;
  /** Absent: a variable or a flag decided. */
  readonly file?: string;
  /** From 1. */
  readonly line?: number;
  readonly column?: number;
}

const placeShape = { file: z.exactOptional(z.string()), line: z.exactOptional(z.int()), column: z.exactOptional(z.int()) };
/** Text, number, true or false, a list of texts, texts by name. */
export const valueSchema = z.union([
  z.string(),
  z.number(),
  z.boolean(),
  z.array(z.string()),
  z.record(z.string(), z.string()),
  z.null(),
]);
export const layerNameSchema = z.enum(["defaults", "user", "workspace", "infra", "environment", "variables", "flags"]);

export const configEntrySchema = z.strictObject({
  key: z.string(),
  // Settings of taskservs may be anything.
  value: jsonSchema,
  raw: jsonSchema,
  layer: layerNameSchema,
  ...placeShape,
}) as unknown as z.ZodMiniType<ConfigEntry>;

export function entryOf(config: Config, key: ConfigKeyName): ConfigEntry {
  const { layer, position, isEncrypted } = config.provenance(key);
  return {
    key,
    value: shownValue(key, config.get(key), isEncrypted) as Json,
    raw: shownValue(key, config.raw(key), isEncrypted) as Json,
    layer,
    ...position,
  };
}

/** @throws ConfigKeyUnknownError */
export function knownKey(key: string): ConfigKeyName {
  if (!isConfigKey(key)) throw new ConfigKeyUnknownError(key);
  return key;
}

/** What was asked for is no key. Nothing was changed. */
export class ConfigKeyUnknownError extends ProvisioningError {
  constructor(key: string, suggestion: string | undefined = isBelowTaskservs(key) ? undefined : suggestionFor(key)) {
    super({
      code: "CONFIG_UNKNOWN_KEY",
      message: `There is no configuration key ${key}.`,
      hint: suggestion === undefined ? hintFor(key) : `Did you mean ${suggestion}?`,
    });
  }
}

function hintFor(key: string): string {
  if (!isBelowTaskservs(key)) return "See all with: provisioning config list";
  return "See all settings of taskservs with: provisioning config accessors";
}

export interface ConfigFinding {
  readonly severity: "error" | "warning";
  readonly code: string;
  readonly summary: string;
  readonly detail?: string;
  readonly hint?: string;
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
  /** The line of the file. */
  readonly sourceLine?: string;
}

const text = z.exactOptional(z.string());
export const configFindingSchema: z.ZodMiniType<ConfigFinding> = z.strictObject({
  severity: z.enum(["error", "warning"]),
  code: z.string(),
  summary: z.string(),
  detail: text,
  hint: text,
  ...placeShape,
  sourceLine: text,
});

export function toFinding({ position, ...rest }: Diagnostic): ConfigFinding {
  return { ...rest, ...position };
}
