/** Puts layers on top of each other: the last layer that sets a key wins, and the result knows who that was. */

import { type Diagnostic, DiagnosticsError, nearest, type SourcePosition } from "@provisioning/model";
import { CONFIG_KEYS, type ConfigKeyName, type ConfigValues, isConfigKey, typeProblem, variableOf } from "./keys.js";
import type { Layer } from "./layer.js";

export interface Provenance {
  readonly layer: string;
  readonly position?: SourcePosition;
}

export interface Config {
  get<K extends ConfigKeyName>(key: K): ConfigValues[K];
  provenance(key: ConfigKeyName): Provenance;
}

/** All findings of all layers are reported together. @throws DiagnosticsError with codes CONFIG_UNKNOWN_KEY, CONFIG_TYPE, CONFIG_MISSING */
export function resolveConfig(layers: readonly Layer[]): Config {
  const diagnostics = layers.flatMap(checkLayer);
  const values = new Map<ConfigKeyName, { value: unknown; provenance: Provenance }>();
  for (const layer of layers) {
    for (const [path, value] of layer.values) {
      if (isConfigKey(path)) values.set(path, { value, provenance: provenanceOf(layer, path) });
    }
  }
  for (const key of Object.keys(CONFIG_KEYS) as ConfigKeyName[]) {
    if (!values.has(key))
      diagnostics.push({ severity: "error", code: "CONFIG_MISSING", summary: `The configuration has no value for ${key}.` });
  }
  if (diagnostics.length > 0) throw new DiagnosticsError(diagnostics);
  const entry = (key: ConfigKeyName) => values.get(key) as { value: unknown; provenance: Provenance };
  return {
    get: (key) => entry(key).value as ConfigValues[typeof key],
    provenance: (key) => entry(key).provenance,
  };
}

function provenanceOf(layer: Layer, path: string): Provenance {
  const position = layer.positions.get(path);
  return { layer: layer.name, ...(position === undefined ? {} : { position }) };
}

function checkLayer(layer: Layer): Diagnostic[] {
  const findings: Diagnostic[] = [];
  for (const [path, value] of layer.values) {
    const position = layer.positions.get(path);
    const place = position === undefined ? {} : { position };
    if (!isConfigKey(path)) {
      const suggestion = nearest(path, Object.keys(CONFIG_KEYS));
      findings.push({
        severity: "error",
        code: "CONFIG_UNKNOWN_KEY",
        summary: `There is no configuration key ${path}.`,
        ...(suggestion === undefined ? {} : { hint: `Did you mean ${suggestion}?` }),
        ...place,
      });
      continue;
    }
    const problem = typeProblem(CONFIG_KEYS[path].type, value);
    if (problem !== undefined)
      findings.push({
        severity: "error",
        code: "CONFIG_TYPE",
        summary: `${path}: ${problem}.`,
        ...place,
        ...(layer.name === "environment" ? { hint: `It comes from the variable ${variableOf(path)}.` } : {}),
      });
  }
  return findings;
}
