/** Configuration in YAML 1.2. */

import type { SourcePosition } from "@provisioning/model";
import { isAlias, isMap, isScalar, LineCounter, type Node, parseDocument } from "yaml";
import { pathBelow } from "../layer-path.js";
import type { ParsedFile } from "./parse-layer.js";
import { ConfigSyntaxError, syntaxFinding } from "./syntax-error.js";

/** Deeper than any key lies; a map that contains itself ends here. */
const MAX_DEPTH = 32;

/** @throws ConfigSyntaxError */
export function parseYaml(file: string, text: string, lineAt: (line: number) => string | undefined): ParsedFile {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter });
  const placeOf = (offset: number): SourcePosition => {
    const { line, col } = lineCounter.linePos(offset);
    return { file, line, column: col };
  };
  if (document.errors.length > 0) {
    const findings = document.errors.map((error) => {
      const position = placeOf(error.pos[0]);
      const [problem = "invalid YAML"] = error.message.split("\n");
      return syntaxFinding(position, problem.replace(/ at line \d+, column \d+:?$/, ""), lineAt(position.line));
    });
    throw new ConfigSyntaxError(findings, { cause: document.errors[0] });
  }
  const values = new Map<string, unknown>();
  const positions = new Map<string, SourcePosition>();
  const followed = (node: unknown): unknown => (isAlias(node) ? node.resolve(document) : node);
  const visit = (node: unknown, path: string, depth: number): void => {
    if (!isMap(node)) return;
    for (const { key, value } of node.items) {
      if (!isScalar(key)) continue;
      const at = pathBelow(path, String(key.value));
      positions.set(at, placeOf(key.range?.[0] ?? 0));
      const target = followed(value);
      if (isMap(target) && (target.items.length === 0 || depth === MAX_DEPTH)) values.set(at, null);
      else if (isMap(target)) visit(target, at, depth + 1);
      else values.set(at, isScalar(target) ? target.value : ((target as Node | null)?.toJS(document) ?? null));
    }
  };
  if (document.contents !== null && !isMap(document.contents)) {
    if (!(isScalar(document.contents) && document.contents.value === null))
      throw new ConfigSyntaxError([syntaxFinding({ file, line: 1, column: 1 }, "the file must be a map of sections", lineAt(1))]);
  }
  visit(document.contents, "", 0);
  return { values, positions };
}
