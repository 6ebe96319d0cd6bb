/**
 * YAML. The document is changed in place, so order, comments and style stay. To the library all values are texts: what a plain one is, SOPS decides,
 * and it is written again as it was.
 *
 * A comment is encrypted line by line, as part of the map or list that it stands in. Aliases, tags of others and keys that are no texts are
 * refused: SOPS writes none of them.
 */

import { isJsonObject, type Json, type JsonObject } from "@provisioning/model";
import { type Document, isAlias, isCollection, isMap, isScalar, isSeq, parseDocument, Scalar as YamlScalar, visit } from "yaml";
import { type Leaf, MAX_DEPTH, type Path, type SopsDocument, shownPath } from "./document.js";
import { SopsSyntaxError } from "./errors.js";
import { boolScalar, plainText, type Scalar, scalarOf, textScalar } from "./scalar.js";
import { isRounded, plainScalar } from "./yaml-scalar.js";

const SECTION = "sops";
/** As the program `sops` writes; lines are not folded. */
const FORM = { indent: 4, lineWidth: 0, flowCollectionPadding: false } as const;
const OWN_TAG = /^tag:yaml\.org,2002:(?:str|map|seq)$/;

/** @throws SopsSyntaxError */
export function parseYamlDocument(file: string, text: string): SopsDocument {
  const document = parse(file, text);
  assertPlain(file, document.contents, [], 0);
  const metadata = takeSection(document);
  return {
    metadata,
    leaves() {
      const into: Leaf[] = [];
      addComments(document, [], into);
      addLeaves(document.contents, [], into);
      return into;
    },
    set: (path, scalar) => setValue(file, document, path, scalar),
    plain: () => Buffer.from(document.toString(FORM), "utf8"),
    encrypted: (section) => withSection(document, section),
  };
}

function parse(file: string, text: string): Document {
  const document = parseDocument(text, { version: "1.2", schema: "failsafe", merge: false, uniqueKeys: true });
  const [cause] = document.errors;
  if (cause !== undefined) throw new SopsSyntaxError(file, problemOf(cause), { cause });
  if (document.contents === null || (isScalar(document.contents) && readScalar(document.contents) === undefined))
    Object.assign(document, { contents: document.createNode({}) });
  if (!isMap(document.contents)) throw new SopsSyntaxError(file, "it must be a map of keys");
  return document;
}

function problemOf({ message }: Error): string {
  if (message.startsWith("Maximum call stack")) return "its maps and lists lie too deep in each other";
  return message.replace(/:?\n.*$/s, "");
}

/** Before anything is followed: what is left is a tree of known size. @throws SopsSyntaxError */
function assertPlain(file: string, node: unknown, path: Path, depth: number): void {
  if (depth > MAX_DEPTH) throw new SopsSyntaxError(file, `its maps and lists lie deeper than ${MAX_DEPTH} in each other`);
  if (isAlias(node)) throw new SopsSyntaxError(file, `${shownPath(path)} is an alias; write the value itself`);
  if ((isScalar(node) || isCollection(node)) && node.tag !== undefined && !OWN_TAG.test(node.tag))
    throw new SopsSyntaxError(file, `${shownPath(path)} has the tag ${node.tag}; write the value itself`);
  if (isScalar(node) && node.type === "PLAIN" && isRounded(String(node.value)))
    throw new SopsSyntaxError(file, `${shownPath(path)} is a larger number than SOPS can hold; write it in quotes`);
  // Nothing is written as a word: an empty text would come of it.
  if (isScalar(node) && node.type === "PLAIN" && node.value === "") node.value = "null";
  if (isSeq(node)) node.items.forEach((item, position) => assertPlain(file, item, [...path, position], depth + 1));
  if (!isMap(node)) return;
  for (const { key, value } of node.items) {
    if (!isScalar(key) || readScalar(key)?.type !== "str")
      throw new SopsSyntaxError(file, `a key below ${shownPath(path)} is no text; write it in quotes`);
    assertPlain(file, value, [...path, String(key.value)], depth + 1);
  }
}

/** What stands above it belongs to what stands before it: SOPS itself writes the last comments there. */
function takeSection(document: Document): JsonObject | undefined {
  const pair = isMap(document.contents)
    ? document.contents.items.find(({ key }) => isScalar(key) && key.value === SECTION)
    : undefined;
  if (pair === undefined) return undefined;
  document.delete(SECTION);
  const comments = [isScalar(pair.key) ? pair.key.commentBefore : undefined, document.comment].filter((text) => text);
  document.comment = comments.length === 0 ? null : comments.join("\n");
  const section = toJson(pair.value);
  return isJsonObject(section) ? section : {};
}

