/** JSON. All numbers are floats to SOPS. There are no comments. */

import { isJsonObject, type Json, type JsonObject } from "@provisioning/model";
import { type Leaf, type Path, type SopsDocument, shownPath } from "./document.js";
import { SopsSyntaxError } from "./errors.js";
import { type JsonLeaf, type JsonMap, type JsonTree, parseJsonTree, writeJsonTree } from "./json-tree.js";
import { boolScalar, floatScalar, floatValue, type Scalar, textScalar } from "./scalar.js";

const SECTION = "sops";
/** As the program `sops` writes. */
const INDENT = "\t";

/** @throws SopsSyntaxError */
export function parseJsonDocument(file: string, text: string): SopsDocument {
  const tree = parse(file, text);
  const metadata = takeSection(tree);
  return {
    metadata,
    leaves() {
      const into: Leaf[] = [];
      addLeaves(tree, [], into);
      return into;
    },
    set: (path, scalar) => setValue(file, tree, path, scalar),
    plain: () => Buffer.from(`${writeJsonTree(tree, INDENT)}\n`, "utf8"),
    encrypted(section) {
      const own: [string, JsonTree] = [SECTION, parseJsonTree(JSON.stringify(section))];
      return `${writeJsonTree({ kind: "map", entries: [...tree.entries, own] }, INDENT)}\n`;
    },
  };
}

function parse(file: string, text: string): JsonMap {
  let tree: JsonTree;
  try {
    tree = parseJsonTree(text);
  } catch (cause) {
    throw new SopsSyntaxError(file, (cause as Error).message, { cause });
  }
  if (tree.kind !== "map") throw new SopsSyntaxError(file, "it must be a map of keys");
  return tree;
}

function takeSection({ entries }: JsonMap): JsonObject | undefined {
  const position = entries.findIndex(([key]) => key === SECTION);
  const [found] = position === -1 ? [] : entries.splice(position, 1);
  if (found === undefined) return undefined;
  const section = JSON.parse(writeJsonTree(found[1], "")) as Json;
  return isJsonObject(section) ? section : {};
}

function addLeaves(tree: JsonTree, path: Path, into: Leaf[]): void {
  if (tree.kind === "map") for (const [key, value] of tree.entries) addLeaves(value, [...path, key], into);
  else if (tree.kind === "list") tree.items.forEach((item, position) => addLeaves(item, [...path, position], into));
  else if (tree.value !== null) {
    const value = readLeaf(tree.value);
    into.push({ kind: "value", path, read: () => value, write: (scalar) => writeLeaf(tree, scalar) });
  }
}

function readLeaf(value: string | number | boolean): Scalar {
  if (typeof value === "boolean") return boolScalar(value);
  return typeof value === "number" ? floatScalar(value) : textScalar(value);
}

function writeLeaf(leaf: JsonLeaf, scalar: Scalar): void {
  const text = scalar.bytes.toString("utf8");
  if (scalar.type === "bool") leaf.value = text === "True";
  else leaf.value = scalar.type === "int" || scalar.type === "float" ? floatValue(scalar) : text;
}

function setValue(file: string, tree: JsonMap, path: readonly string[], scalar: Scalar): void {
  let at: JsonTree = tree;
  for (const [level, part] of path.entries()) {
    const isLast = level === path.length - 1;
    const missing = (): JsonTree => (isLast ? { kind: "leaf", value: null } : { kind: "map", entries: [] });
    const next: JsonTree | undefined = below(at, part, missing);
    if (next === undefined || (next.kind === "leaf") !== isLast)
      throw new SopsSyntaxError(file, `${shownPath(path)} cannot be set to one value`);
    at = next;
  }
  if (at.kind === "leaf") writeLeaf(at, scalar);
}

/** Absent: there can be nothing. */
function below(tree: JsonTree, part: string, missing: () => JsonTree): JsonTree | undefined {
  if (tree.kind === "leaf") return undefined;
  if (tree.kind === "list") {
    if (Number(part) === tree.items.length) tree.items.push(missing());
    return tree.items[Number(part)];
  }
  const found = tree.entries.find(([key]) => key === part)?.[1];
  if (found !== undefined) return found;
  const made = missing();
  tree.entries.push([part, made]);
  return made;
}
