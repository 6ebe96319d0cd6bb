/** Configuration in TOML 1.0. */

import type { SourcePosition } from "@provisioning/model";
import { parse, TomlError } from "smol-toml";
import { pathBelow } from "../layer-path.js";
import type { ParsedFile } from "./parse-layer.js";
import { ConfigSyntaxError, syntaxFinding } from "./syntax-error.js";
import { tomlPositions } from "./toml-positions.js";

/** @throws ConfigSyntaxError; the parser stops at the first mistake */
export function parseToml(file: string, text: string, lineAt: (line: number) => string | undefined): ParsedFile {
  const values = new Map<string, unknown>();
  flatten(parsed(file, text, lineAt), "", values);
  const positions = new Map<string, SourcePosition>();
  for (const [path, place] of tomlPositions(text)) positions.set(path, { file, ...place });
  return { values, positions };
}

function parsed(file: string, text: string, lineAt: (line: number) => string | undefined): unknown {
  try {
    return parse(text);
  } catch (cause) {
    if (!(cause instanceof TomlError)) throw cause;
    const [first = "invalid TOML"] = cause.message.split("\n");
    const problem = first.replace(/^Invalid TOML document: /, "");
    const position = { file, line: cause.line, column: cause.column };
    throw new ConfigSyntaxError([syntaxFinding(position, problem, lineAt(cause.line))], { cause });
  }
}

function flatten(value: unknown, path: string, into: Map<string, unknown>): void {
  for (const [key, item] of Object.entries(value as Record<string, unknown>)) {
    const at = pathBelow(path, key);
    const isTable = typeof item === "object" && item !== null && !Array.isArray(item) && !(item instanceof Date);
    if (isTable && Object.keys(item).length > 0) flatten(item, at, into);
    else if (isTable) into.set(at, null);
    else into.set(at, item);
  }
}
