/** The module `json`. */
import { union } from "../runtime/merge.js";
import type { Value } from "../runtime/values.js";
import { decodeJson, encodeJson, type JsonOptions } from "./json-text.js";
import { moduleOf, native, type NativeCall } from "./native.js";
import { writeFile } from "./file.js";

const encodeParameters = ["data", "sort_keys", "indent", "ignore_private", "ignore_none"];

function options(call: NativeCall): JsonOptions {
  const indent = call.value("indent");
  return {
    sortKeys: call.flag("sort_keys"),
    ignorePrivate: call.flag("ignore_private"),
    ignoreNone: call.flag("ignore_none"),
    indent: typeof indent === "bigint" ? Number(indent) : undefined,
  };
}

function decode(call: NativeCall, text: string): Value {
  try {
    return decodeJson(text);
  } catch (error) {
    return call.fail((error as Error).message);
  }
}

export const jsonModule = moduleOf([
  native("encode", encodeParameters, (call) => encodeJson(call.value("data"), options(call))),
  native("decode", ["value"], (call) => decode(call, call.text("value"))),
  native("validate", ["value"], (call) => {
    try {
      decodeJson(call.text("value"));
      return true;
    } catch {
      return false;
    }
  }),
  native("dump_to_file", ["data", "filename", ...encodeParameters.slice(1)], (call) => {
    writeFile(call, call.text("filename"), encodeJson(call.value("data"), options(call)));
    return undefined;
  }),
  native("merge", ["base", "patch"], (call) => union(call.machine, call.value("base"), call.value("patch"))),
]);
