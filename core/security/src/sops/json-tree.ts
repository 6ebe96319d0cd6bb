/** JSON with what a plain object loses: the order of keys that look like numbers, repeated keys, and how numbers are written. */

import { MAX_DEPTH } from "./document.js";
import { floatScalar } from "./scalar.js";

export type JsonTree = JsonMap | JsonList | JsonLeaf;
export interface JsonMap {
  readonly kind: "map";
  readonly entries: [string, JsonTree][];
}
export interface JsonList {
  readonly kind: "list";
  readonly items: JsonTree[];
}
export interface JsonLeaf {
  readonly kind: "leaf";
  value: string | number | boolean | null;
}

const TOKEN = /\s*([{}[\],:]|"[^"\\]*(?:\\.[^"\\]*)*"|[^\s{}[\],:"]+)/gy;

/** @throws SyntaxError with a sentence without its end */
export function parseJsonTree(text: string): JsonTree {
  const tokens = tokensOf(text);
  let next = 0;
  const word = (): string => {
    const token = tokens[next++];
    if (token === undefined) throw new SyntaxError("it ends too early");
    return token;
  };
  const expect = (...wanted: string[]): string => {
    const token = word();
    if (!wanted.includes(token)) throw new SyntaxError(`${token.slice(0, 20)} stands where ${wanted.join(" or ")} should be`);
    return token;
  };
  const value = (depth: number): JsonTree => {
    if (depth > MAX_DEPTH) throw new SyntaxError(`its maps and lists lie deeper than ${MAX_DEPTH} in each other`);
    const token = word();
    if (token === "{") return map(depth);
    if (token === "[") return list(depth);
    return { kind: "leaf", value: leafValue(token) };
  };
  const map = (depth: number): JsonMap => {
    const entries: [string, JsonTree][] = [];
    const seen = new Set<string>();
    if (tokens[next] === "}") next++;
    else
      do {
        const key = leafValue(word());
        if (typeof key !== "string" || seen.has(key)) throw new SyntaxError(`the key ${String(key)} is no text or there twice`);
        seen.add(key);
        expect(":");
        entries.push([key, value(depth + 1)]);
      } while (expect(",", "}") === ",");
    return { kind: "map", entries };
  };
  const list = (depth: number): JsonList => {
    const items: JsonTree[] = [];
    if (tokens[next] === "]") next++;
    else
      do items.push(value(depth + 1));
      while (expect(",", "]") === ",");
    return { kind: "list", items };
  };
  const tree = value(0);
  if (next < tokens.length) throw new SyntaxError("something follows its end");
  return tree;
}

function tokensOf(text: string): string[] {
  const tokens: string[] = [];
  let end = 0;
  for (const [whole, token] of text.matchAll(TOKEN)) {
    tokens.push(token as string);
    end += whole.length;
  }
  if (text.slice(end).trim() !== "") throw new SyntaxError(`${text.slice(end).trim().slice(0, 20)} is not JSON`);
  return tokens;
}

function leafValue(token: string): JsonLeaf["value"] {
  let value: JsonLeaf["value"];
  try {
    value = JSON.parse(token) as JsonLeaf["value"];
  } catch {
    throw new SyntaxError(`${token.slice(0, 20)} is not JSON`);
  }
  if (typeof value === "number" && /^-?\d+$/.test(token) && floatScalar(value).bytes.toString("utf8") !== token)
    throw new SyntaxError(`${token.slice(0, 40)} is a larger number than SOPS can hold; write it in quotes`);
  return value;
}

/** `indent`: one level. */
export function writeJsonTree(tree: JsonTree, indent: string, margin = ""): string {
  if (tree.kind === "leaf") return JSON.stringify(tree.value);
  const inner = margin + indent;
  const [open, close] = tree.kind === "map" ? "{}" : "[]";
  const parts =
    tree.kind === "map"
      ? tree.entries.map(([key, value]) => `${JSON.stringify(key)}: ${writeJsonTree(value, indent, inner)}`)
      : tree.items.map((item) => writeJsonTree(item, indent, inner));
  if (parts.length === 0) return `${open}${close}`;
  return `${open}\n${parts.map((part) => inner + part).join(",\n")}\n${margin}${close}`;
}
