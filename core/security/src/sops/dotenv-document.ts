/** Lines `NAME=value`. A line end within a value is written `\n`. The section of SOPS is flat: `sops_age__list_0__map_recipient=…`. */

import { isJsonObject, type Json, type JsonObject } from "@provisioning/model";
import type { Leaf, SopsDocument } from "./document.js";
import { SopsSyntaxError } from "./errors.js";
import { plainText, type Scalar, scalarOf, textScalar } from "./scalar.js";

const PREFIX = "sops_";

type Line = { kind: "comment"; text: string } | { kind: "value"; readonly name: string; text: string };

/** @throws SopsSyntaxError */
export function parseDotenvDocument(file: string, text: string): SopsDocument {
  const all = text
    .split("\n")
    .filter((line) => line !== "")
    .map((line, position) => parseLine(file, line, position));
  const isOwn = (line: Line): boolean => line.kind === "value" && line.name.startsWith(PREFIX);
  const lines = all.filter((line) => !isOwn(line));
  const own = all.filter((line) => line.kind === "value").filter(isOwn);
  return {
    metadata:
      own.length === 0
        ? undefined
        : unflatten(
            file,
            own.map(({ name, text: value }) => [name.slice(PREFIX.length), value]),
          ),
    leaves: () => lines.map(leafOf),
    set(path, scalar) {
      const [name = ""] = path;
      if (path.length !== 1 || /[=\n#]/.test(name)) throw new SopsSyntaxError(file, `${path.join(".")} is no name of a variable`);
      const there = lines.find((line) => line.kind === "value" && line.name === name);
      if (there === undefined) lines.push({ kind: "value", name, text: plainText(scalar) });
      else there.text = plainText(scalar);
    },
    plain: () => Buffer.from(lines.map(written).join(""), "utf8"),
    encrypted(section) {
      const flat = Object.entries(flatten(section)).sort(([a], [b]) => (a < b ? -1 : 1));
      const after = flat.map(([name, value]): Line => ({ kind: "value", name: `${PREFIX}${name}`, text: value }));
      return [...lines, ...after].map(written).join("");
    },
  };
}

function parseLine(file: string, line: string, position: number): Line {
  if (line.startsWith("#")) return { kind: "comment", text: line.slice(1) };
  const equals = line.indexOf("=");
  if (equals === -1) throw new SopsSyntaxError(file, `line ${position + 1} is neither NAME=value nor a comment`);
  return { kind: "value", name: line.slice(0, equals), text: line.slice(equals + 1).replaceAll("\\n", "\n") };
}

function written(line: Line): string {
  return line.kind === "comment" ? `#${line.text}\n` : `${line.name}=${line.text.replaceAll("\n", "\\n")}\n`;
}

function leafOf(line: Line): Leaf {
  const write = (scalar: Scalar): void => {
    line.text = plainText(scalar);
  };
  if (line.kind === "comment") return { kind: "comment", path: [], read: () => scalarOf("comment", line.text), write };
  return { kind: "value", path: [line.name], read: () => textScalar(line.text), write };
}

function flatten(value: Json, name = "", into: Record<string, string> = {}): Record<string, string> {
  const inside = (separator: string, key: string) => (name === "" ? key : `${name}__${separator}_${key}`);
  if (Array.isArray(value))
    (value as readonly Json[]).forEach((item, position) => flatten(item, inside("list", String(position)), into));
  else if (isJsonObject(value)) for (const [key, item] of Object.entries(value)) flatten(item, inside("map", key), into);
  else if (value !== null) into[name] = typeof value === "string" ? value : JSON.stringify(value);
  return into;
}

/** More recipients than anybody has. */
const MAX_ITEMS = 1_000;

/** Lists and maps in each other, as `flatten` took them apart. */
function unflatten(file: string, entries: readonly (readonly [string, string])[]): JsonObject {
  const top = new Map<string, unknown>();
  for (const [name, value] of entries) {
    const [first = "", ...rest] = name.split(/__(?:map|list)_/);
    if (rest.some((part) => /^\d+$/.test(part) && Number(part) >= MAX_ITEMS))
      throw new SopsSyntaxError(file, `${PREFIX}${name} counts too many items`);
    const path = [first, ...rest];
    let at = top;
    for (const part of path.slice(0, -1)) {
      const next = at.get(part);
      const inner = next instanceof Map ? (next as Map<string, unknown>) : new Map<string, unknown>();
      at.set(part, inner);
      at = inner;
    }
    at.set(path.at(-1) as string, value);
  }
  return toJson(top) as JsonObject;
}

function toJson(value: unknown): Json {
  if (!(value instanceof Map)) return value === "true" ? true : (value as string);
  const entries = [...(value as Map<string, unknown>)].map(([key, item]) => [key, toJson(item)] as const);
  const isList = entries.length > 0 && entries.every(([key]) => /^\d+$/.test(key));
  if (!isList) return Object.fromEntries(entries);
  return entries.sort(([a], [b]) => Number(a) - Number(b)).map(([, item]) => item);
}
