/** Values in a text of YAML. */

import type { Document, Scalar } from "yaml";
import { ConfigSyntaxError, syntaxFinding } from "../formats/syntax-error.js";
import type { PlacedEdit } from "./edit-file.js";

/** @throws ConfigSyntaxError */
export async function editYaml(file: string, text: string, edits: readonly PlacedEdit[]): Promise<string> {
  const { LineCounter, parseDocument } = await import("yaml");
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter });
  if (document.errors.length > 0) {
    const findings = document.errors.map(({ pos: [start], message }) => {
      const { line, col } = lineCounter.linePos(start);
      return syntaxFinding({ file, line, column: col }, message.split("\n")[0] as string);
    });
    throw new ConfigSyntaxError(findings);
  }
  const before = document.toString(FORMAT);
  for (const { path, value } of edits) {
    try {
      if (value === undefined) takeAway(document, path);
      else put(document, path, value);
    } catch (cause) {
      const problem = `${path.join(".")} cannot be set in it`;
      throw new ConfigSyntaxError([syntaxFinding({ file, line: 1, column: 1 }, problem)], { cause });
    }
  }
  const after = document.toString(FORMAT);
  return after === before ? text : after;
}

/** Long texts stay on their line. */
const FORMAT = { lineWidth: 0 };

function put(document: Document, path: readonly string[], value: unknown): void {
  for (let depth = 1; depth < path.length; depth += 1) {
    const section = path.slice(0, depth);
    // A section with nothing in it.
    if (document.hasIn(section) && document.getIn(section) === null) document.setIn(section, document.createNode({}));
  }
  const there = document.getIn(path, true) as Scalar | undefined;
  const isText = typeof value === "string" || typeof value === "number" || typeof value === "boolean";
  // The scalar itself keeps the comment behind it.
  if (isText && there !== undefined && "value" in there) {
    there.value = value;
    delete there.source;
  } else document.setIn(path, value);
}

/** Sections that are left with nothing go too. */
function takeAway(document: Document, path: readonly string[]): void {
  if (!document.hasIn(path)) return;
  document.deleteIn(path);
  for (let depth = path.length - 1; depth > 0; depth -= 1) {
    const section = document.getIn(path.slice(0, depth)) as { items?: readonly unknown[] } | undefined;
    if (section?.items?.length !== 0) return;
    document.deleteIn(path.slice(0, depth));
  }
}
