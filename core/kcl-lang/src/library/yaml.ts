/** The module `yaml`. */
import { parseAllDocuments } from "yaml";
import { exhaustionText, LimitFailure } from "../diagnostics/failure.js";
import { indentedSizeOf, sizeOf } from "../runtime/extent.js";
import { writeYaml, type YamlOptions } from "../output/yaml-writer.js";
import { KclList, type Value } from "../runtime/values.js";
import { fromJavaScript } from "../runtime/json-value.js";
import { writeFile } from "./file.js";
import { moduleOf, native, type NativeCall } from "./native.js";
import { deepestData, isYamlTooDeep } from "./nesting.js";

const encodeParameters = ["data", "sort_keys", "ignore_private", "ignore_none"];

function options(call: NativeCall): YamlOptions {
  return { sortKeys: call.flag("sort_keys"), ignorePrivate: call.flag("ignore_private"), ignoreNone: call.flag("ignore_none") };
}

/** @throws Error when the text is no YAML. */
export function decodeYaml(text: string): Value[] {
  if (isYamlTooDeep(text)) throw new Error(`the YAML is nested more than ${deepestData} times`);
  const documents = parseAllDocuments(text, { intAsBigInt: true, version: "1.2", prettyErrors: false, logLevel: "error" });
  if (!Array.isArray(documents)) return [null];
  return documents.map((document) => {
    const [error] = document.errors;
    if (error !== undefined) throw error;
    return fromJavaScript(document.toJS({ maxAliasCount: 100 }));
  });
}

/** Documents take many times the memory and time of their text. */
function countText(call: NativeCall): string {
  const text = call.text("value");
  call.machine.work(64 * text.length);
  call.machine.allocate(64 * text.length);
  return text;
}

function decodeAll(call: NativeCall): Value[] {
  const text = countText(call);
  try {
    return decodeYaml(text);
  } catch (error) {
    if (exhaustionText(error) !== undefined && !(error instanceof ReferenceError)) throw error;
    return call.fail((error as Error).message);
  }
}

function encode(call: NativeCall, value: Value): string {
  call.machine.work(sizeOf(value));
  call.machine.allocate(2 * indentedSizeOf(value));
  return writeYaml(value, options(call));
}

function encodeAll(call: NativeCall): string {
  return call
    .list("data")
    .items.map((item) => encode(call, item))
    .join("\n---\n");
}

export const yamlModule = moduleOf([
  native("encode", encodeParameters, (call) => encode(call, call.value("data"))),
  native("encode_all", encodeParameters, encodeAll),
  native("decode", ["value"], (call) => decodeAll(call)[0] ?? null),
  native("decode_all", ["value"], (call) => new KclList(decodeAll(call))),
  native("validate", ["value"], (call) => {
    try {
      decodeYaml(countText(call));
      return true;
    } catch (error) {
      if (error instanceof LimitFailure) throw error;
      return false;
    }
  }),
  native("dump_to_file", ["data", "filename", ...encodeParameters.slice(1)], (call) => {
    writeFile(call, call.text("filename"), encode(call, call.value("data")));
    return undefined;
  }),
  native("dump_all_to_file", ["data", "filename", ...encodeParameters.slice(1)], (call) => {
    writeFile(call, call.text("filename"), encodeAll(call));
    return undefined;
  }),
]);
