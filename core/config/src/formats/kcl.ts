/** Configuration in KCL. The language is no part of this package: whoever loads the configuration brings it along. */

import { isJsonObject, type Json, type JsonObject, type SourcePosition } from "@provisioning/model";
import { pathBelow } from "../layer-path.js";
import type { ParsedFile } from "./parse-layer.js";

export interface EvaluatedKcl {
  /** The file's variables. */
  readonly value: JsonObject;
  /** Where the value at a path was written: `["servers", "default_plan"]`. */
  positionOf(path: readonly string[]): SourcePosition | undefined;
}

/** Rejects with DiagnosticsError when the file cannot be evaluated. */
export type KclEvaluator = (file: string, text: string) => Promise<EvaluatedKcl>;

export async function parseKclLayer(file: string, text: string, evaluate: KclEvaluator): Promise<ParsedFile> {
  const evaluated = await evaluate(file, text);
  const values = new Map<string, unknown>();
  const positions = new Map<string, SourcePosition>();
  const visit = (map: JsonObject, path: readonly string[]): void => {
    for (const [key, item] of Object.entries(map)) {
      const at = [...path, key];
      const name = at.reduce(pathBelow, "");
      positions.set(name, evaluated.positionOf(at) ?? { file, line: 1, column: 1 });
      if (isJsonObject(item) && Object.keys(item).length === 0) values.set(name, null);
      else if (isJsonObject(item)) visit(item, at);
      else values.set(name, item satisfies Json);
    }
  };
  visit(evaluated.value, []);
  return { values, positions };
}
