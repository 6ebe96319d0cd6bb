/** Puts layers on top of each other: the highest layer that says something wins, and the result knows who that was. */

import { type Diagnostic, nearest, type SourcePosition } from "@provisioning/model";
import { hasReference, interpolate, type ReferenceScope, type Written } from "./interpolate.js";
import { fromText, typeProblem, typeWords } from "./key-type.js";
import {
  CONFIG_KEY_NAMES,
  type ConfigKeyName,
  configKey,
  type ConfigValues,
  isConfigKey,
  isSection,
  mapAround,
  variableOf,
} from "./keys.js";
import type { Layer, LayerName } from "./layer.js";
import { isBelowTaskservs } from "./layer-path.js";
import { shownValue } from "./shown-value.js";
import { taskservSettingProblem } from "./taskserv-settings.js";

export interface Provenance {
  readonly layer: LayerName;
  /** It stands encrypted in its file: it is a secret. */
  readonly isEncrypted?: true;
  readonly position?: SourcePosition;
}

export interface Config {
  get<K extends ConfigKeyName>(key: K): ConfigValues[K];
  /** As it was written, before references were replaced. */
  raw(key: ConfigKeyName): unknown;
  /** The layer that decided; of a map, the highest that added to it. */
  provenance(key: ConfigKeyName): Provenance;
  /** Lowest first; those without a file are not among them. */
  readonly layers: readonly Layer[];
  /** The environment whose layer applies. */
  readonly environment?: string;
}

export interface ResolvedConfig {
  /** Keys with an error have the value of the file as it is. */
  readonly config: Config;
  /** Of all layers, in their order. */
  readonly findings: readonly Diagnostic[];
}

interface Decided extends Written {
  readonly layer: LayerName;
}

/** Nothing is thrown: all findings of all layers are returned together. Codes CONFIG_UNKNOWN_KEY, CONFIG_TYPE, CONFIG_SCOPE, CONFIG_SECRET (a warning), CONFIG_ENCRYPTED, CONFIG_REFERENCE, CONFIG_REFERENCE_SECRET, CONFIG_CYCLE. */
export function resolveConfig(
  layers: readonly Layer[],
  scope: Pick<ReferenceScope, "facts" | "environment"> & { readonly chosenEnvironment?: string },
): ResolvedConfig {
  const findings = layers.flatMap(checkLayer);
  const decided = new Map<ConfigKeyName, Decided>();
  for (const layer of layers) for (const [path, value] of layer.values) decide(decided, layer, path, value);
  for (const key of CONFIG_KEY_NAMES) {
    if (!decided.has(key)) decided.set(key, { value: configKey(key).default, layer: "defaults" });
  }
  const interpolated = interpolate({ ...scope, keys: decided });
  const values = new Map<ConfigKeyName, unknown>();
  for (const [key, written] of decided) {
    const value = interpolated.values.get(key);
    values.set(key, value ?? written.value);
    if (value === undefined || value === written.value || !hasReference(written.value)) continue;
    const { type } = configKey(key);
    const typed = typeof value === "string" ? fromText(type, value) : value;
    values.set(key, typed);
    const problem = typeProblem(type, typed);
    if (problem !== undefined)
      findings.push(
        withLine(
          layers,
          finding(
            { code: "CONFIG_TYPE" },
            `${key}: ${written.isEncrypted === true ? withoutValue(problem) : problem}.`,
            written.position,
          ),
        ),
      );
  }
  findings.push(...interpolated.findings.map((one) => withLine(layers, one)));
  return {
    config: {
      get: (key) => values.get(key) as ConfigValues[typeof key],
      raw: (key) => decided.get(key)?.value,
      provenance: (key) => provenanceOf(decided.get(key) as Decided),
      layers,
      ...(scope.chosenEnvironment === undefined ? {} : { environment: scope.chosenEnvironment }),
    },
    findings,
  };
}

function decide(decided: Map<ConfigKeyName, Decided>, layer: Layer, path: string, value: unknown): void {
  if (value === null) return;
  const position = layer.positions.get(path);
  const isEncrypted = layer.encrypted?.has(path) === true ? ({ isEncrypted: true } as const) : {};
  // A shell has its own way to put texts together, and a password may hold any character.
  const rest = { layer: layer.name, isLiteral: layer.file === undefined, ...(position === undefined ? {} : { position }) };
  if (isConfigKey(path)) {
    decided.set(path, { value, ...rest, ...isEncrypted });
    return;
  }
  const map = mapAround(path);
  if (map === undefined) return;
  const { value: below, isEncrypted: isPartEncrypted } = decided.get(map) ?? {};
  const names = typeof below === "object" ? (below as object) : {};
  const secret = isPartEncrypted === true ? { isEncrypted: isPartEncrypted } : isEncrypted;
  decided.set(map, { value: { ...names, [path.slice(map.length + 1)]: value }, ...rest, ...secret });
}

function provenanceOf({ layer, position, isEncrypted }: Decided): Provenance {
  return {
    layer,
    ...(position === undefined ? {} : { position }),
    ...(isEncrypted === undefined ? {} : { isEncrypted }),
  };
}

function checkLayer(layer: Layer): Diagnostic[] {
  return [...layer.values].flatMap(([path, value]) => {
    const found = checkValue(layer, path, value);
    return found === undefined ? [] : [found];
  });
}

