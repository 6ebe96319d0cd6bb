/** The module `yaml`. */
import { parseAllDocuments } from "yaml";
import { writeYaml, type YamlOptions } from "../output/yaml-writer.js";
import { KclList, type Value } from "../runtime/values.js";
import { fromJavaScript } from "../runtime/json-value.js";
import { writeFile } from "./file.js";
import { moduleOf, native, type NativeCall } from "./native.js";

const encodeParameters = ["data", "sort_keys", "ignore_private", "ignore_none"];

function options(call: NativeCall): YamlOptions {
  return { sortKeys: call.flag("sort_keys"), ignorePrivate: call.flag("ignore_private"), ignoreNone: call.flag("ignore_none") };
}

/** @throws Error when the text is no YAML. */
export function decodeYaml(text: string): Value[] {
  const documents = parseAllDocuments(text, { intAsBigInt: true, version: "1.2", prettyErrors: false });
  if (!Array.isArray(documents)) return [null];
  return documents.map((document) => {
    const [error] = document.errors;
    if (error !== undefined) throw error;
    return fromJavaScript(document.toJS({ maxAliasCount: 100 }));
  });
}

function decodeAll(call: NativeCall): Value[] {
  try {
    return decodeYaml(call.text("value"));
  } catch (error) {
    return call.fail((error as Error).message);
  }
}

function encodeAll(call: NativeCall): string {
  return call
    .list("data")
    .items.map((item) => writeYaml(item, options(call)))
    .join("\n---\n");
}

export const yamlModule = moduleOf([
  native("encode", encodeParameters, (call) => writeYaml(call.value("data"), options(call))),
  native("encode_all", encodeParameters, encodeAll),
  native("decode", ["value"], (call) => decodeAll(call)[0] ?? null),
  native("decode_all", ["value"], (call) => new KclList(decodeAll(call))),
  native("validate", ["value"], (call) => {
    try {
      decodeYaml(call.text("value"));
      return true;
    } catch {
      return false;
    }
  }),
  native("dump_to_file", ["data", "filename", ...encodeParameters.slice(1)], (call) => {
    writeFile(call, call.text("filename"), writeYaml(call.value("data"), options(call)));
    return undefined;
  }),
  native("dump_all_to_file", ["data", "filename", ...encodeParameters.slice(1)], (call) => {
    writeFile(call, call.text("filename"), encodeAll(call));
    return undefined;
  }),
]);
