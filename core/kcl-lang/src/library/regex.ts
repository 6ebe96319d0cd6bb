/** The module `regex`. Patterns are those of Python and Rust; matching takes time in proportion to pattern and text. */
import { KclList } from "../runtime/values.js";
import { moduleOf, native, type NativeCall } from "./native.js";
import { RegexMatcher, type RegexMatch } from "./regex-match.js";
import { compileRegex, type Regex } from "./regex-program.js";

function pattern(call: NativeCall): Regex {
  const source = call.text("pattern");
  call.machine.work(64 * source.length);
  try {
    return compileRegex(source);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return call.fail(`invalid regular expression '${source}': ${error.message}`);
  }
}

/** All matches from left to right; an empty one moves on by a character. */
function* matchesOf(call: NativeCall, text: string): Generator<RegexMatch> {
  const matcher = new RegexMatcher(pattern(call).program, text, call.machine);
  for (let from = 0; from <= text.length; ) {
    const match = matcher.search(from);
    if (match === undefined) return;
    call.machine.allocate(64);
    yield match;
    const end = match[1]!;
    from = end > match[0]! ? end : end + (text.codePointAt(end)! > 0xffff ? 2 : 1);
  }
}

function group(text: string, match: RegexMatch, index: number): string {
  const start = match[2 * index] ?? -1;
  return start < 0 ? "" : text.slice(start, match[2 * index + 1]);
}

function matches(call: NativeCall): boolean {
  return new RegexMatcher(pattern(call).program, call.text("string"), call.machine).search(0) !== undefined;
}

/** The groups of each match: the match itself where there are none, a list where there are several. */
function findAll(call: NativeCall): KclList {
  const text = call.text("string");
  const { groups } = pattern(call).program;
  return new KclList(
    Array.from(matchesOf(call, text), (match) => {
      if (groups <= 1) return group(text, match, groups);
      return new KclList(Array.from({ length: groups }, (_, index) => group(text, match, index + 1)));
    }),
  );
}

function split(call: NativeCall): KclList {
  const limit = Number(call.integer("maxsplit", 0n));
  const text = call.text("string");
  const parts: string[] = [];
  let from = 0;
  for (const match of matchesOf(call, text)) {
    if (limit > 0 && parts.length >= limit) break;
    parts.push(text.slice(from, match[0]));
    from = match[1]!;
  }
  return new KclList([...parts, text.slice(from)]);
}

function replace(call: NativeCall): string {
  const limit = Number(call.integer("count", 0n));
  const text = call.text("string");
  const by = call.text("replace");
  const { names } = pattern(call);
  const parts: string[] = [];
  let turns = 0;
  let from = 0;
  for (const match of matchesOf(call, text)) {
    if (limit > 0 && turns++ >= limit) break;
    const filled = fill(by, (name) => group(text, match, /^\d+$/.test(name) ? Number(name) : (names.get(name) ?? -1)));
    call.machine.allocate(2 * (match[0]! - from + filled.length));
    parts.push(text.slice(from, match[0]), filled);
    from = match[1]!;
  }
  return parts.join("") + text.slice(from);
}

/** `\1`, `\g<name>`, `$1`, `${name}` and `$<name>` stand for groups. */
function fill(by: string, value: (name: string) => string): string {
  return by.replace(
    /\$\$|\\(\d{1,2})|\\g<(\w+)>|\$(\d{1,2})|\$\{(\w+)\}|\$<(\w+)>/g,
    (whole, ...found: (string | undefined)[]) =>
      whole === "$$" ? "$" : value(found.slice(0, 5).find((name) => name !== undefined)!),
  );
}

function isPattern(call: NativeCall): boolean {
  try {
    compileRegex(call.text("pattern"));
    return true;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return false;
  }
}

export const regexModule = moduleOf([
  native("match", ["string", "pattern"], matches),
  native("search", ["string", "pattern"], matches),
  native("compile", ["pattern"], isPattern),
  native("findall", ["string", "pattern"], findAll),
  native("split", ["string", "pattern", "maxsplit"], split),
  native("replace", ["string", "pattern", "replace", "count"], replace),
]);