function checkValue(layer: Layer, path: string, value: unknown): Diagnostic | undefined {
  if (value === null && (isConfigKey(path) || isSection(path))) return undefined;
  const position = layer.positions.get(path);
  if (isBelowTaskservs(path) && layer.encrypted?.has(path) === true)
    return {
      ...finding({ code: "CONFIG_ENCRYPTED" }, `${path} is encrypted here, and settings of taskservs are recorded.`, position),
      hint: "Write a reference in its place, such as sops://FILE#KEY: it is looked up at the last moment.",
    };
  if (isBelowTaskservs(path)) {
    const problem = taskservSettingProblem(path, value);
    return problem && withLine([layer], { severity: "error", code: "CONFIG_TYPE", ...problem, ...(position && { position }) });
  }
  const map = isConfigKey(path) ? undefined : mapAround(path);
  if (map !== undefined) {
    if (value === null || typeof value === "string") return undefined;
    return withLine([layer], finding({ code: "CONFIG_TYPE" }, `${path}: expected a text.`, position));
  }
  if (!isConfigKey(path)) return withLine([layer], unknownKey(path, value, position));
  const { type, scope, secret } = configKey(path);
  const problem = scope === undefined ? undefined : scopeProblem(scope, layer.name);
  if (problem !== undefined)
    return withLine([layer], {
      ...finding({ code: "CONFIG_SCOPE" }, `${path} ${problem.summary}.`, position),
      hint: problem.hint,
    });
  if (layer.file !== undefined && hasReference(value)) return undefined;
  const misfit = typeProblem(type, value);
  if (misfit === undefined) return literalSecret(layer, path, value, position);
  const isSecret = secret !== undefined || layer.encrypted?.has(path) === true;
  const shown = isSecret ? withoutValue(misfit) : misfit;
  const found = finding({ code: "CONFIG_TYPE" }, `${path}: ${shown}.`, position);
  if (layer.name === "variables") return { ...found, hint: `It comes from the variable ${variableOf(path)}.` };
  return isSecret ? found : withLine([layer], found);
}

/** A problem with the type, without the value that has it. */
function withoutValue(problem: string): string {
  return problem.replace(/[;,] got .*$/s, "");
}

function scopeProblem(scope: "workspace" | "user", layer: LayerName): { summary: string; hint: string } | undefined {
  if (scope === "workspace" && layer === "infra")
    return {
      summary: "belongs to the whole workspace, not to one infra",
      hint: "Set it in the workspace's file, or in that of an environment.",
    };
  if (scope === "user" && (layer === "workspace" || layer === "infra" || layer === "environment"))
    return { summary: "is a person's own", hint: "Set it in your own file, with --layer user." };
  return undefined;
}

/** Files are committed and copied. The text of the line is not shown. */
function literalSecret(
  { file, encrypted }: Layer,
  key: ConfigKeyName,
  value: unknown,
  position: SourcePosition | undefined,
): Diagnostic | undefined {
  if (file === undefined || encrypted?.has(key) === true || shownValue(key, value) === value) return undefined;
  return {
    ...finding({ code: "CONFIG_SECRET" }, `${key} is a secret that stands in a file.`, position),
    severity: "warning",
    hint: "Write a reference instead, such as env://NAME or file://PATH.",
  };
}

function unknownKey(path: string, value: unknown, position: SourcePosition | undefined): Diagnostic {
  if (isSection(path)) return finding({ code: "CONFIG_TYPE" }, `${path} is a section: expected keys below it.`, position);
  const parent = parentKey(path);
  if (parent !== undefined)
    return finding({ code: "CONFIG_TYPE" }, `${parent}: expected ${typeWords(configKey(parent).type)}; got a map.`, position);
  const suggestion = suggestionFor(path);
  return {
    ...finding({ code: "CONFIG_UNKNOWN_KEY" }, `There is no configuration key ${path}.`, position),
    ...(suggestion === undefined || value === undefined ? {} : { hint: `Did you mean ${suggestion}?` }),
  };
}

function parentKey(path: string): ConfigKeyName | undefined {
  const dot = path.lastIndexOf(".");
  if (dot === -1) return undefined;
  const parent = path.slice(0, dot);
  return isConfigKey(parent) ? parent : parentKey(parent);
}

/** The nearest key, or the one that ends like it when its section is missing or wrong. */
export function suggestionFor(path: string): ConfigKeyName | undefined {
  const last = path.slice(path.lastIndexOf(".") + 1);
  const sameEnd = CONFIG_KEY_NAMES.filter((name) => name.endsWith(`.${last}`));
  if (sameEnd.length === 1) return sameEnd[0];
  return nearest(path, CONFIG_KEY_NAMES) as ConfigKeyName | undefined;
}

function finding({ code }: Pick<Diagnostic, "code">, summary: string, position: SourcePosition | undefined): Diagnostic {
  return { severity: "error", code, summary, ...(position === undefined ? {} : { position }) };
}

/** Adds the line of the file that the finding is about. */
function withLine(layers: readonly Layer[], found: Diagnostic): Diagnostic {
  const { position } = found;
  if (position === undefined) return found;
  const sourceLine = layers.find(({ file }) => file === position.file)?.lineAt?.(position.line);
  return sourceLine === undefined ? found : { ...found, sourceLine };
}
