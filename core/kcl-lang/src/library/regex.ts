/** The module `regex`. Patterns are those of Python as far as JavaScript has them. */
import { KclList } from "../runtime/values.js";
import { moduleOf, native, type NativeCall } from "./native.js";

function pattern(call: NativeCall, flags = "u"): RegExp {
  const source = call
    .text("pattern")
    .replaceAll("(?P<", "(?<")
    .replace(/\(\?i\)/, "")
    .replace(/\\Z/g, "$")
    .replace(/\\A/g, "^");
  const all = call.text("pattern").includes("(?i)") ? `${flags}i` : flags;
  try {
    return new RegExp(source, all);
  } catch {
    try {
      return new RegExp(source, all.replace("u", ""));
    } catch (error) {
      return call.fail(`invalid regular expression '${call.text("pattern")}': ${(error as Error).message}`);
    }
  }
}

/** Python's `\1` in a replacement is `$1` here. */
function replacement(text: string): string {
  return text
    .replaceAll("$$", "$$$$")
    .replace(/\\(\d)/g, "$$$1")
    .replace(/\\g<(\w+)>/g, "$$<$1>");
}

export const regexModule = moduleOf([
  native("match", ["string", "pattern"], (call) => pattern(call).test(call.text("string"))),
  native("search", ["string", "pattern"], (call) => pattern(call).test(call.text("string"))),
  native("compile", ["pattern"], (call) => {
    try {
      void new RegExp(call.text("pattern"), "u");
      return true;
    } catch {
      return false;
    }
  }),
  native("findall", ["string", "pattern"], (call) => {
    const found = [...call.text("string").matchAll(pattern(call, "gu"))];
    return new KclList(found.map((match) => (match.length > 2 ? new KclList(match.slice(1)) : match[match.length - 1])));
  }),
  native("split", ["string", "pattern", "maxsplit"], (call) => {
    const limit = Number(call.integer("maxsplit", 0n));
    const text = call.text("string");
    const parts: string[] = [];
    let from = 0;
    for (const match of text.matchAll(pattern(call, "gu"))) {
      if (limit > 0 && parts.length >= limit) break;
      parts.push(text.slice(from, match.index));
      from = match.index + match[0].length;
    }
    return new KclList([...parts, text.slice(from)]);
  }),
  native("replace", ["string", "pattern", "replace", "count"], (call) => {
    const limit = Number(call.integer("count", 0n));
    const text = call.text("string");
    const expression = pattern(call, "gu");
    const by = replacement(call.text("replace"));
    if (limit <= 0) return text.replace(expression, by);
    let turn = 0;
    const single = pattern(call);
    return text.replace(expression, (match) => (turn++ < limit ? match.replace(single, by) : match));
  }),
]);
