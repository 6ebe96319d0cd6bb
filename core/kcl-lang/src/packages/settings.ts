/** Settings files (`kcl.yaml`, `-Y`) and arguments (`-D key=value`) of a command line. */
import { EvaluationFailure } from "../diagnostics/failure.js";
import { decodeJson } from "../library/json-text.js";
import { decodeYaml } from "../library/yaml.js";
import { type JsonValue, toJavaScript } from "../runtime/json-value.js";
import { KclDict, KclList, type Value } from "../runtime/values.js";
import { isTrue } from "../runtime/inspect.js";
import type { KclHost } from "./host.js";
import { joinPath } from "./paths.js";

export interface Settings {
  readonly files: readonly string[];
  readonly arguments: Readonly<Record<string, JsonValue>>;
  readonly pathSelectors: readonly string[];
  readonly overrides: readonly string[];
  /** Package name to folder, as written. */
  readonly packages: Readonly<Record<string, string>>;
  /** The file that takes the result. */
  readonly output?: string;
  readonly debug: boolean;
  readonly disableNone: boolean;
  readonly strictRangeCheck: boolean;
  readonly sortKeys: boolean;
  readonly showHidden: boolean;
}

/** Merges settings files in order; later values win. Without names `kcl.yaml` is read, if there is one. @throws EvaluationFailure */
export function mergeSettings(host: KclHost, folder: string, names: readonly string[]): Settings {
  const found = names.length > 0 ? names : host.readFile(joinPath(folder, "kcl.yaml")) === undefined ? [] : ["kcl.yaml"];
  const config = new Map<string, Value>();
  const options = new Map<string, JsonValue>();
  for (const name of found) readSettings(host, folder, name, config, options);
  const strings = (key: string): string[] => {
    const value = config.get(key);
    return value instanceof KclList
      ? value.items.filter((item) => typeof item === "string")
      : typeof value === "string"
        ? [value]
        : [];
  };
  const maps = config.get("package_maps");
  const output = config.get("output");
  return {
    files: [...strings("files"), ...strings("file")],
    arguments: Object.fromEntries(options),
    pathSelectors: strings("path_selector"),
    overrides: strings("overrides"),
    packages: maps instanceof KclDict ? textsOf(maps) : {},
    ...(typeof output === "string" && output !== "" ? { output } : {}),
    debug: isTrue(config.get("debug")),
    disableNone: isTrue(config.get("disable_none")),
    strictRangeCheck: isTrue(config.get("strict_range_check")),
    sortKeys: isTrue(config.get("sort_keys")),
    showHidden: isTrue(config.get("show_hidden")),
  };
}

function textsOf(dict: KclDict): Record<string, string> {
  return Object.fromEntries([...dict.entries].flatMap(([key, { value }]) => (typeof value === "string" ? [[key, value]] : [])));
}

function readSettings(
  host: KclHost,
  folder: string,
  name: string,
  config: Map<string, Value>,
  options: Map<string, JsonValue>,
): void {
  const text = host.readFile(name.startsWith("/") ? name : joinPath(folder, name));
  if (text === undefined) throw new EvaluationFailure(`Failed to load '${name}', no such file or directory`);
  const refuse = (): never => {
    throw new EvaluationFailure(`Failed to load '${name}', invalid setting file format`);
  };
  const document = parse(text) ?? refuse();
  const cli = document.get("kcl_cli_configs");
  const given = document.get("kcl_options");
  if (cli instanceof KclDict) for (const [key, entry] of cli.entries) config.set(key, entry.value);
  else if (cli !== undefined && cli !== null) refuse();
  if (given === undefined || given === null) return;
  if (!(given instanceof KclList)) return refuse();
  for (const option of given.items) {
    const key = option instanceof KclDict ? option.get("key") : undefined;
    if (typeof key !== "string") return refuse();
    options.set(key, toJavaScript((option as KclDict).get("value")));
  }
}

function parse(text: string): KclDict | undefined {
  try {
    const [value] = decodeYaml(text);
    return value instanceof KclDict ? value : value === null || value === undefined ? new KclDict() : undefined;
  } catch {
    return undefined;
  }
}

/** `key=value`; the value is JSON if it parses, else a constant, a number or a string. @throws EvaluationFailure */
export function parseArgument(text: string): [string, JsonValue] {
  const parts = text.split("=");
  const [key = "", value = ""] = parts.map((part) => part.trim());
  if (parts.length !== 2 || key === "" || value === "") throw new EvaluationFailure("Invalid value for top level arguments");
  return [key, argumentValue(value)];
}

function argumentValue(text: string): JsonValue {
  if (text === "True" || text === "False") return text === "True";
  if (text === "None") return null;
  if (/^[+-]?\d+(\.\d+)?[eE][+-]?\d+$/.test(text)) return text;
  try {
    return toJavaScript(decodeJson(text));
  } catch {
    return text;
  }
}
