/** One source of configuration values: a file, the environment or the flags of a command. */

import { ProvisioningError, type SourcePosition } from "@provisioning/model";
import { CONFIG_KEYS, type ConfigKeyName, variableOf } from "./keys.js";

export interface Layer {
  /** `defaults`, `user`, `workspace`, `environment`, `flags`. */
  readonly name: string;
  /** Leaf values by dotted path. */
  readonly values: ReadonlyMap<string, unknown>;
  readonly positions: ReadonlyMap<string, SourcePosition>;
}

export function flagLayer(values: Readonly<Record<string, unknown>>): Layer {
  return {
    name: "flags",
    values: new Map(Object.entries(values).filter(([, value]) => value !== undefined)),
    positions: new Map(),
  };
}

/** A variable that is empty is not given. */
export function environmentLayer(environment: Readonly<Record<string, string | undefined>>): Layer {
  const values = new Map<string, unknown>();
  for (const key of Object.keys(CONFIG_KEYS) as ConfigKeyName[]) {
    const variable = variableOf(key);
    const text = variable === undefined ? undefined : environment[variable];
    if (text === undefined || text === "") continue;
    const isNumber = CONFIG_KEYS[key].type.kind === "integer" && /^\d+$/.test(text);
    values.set(key, isNumber ? Number(text) : text);
  }
  return { name: "environment", values, positions: new Map() };
}

/** What a file says below a key, as if that were all of it. */
export function below(layer: Layer, key: string): Layer {
  const prefix = `${key}.`;
  const inside = <T>(entries: ReadonlyMap<string, T>) =>
    new Map([...entries].filter(([path]) => path.startsWith(prefix)).map(([path, value]) => [path.slice(prefix.length), value]));
  return { name: layer.name, values: inside(layer.values), positions: inside(layer.positions) };
}

/** The format follows from the ending: `.toml`, `.yaml`, `.yml`. @throws ConfigSyntaxError */
export async function parseLayer(name: string, file: string, text: string): Promise<Layer> {
  return file.endsWith(".toml") ? parseTomlLayer(name, file, text) : parseYamlLayer(name, file, text);
}

export class ConfigSyntaxError extends ProvisioningError {
  constructor(position: SourcePosition, problem: string, options?: ErrorOptions) {
    super(
      {
        code: "CONFIG_SYNTAX",
        message: `${position.file}:${position.line}:${position.column}: ${problem}`,
        hint: "Correct the file; nothing was changed.",
        details: { position },
      },
      options,
    );
  }
}

async function parseTomlLayer(name: string, file: string, text: string): Promise<Layer> {
  const { parse, TomlError } = await import("smol-toml");
  try {
    const values = new Map<string, unknown>();
    flatten(parse(text), "", values);
    return {
      name,
      values,
      positions: new Map([...values.keys()].map((path) => [path, { file, line: tomlLine(text, path), column: 1 }])),
    };
  } catch (cause) {
    if (!(cause instanceof TomlError)) throw cause;
    const problem = cause.message.split("\n")[0] ?? "invalid TOML";
    throw new ConfigSyntaxError({ file, line: cause.line, column: cause.column }, problem, { cause });
  }
}

/** The line that assigns the last part of `path` below its table; the parser keeps no positions. */
function tomlLine(text: string, path: string): number {
  const key = path.slice(path.lastIndexOf(".") + 1);
  const table = path.slice(0, Math.max(0, path.lastIndexOf(".")));
  let current = "";
  const lines = text.split("\n");
  for (const [index, line] of lines.entries()) {
    const header = /^\s*\[([^\]]+)\]/.exec(line);
    if (header) current = (header[1] as string).trim();
    else if (current === table && line.trimStart().startsWith(key)) return index + 1;
  }
  return 1;
}

async function parseYamlLayer(name: string, file: string, text: string): Promise<Layer> {
  const { isMap, isScalar, LineCounter, parseDocument } = await import("yaml");
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter });
  const [error] = document.errors;
  if (error) {
    const { line, col } = lineCounter.linePos(error.pos[0]);
    throw new ConfigSyntaxError({ file, line, column: col }, error.message.split("\n")[0] ?? "invalid YAML", { cause: error });
  }
  const values = new Map<string, unknown>();
  const positions = new Map<string, SourcePosition>();
  const visit = (node: unknown, path: string): void => {
    if (!isMap(node)) return;
    for (const { key, value } of node.items) {
      if (!isScalar(key)) continue;
      const at = path === "" ? String(key.value) : `${path}.${String(key.value)}`;
      const { line, col } = lineCounter.linePos(key.range?.[0] ?? 0);
      positions.set(at, { file, line, column: col });
      if (isMap(value)) visit(value, at);
      else values.set(at, isScalar(value) ? value.value : (value as { toJSON(): unknown } | null)?.toJSON());
    }
  };
  visit(document.contents, "");
  return { name, values, positions };
}

function flatten(value: unknown, path: string, into: Map<string, unknown>): void {
  for (const [key, item] of Object.entries(value as Record<string, unknown>)) {
    const at = path === "" ? key : `${path}.${key}`;
    if (typeof item === "object" && item !== null && !Array.isArray(item) && !(item instanceof Date)) flatten(item, at, into);
    else into.set(at, item);
  }
}
