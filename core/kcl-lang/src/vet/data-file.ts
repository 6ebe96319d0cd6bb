/** Data files: their documents as values, and where each part of them stands. */
import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseAllDocuments,
} from "yaml";
import { diagnostic, type KclDiagnostic, kinds } from "../diagnostics/diagnostic.js";
import { type Place, placeOf } from "../diagnostics/place.js";
import { deepestData, isYamlTooDeep } from "../library/nesting.js";
import { decodeJson } from "../library/json-text.js";
import { type JsonValue, toJavaScript } from "../runtime/json-value.js";

export type DataFormat = "yaml" | "json";

export type DataPath = readonly (string | number)[];

export interface DataDocument {
  readonly value: JsonValue;
  /** Where a part stands; for one that is not there the place of what should hold it. `key`: the key instead of its value. */
  placeOf(path: DataPath, part?: "key" | "value"): Place;
}

export interface DataFile {
  readonly documents: readonly DataDocument[];
  /** What is no YAML or JSON. */
  readonly diagnostics: readonly KclDiagnostic[];
}

/** `.json` is JSON, everything else YAML. */
function dataFormatOf(file: string): DataFormat {
  return /\.json$/i.test(file) ? "json" : "yaml";
}

/** Reads all documents of a stream; those that are empty are left out. JSON is one document, and has no comments. */
export function readDataFile(file: string, text: string, format: DataFormat = dataFormatOf(file)): DataFile {
  if (isYamlTooDeep(text)) {
    const message = `the data is nested more than ${deepestData} times`;
    return { documents: [], diagnostics: [diagnostic(kinds.syntax, message, placeOf(file, 1, 1), { caret: false })] };
  }
  const lines = new LineCounter();
  const parsed = parseAllDocuments(text, {
    intAsBigInt: true,
    version: "1.2",
    prettyErrors: false,
    logLevel: "error",
    lineCounter: lines,
    uniqueKeys: format === "yaml",
  });
  const place = (offset: number): Place => placeAt(file, text, lines, offset);
  const json = format === "json" ? readJson(text, place) : undefined;
  if (json !== undefined && !("value" in json)) return { documents: [], diagnostics: [json] };
  const documents = Array.isArray(parsed) ? parsed.filter((one) => one.contents !== null || format === "json") : [];
  const errors = json === undefined ? documents.flatMap((one) => one.errors) : [];
  if (errors.length > 0)
    return { documents: [], diagnostics: errors.map((error) => diagnostic(kinds.syntax, error.message, place(error.pos[0]))) };
  const read: DataDocument[] = [];
  const diagnostics: KclDiagnostic[] = [];
  for (const one of documents) {
    const placeOf: DataDocument["placeOf"] = (path, part = "value") => place(offsetOf(one, path, part));
    const value = json ?? readYaml(one, placeOf([]));
    if ("value" in value) read.push({ value: value.value, placeOf });
    else diagnostics.push(value);
  }
  return { documents: read, diagnostics };
}

/** Aliases without an anchor, and those that would grow without end, are only found here. */
function readYaml(document: Document, at: Place): { readonly value: JsonValue } | KclDiagnostic {
  try {
    return { value: document.toJS({ maxAliasCount: 100 }) as JsonValue };
  } catch (error) {
    return diagnostic(kinds.syntax, (error as Error).message.replace(/\n/g, " "), at);
  }
}

function readJson(text: string, place: (offset: number) => Place): { readonly value: JsonValue } | KclDiagnostic {
  try {
    return { value: toJavaScript(decodeJson(text)) };
  } catch (error) {
    const { message } = error as Error;
    const offset = Number(/ at (\d+)$/.exec(message)?.[1] ?? 0);
    return diagnostic(kinds.syntax, "this is no JSON", place(offset));
  }
}

function placeAt(file: string, text: string, lines: LineCounter, offset: number): Place {
  const { line } = lines.linePos(offset);
  const start = lines.lineStarts[line - 1] ?? 0;
  return placeOf(file, Math.max(line, 1), Array.from(text.slice(start, offset)).length + 1);
}

function offsetOf(document: Document, path: DataPath, part: "key" | "value"): number {
  let offset = document.contents?.range?.[0] ?? 0;
  let node: unknown = document.contents;
  for (const [at, key] of path.entries()) {
    const step = stepInto(resolve(document, node), key);
    if (step === undefined) break;
    const shown = part === "key" && at === path.length - 1 ? step.key : step.value;
    offset = shown?.range?.[0] ?? step.key?.range?.[0] ?? offset;
    node = step.value;
  }
  return offset;
}

function resolve(document: Document, node: unknown): unknown {
  return isAlias(node) ? (node as Alias).resolve(document) : node;
}

interface Step {
  readonly key: Node | undefined;
  readonly value: Node | undefined;
}

function stepInto(node: unknown, key: string | number): Step | undefined {
  if (isSeq(node)) {
    const item = node.items[Number(key)] as Node | undefined;
    return item && { key: item, value: item };
  }
  if (!isMap(node)) return undefined;
  const pair = node.items.find((item) => isPair(item) && isScalar(item.key) && String(item.key.value) === String(key));
  return pair && { key: pair.key as Node, value: (pair.value ?? undefined) as Node | undefined };
}
