/**
 * The lowest layer: `config/config.defaults.toml` of the platform. It is written from the keys, so a file that nobody changed needs no
 * parser: its text is what the keys say. One that was changed is read like any other file, and a key that it lacks keeps its default.
 */

import type { SourcePosition } from "@provisioning/model";
import { parseLayer } from "./formats/parse-layer.js";
import { CONFIG_KEY_NAMES, configKey } from "./keys.js";
import type { Layer } from "./layer.js";

const HEAD = `# The platform's defaults, each with what it decides. Every key can be set in the layers above: the user's, the workspace's, an infra's,
# an environment's, a variable, a flag. This file is made from the keys that the platform reads.
`;
const WIDTH = 140;
let rendered: RenderedDefaults | undefined;

export async function defaultsLayer(file: string, text: string): Promise<Layer> {
  const shipped = (rendered ??= renderDefaults());
  if (text === shipped.text) return shippedLayer(file, shipped);
  const changed = await parseLayer("defaults", file, text);
  return { ...changed, values: new Map([...builtIn(), ...changed.values]) };
}

interface RenderedDefaults {
  readonly text: string;
  /** By key. */
  readonly lines: ReadonlyMap<string, number>;
}

/** Sections in the order of the keys; what belongs to a section stands together. */
export function renderDefaults(): RenderedDefaults {
  const written = HEAD.split("\n");
  const lines = new Map<string, number>();
  for (const [section, names] of sections()) {
    if (written.at(-1) !== "") written.push("");
    written.push(`[${section}]`);
    for (const name of names) {
      const { description, unit, default: value, type } = configKey(name);
      const range = type.kind === "integer" ? ` ${type.min} to ${type.max}${unit === undefined ? "" : ` ${unit}`}.` : "";
      const of = type.kind === "choice" ? ` One of ${type.of.join(", ")}.` : "";
      written.push(...comment(`${description}${range}${of}`));
      written.push(`${name.slice(section.length + 1)} = ${tomlValue(value)}`);
      lines.set(name, written.length);
    }
  }
  return { text: `${written.join("\n")}\n`, lines };
}

function sections() {
  const found = new Map<string, (typeof CONFIG_KEY_NAMES)[number][]>();
  for (const name of CONFIG_KEY_NAMES) {
    const section = name.slice(0, name.lastIndexOf("."));
    found.set(section, [...(found.get(section) ?? []), name]);
  }
  return found;
}

function comment(text: string): string[] {
  const lines: string[] = [];
  let line = "#";
  for (const word of text.split(" ")) {
    if (line.length + 1 + word.length > WIDTH) {
      lines.push(line);
      line = "#";
    }
    line += ` ${word}`;
  }
  return [...lines, line];
}

/** A JSON string is a TOML string. */
function tomlValue(value: unknown): string {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    const pairs = Object.entries(value).map(([name, item]) => `${JSON.stringify(name)} = ${JSON.stringify(item)}`);
    return pairs.length === 0 ? "{}" : `{ ${pairs.join(", ")} }`;
  }
  return JSON.stringify(value);
}

function shippedLayer(file: string, { text, lines }: RenderedDefaults): Layer {
  const positions = new Map<string, SourcePosition>();
  for (const [key, line] of lines) positions.set(key, { file, line, column: 1 });
  return { name: "defaults", file, values: builtIn(), positions, lineAt: (line) => text.split("\n")[line - 1] };
}

function builtIn(): Map<string, unknown> {
  const values = new Map<string, unknown>();
  for (const name of CONFIG_KEY_NAMES) {
    const { default: value, type } = configKey(name);
    if (type.kind === "map") continue;
    values.set(name, value);
  }
  return values;
}
