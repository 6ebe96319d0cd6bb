/** The module `json`. */
import { union } from "../runtime/merge.js";
import { heightOf, sizeOf } from "../runtime/extent.js";
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

/** A value takes many times the memory of its text. */
function countText(call: NativeCall, text: string): void {
  call.machine.work(4 * text.length);
  call.machine.allocate(16 * text.length);
}

function encode(call: NativeCall): string {
  const settings = options(call);
  const size = sizeOf(call.walk("data"));
  const padding = (settings.indent ?? 0) * heightOf(call.value("data"));
  call.machine.allocate(2 * size + (padding > 64 ? (padding * size) / 4 : 0));
  return encodeJson(call.value("data"), settings);
}

function decode(call: NativeCall): Value {
  const text = call.text("value");
  countText(call, text);
  try {
    return decodeJson(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return call.fail(error.message);
  }
}

export const jsonModule = moduleOf([
  native("encode", encodeParameters, encode),
  native("decode", ["value"], decode),
  native("validate", ["value"], (call) => {
    const text = call.text("value");
    countText(call, text);
    try {
      decodeJson(text);
      return true;
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      return false;
    }
  }),
  native("dump_to_file", ["data", "filename", ...encodeParameters.slice(1)], (call) => {
    writeFile(call, call.text("filename"), encode(call));
    return undefined;
  }),
  native("merge", ["base", "patch"], (call) => union(call.machine, call.value("base"), call.value("patch"))),
]);
