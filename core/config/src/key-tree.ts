/** The keys as they are nested in a file: sections with keys and sections. */

import type { ConfigKey } from "./key-type.js";
import { CONFIG_KEY_NAMES, configKey } from "./keys.js";

export interface KeySection {
  readonly keys: ReadonlyMap<string, KeySection | ConfigKey>;
}

export function isKeySection(one: KeySection | ConfigKey): one is KeySection {
  return "keys" in one;
}

interface Growing {
  readonly keys: Map<string, Growing | ConfigKey>;
}

/** In the order of the keys. */
export function keyTree(): KeySection {
  const root: Growing = { keys: new Map() };
  for (const name of CONFIG_KEY_NAMES) place(root, name.split("."), configKey(name));
  return root;
}

function place(section: Growing, [first = "", ...rest]: readonly string[], key: ConfigKey): void {
  if (rest.length === 0) {
    section.keys.set(first, key);
    return;
  }
  const found = section.keys.get(first);
  const inner: Growing = found !== undefined && "keys" in found ? found : { keys: new Map() };
  section.keys.set(first, inner);
  place(inner, rest, key);
}
