/** From the text of a file to a layer. The format follows from the ending; its parser is loaded when a file needs it. */

import type { Layer, LayerName } from "../layer.js";
import { parsePlainYaml } from "./plain-yaml.js";
import { parseKclLayer, type KclEvaluator } from "./kcl.js";
import { ConfigSyntaxError, syntaxFinding } from "./syntax-error.js";

/** `.yaml` and `.yml` are the same format. */
export const FORMAT_ENDINGS = [".toml", ".yaml", ".yml", ".k"] as const;

export type ParsedFile = Pick<Layer, "values" | "positions">;

/** `kcl`: absent, files of KCL are refused. @throws ConfigSyntaxError with all places where the text is broken */
export async function parseLayer(name: LayerName, file: string, text: string, kcl?: KclEvaluator): Promise<Layer> {
  let lines: readonly string[] | undefined;
  const lineAt = (line: number) => (lines ??= text.split(/\r?\n/))[line - 1];
  const parsed = isEmpty(text) ? NOTHING : await parseAs(file, text, lineAt, kcl);
  return { name, file, ...parsed, lineAt };
}

const NOTHING: ParsedFile = { values: new Map(), positions: new Map() };

/** Only comments: no parser is needed for them. All formats begin them alike. */
function isEmpty(text: string): boolean {
  return !/^[^\S\r\n]*[^\s#]/m.test(text);
}

async function parseAs(
  file: string,
  text: string,
  lineAt: (line: number) => string | undefined,
  kcl: KclEvaluator | undefined,
): Promise<ParsedFile> {
  if (file.endsWith(".toml")) return (await import("./toml.js")).parseToml(file, text, lineAt);
  if (!file.endsWith(".k")) return parsePlainYaml(file, text) ?? (await import("./yaml.js")).parseYaml(file, text, lineAt);
  if (kcl !== undefined) return parseKclLayer(file, text, kcl);
  throw new ConfigSyntaxError([syntaxFinding({ file, line: 1, column: 1 }, "KCL cannot be used here")]);
}
