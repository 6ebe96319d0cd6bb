/** One source of configuration values: a file, the environment or the flags of a command. */

import type { SourcePosition } from "@provisioning/model";
import { fromText } from "./key-type.js";
import { CONFIG_KEY_NAMES, CONFIG_KEYS, configKey, isConfigKey, mapAround, variableOf } from "./keys.js";

/** The later wins. */
export const LAYER_NAMES = ["defaults", "user", "workspace", "infra", "environment", "variables", "flags"] as const;
export type LayerName = (typeof LAYER_NAMES)[number];

export interface Layer {
  readonly name: LayerName;
  /** Absent: variables and flags. */
  readonly file?: string;
  /** Leaf values by dotted path; `null`, also for a section without keys, says nothing. */
  readonly values: ReadonlyMap<string, unknown>;
  /** Where each key stands, sections too. */
  readonly positions: ReadonlyMap<string, SourcePosition>;
  /** Paths of values that the file has encrypted: they are secrets, whatever their key. Absent: none is. */
  readonly encrypted?: ReadonlySet<string>;
  /** The line of the file, from 1. */
  readonly lineAt?: (line: number) => string | undefined;
}

export function flagLayer(values: Readonly<Record<string, unknown>>): Layer {
  const leaves = new Map<string, unknown>();
  for (const [key, value] of Object.entries(values)) if (value !== undefined) addValue(leaves, key, value);
  return { name: "flags", values: leaves, positions: new Map() };
}

/** A variable that is empty is not given. */
export function variableLayer(environment: Readonly<Record<string, string | undefined>>): Layer {
  const values = new Map<string, unknown>();
  for (const key of CONFIG_KEY_NAMES) {
    const written = environment[variableOf(key)];
    if (written === undefined || written === "") continue;
    addValue(values, key, fromText(CONFIG_KEYS[key].type, written));
  }
  return { name: "variables", values, positions: new Map() };
}

/** Maps are kept name by name, like sections, so that layers add to each other. */
function addValue(into: Map<string, unknown>, key: string, value: unknown): void {
  const isMap = isConfigKey(key) && configKey(key).type.kind === "map";
  if (!isMap || typeof value !== "object" || value === null) into.set(key, value);
  else for (const [name, item] of Object.entries(value)) into.set(`${key}.${name}`, item);
}

/** The names that a layer gives to a key of type `map`. */
export function namesWithin(layer: Layer, key: string): readonly string[] {
  return [...layer.values.keys()].filter((path) => mapAround(path) === key).map((path) => path.slice(key.length + 1));
}

/** What a file says below a key, as if that were all of it. */
export function below(layer: Layer, key: string): Layer {
  const prefix = `${key}.`;
  const inside = <T>(entries: ReadonlyMap<string, T>) =>
    new Map([...entries].filter(([path]) => path.startsWith(prefix)).map(([path, value]) => [path.slice(prefix.length), value]));
  const encrypted = [...(layer.encrypted ?? [])]
    .filter((path) => path.startsWith(prefix))
    .map((path) => path.slice(prefix.length));
  return { ...layer, values: inside(layer.values), positions: inside(layer.positions), encrypted: new Set(encrypted) };
}