function withSection(document: Document, section: JsonObject): string {
  const { comment } = document;
  const added = document.createNode(section);
  visit(added, {
    Scalar: (_, node) => writeScalar(node, node.value === true ? boolScalar(true) : textScalar(String(node.value as string))),
  });
  document.set(document.createNode(SECTION), added);
  const key = isMap(document.contents) ? document.contents.items.at(-1)?.key : undefined;
  if (isScalar(key) && comment) {
    key.commentBefore = comment;
    document.comment = null;
  }
  const text = document.toString(FORM);
  document.delete(SECTION);
  document.comment = comment;
  return text;
}

function addLeaves(node: unknown, path: Path, into: Leaf[]): void {
  if (isScalar(node)) {
    addComments(node, path.slice(0, -1), into);
    const value = readScalar(node);
    if (value !== undefined) into.push({ kind: "value", path, read: () => value, write: (scalar) => writeScalar(node, scalar) });
    return;
  }
  if (isCollection(node)) addComments(node, path, into);
  if (isSeq(node)) node.items.forEach((item, position) => addLeaves(item, [...path, position], into));
  if (!isMap(node)) return;
  for (const { key, value } of node.items) {
    if (isScalar(key)) addComments(key, path, into);
    // The library keeps the key of a value that was set as it was given.
    addLeaves(value, [...path, String(isScalar(key) ? key.value : key)], into);
  }
}

interface Commented {
  commentBefore?: string | null | undefined;
  comment?: string | null | undefined;
}

function addComments(node: Commented, path: Path, into: Leaf[]): void {
  for (const place of ["commentBefore", "comment"] as const) {
    const lines = node[place]?.split("\n") ?? [];
    for (const [position, line] of lines.entries()) {
      if (line === "") continue;
      const write = ({ bytes }: Scalar): void => {
        lines[position] = bytes.toString("utf8");
        node[place] = lines.join("\n");
      };
      into.push({ kind: "comment", path, read: () => scalarOf("comment", line), write });
    }
  }
}

/** Absent: `null`. */
function readScalar({ value, type, tag }: YamlScalar): Scalar | undefined {
  const text = typeof value === "string" ? value : "";
  return type === "PLAIN" && tag === undefined ? plainScalar(text) : textScalar(text);
}

function toJson(node: unknown): Json {
  if (isSeq(node)) return node.items.map(toJson);
  if (isMap(node))
    return Object.fromEntries(node.items.map(({ key, value }) => [String((key as YamlScalar).value), toJson(value)]));
  const scalar = isScalar(node) ? readScalar(node) : undefined;
  if (scalar === undefined) return null;
  const text = scalar.bytes.toString("utf8");
  if (scalar.type === "bool") return text === "True";
  return scalar.type === "int" || scalar.type === "float" ? Number(text) : text;
}

/** As whoever reads it, here or in SOPS, gets the same type again. */
function writeScalar(node: YamlScalar, scalar: Scalar): void {
  for (const part of ["type", "source", "tag"] as const) delete node[part];
  const plain = plainForm(scalar);
  node.value = plain ?? scalar.bytes.toString("utf8");
  if (plain === undefined) quoteIfNeeded(node);
  else node.type = YamlScalar.PLAIN;
}

/** How a value that is no text is written. */
function plainForm(scalar: Scalar): string | undefined {
  const text = plainText(scalar);
  switch (scalar.type) {
    case "int":
    case "bool":
    case "time":
      return text;
    case "float":
      if (/nan|inf/i.test(text))
        return text.replace(/^([+-]?)(.*)$/, (_, sign: string, name: string) => `${sign}.${name.toLowerCase()}`);
      return text.includes(".") ? text : `${text}.0`;
    default:
      return undefined;
  }
}

/** A text that would be read as something else, here or in SOPS. */
function quoteIfNeeded(node: YamlScalar): void {
  if (typeof node.value === "string" && plainScalar(node.value)?.type !== "str") node.type = YamlScalar.QUOTE_DOUBLE;
}

function setValue(file: string, document: Document, path: readonly string[], scalar: Scalar): void {
  const parent: unknown = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
  const there: unknown = document.getIn(path, true);
  const isBeyond = isSeq(parent) && !(Number(path.at(-1)) <= parent.items.length);
  if (isCollection(there) || isBeyond) throw new SopsSyntaxError(file, `${shownPath(path)} cannot be set to one value`);
  const node = isScalar(there) ? there : new YamlScalar(null);
  writeScalar(node, scalar);
  try {
    document.setIn(path, node);
  } catch (cause) {
    throw new SopsSyntaxError(file, `${shownPath(path)} cannot be set: it would lie within a value`, { cause });
  }
}
