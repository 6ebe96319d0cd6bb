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
  const after = isEmpty(document.contents) ? commentsOf(document) : document.toString(FORMAT);
  return after === before ? text : after;
}

function isEmpty(contents: Document["contents"]): boolean {
  return contents !== null && "items" in contents && contents.items.length === 0;
}

/** A file that says nothing any more, without the `{}` that an empty map is. */
function commentsOf({ commentBefore, comment }: Document): string {
  const lines = [commentBefore, comment].flatMap((part) => (part ? part.split("\n") : []));
  return lines.map((line) => `#${line}\n`).join("");
}

/** Long texts stay on their line. */
const FORMAT = { lineWidth: 0 };

function put(document: Document, path: readonly string[], value: unknown): void {
  if (isEmpty(document.contents)) document.contents = null;
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
  remove(document, path);
  for (let depth = path.length - 1; depth > 0; depth -= 1) {
    const section = document.getIn(path.slice(0, depth)) as { items?: readonly unknown[] } | undefined;
    if (section?.items?.length !== 0) return;
    remove(document, path.slice(0, depth));
  }
}

function remove(document: Document, path: readonly string[]): void {
  const [first, ...others] = path;
  if (first !== undefined && others.length === 0) keepHead(document, first);
  document.deleteIn(path);
}

/** What stands above the first section is about the file, as far as anybody can know: it stays when that section goes. */
function keepHead(document: Document, section: string): void {
  const [first] = (document.contents as { items?: readonly { readonly key: unknown }[] } | null)?.items ?? [];
  const key = first?.key as (Scalar & { commentBefore?: string | null }) | undefined;
  if (key?.value !== section || !key.commentBefore) return;
  document.commentBefore = [document.commentBefore, key.commentBefore].filter(Boolean).join("\n");
  key.commentBefore = null;
}
