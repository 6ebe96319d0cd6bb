/** The methods of strings, as in Python. */
import { native, type NativeCall } from "../library/native.js";
import { formatText } from "../library/format.js";
import { KclFunction, KclList, type Value } from "./values.js";

type Method = { readonly parameters: readonly string[]; readonly run: (text: string, call: NativeCall) => Value };

const isLetter = (char: string): boolean => /\p{L}/u.test(char);
const isUpper = (char: string): boolean => char !== char.toLowerCase();
const isLower = (char: string): boolean => char !== char.toUpperCase();
const every = (text: string, pattern: RegExp): boolean => text !== "" && pattern.test(text);

/** The part of a string that `start` and `end` select, with its offset. */
function part(text: string, call: NativeCall): { readonly text: string; readonly offset: number } {
  const { length } = text;
  const clamp = (value: bigint): number => Math.min(Math.max(value < 0n ? Number(value) + length : Number(value), 0), length);
  const start = clamp(call.integer("start", 0n));
  const end = clamp(call.integer("end", BigInt(length)));
  return { text: text.slice(start, Math.max(start, end)), offset: start };
}

function locate(text: string, call: NativeCall, last: boolean): bigint {
  const within = part(text, call);
  const found = last ? within.text.lastIndexOf(call.text("sub")) : within.text.indexOf(call.text("sub"));
  return found < 0 ? -1n : BigInt(found + within.offset);
}

function mustLocate(text: string, call: NativeCall, last: boolean): bigint {
  const found = locate(text, call, last);
  return found < 0n ? call.fail("substring not found") : found;
}

function trim(text: string, chars: string | undefined, start: boolean, end: boolean): string {
  const set = chars === undefined ? undefined : new Set(chars);
  const drops = (char: string): boolean => (set === undefined ? /\s/.test(char) : set.has(char));
  let from = 0;
  let to = text.length;
  while (start && from < to && drops(text[from]!)) from++;
  while (end && to > from && drops(text[to - 1]!)) to--;
  return text.slice(from, to);
}

function trimMethod(start: boolean, end: boolean): Method {
  return {
    parameters: ["chars"],
    run: (text, call) =>
      trim(text, call.has("chars") && call.value("chars") !== null ? call.text("chars") : undefined, start, end),
  };
}

function splitText(text: string, separator: string | undefined, limit: number): string[] {
  const parts: string[] = [];
  let rest = separator === undefined ? text.trimStart() : text;
  while (rest !== "" || separator !== undefined) {
    const match =
      limit >= 0 && parts.length >= limit
        ? undefined
        : separator === undefined
          ? /\s+/.exec(rest)
          : { index: rest.indexOf(separator), 0: separator };
    if (match === undefined || match === null || match.index < 0) {
      parts.push(separator === undefined ? rest.trimEnd() : rest);
      return parts.filter((one) => separator !== undefined || one !== "");
    }
    parts.push(rest.slice(0, match.index));
    rest = rest.slice(match.index + match[0].length);
  }
  return parts;
}

function reverseText(text: string): string {
  return Array.from(text).reverse().join("");
}

function split(text: string, call: NativeCall): Value {
  const separator = call.has("sep") && call.value("sep") !== null ? call.text("sep") : undefined;
  if (separator === "") return call.fail("empty separator");
  return new KclList(splitText(text, separator, Number(call.integer("maxsplit", -1n))));
}

function splitRight(text: string, call: NativeCall): Value {
  const separator = call.has("sep") && call.value("sep") !== null ? call.text("sep") : undefined;
  if (separator === "") return call.fail("empty separator");
  const parts = splitText(
    reverseText(text),
    separator === undefined ? undefined : reverseText(separator),
    Number(call.integer("maxsplit", -1n)),
  );
  return new KclList(parts.map(reverseText).reverse());
}

function splitLines(text: string, call: NativeCall): Value {
  const keep = call.flag("keepends");
  const lines = text.match(/[^\r\n]*(?:\r\n|\n|\r)|[^\r\n]+$/g) ?? [];
  return new KclList(keep ? lines : lines.map((line) => line.replace(/(\r\n|\n|\r)$/, "")));
}

function edge(text: string, call: NativeCall, parameter: string, test: (text: string, piece: string) => boolean): boolean {
  const within = part(text, call).text;
  const value = call.value(parameter);
  if (value instanceof KclList) return value.items.some((item) => typeof item === "string" && test(within, item));
  return test(within, call.text(parameter));
}

function title(text: string): string {
  return text.replace(/\p{L}+/gu, (word) => word[0]!.toUpperCase() + word.slice(1).toLowerCase());
}

function replace(text: string, call: NativeCall): string {
  const [before, after] = [call.text("old"), call.text("new")];
  const count = Number(call.integer("count", -1n));
  const parts: string[] = [];
  let from = 0;
  for (let turn = 0; count < 0 || turn < count; turn++) {
    const found = before === "" && turn > 0 ? from + 1 : text.indexOf(before, from);
    if (found < 0 || found > text.length) break;
    call.machine.allocate(2 * (found - from + after.length));
    parts.push(text.slice(from, found), after);
    from = found + before.length;
  }
  return parts.join("") + text.slice(from);
}

function join(text: string, call: NativeCall): Value {
  const items = call.value("iter");
  if (typeof items === "string") {
    call.machine.allocate(2 * items.length * (8 + text.length));
    return Array.from(items).join(text);
  }
  const list = call
    .list("iter")
    .items.map((item, index) => (typeof item === "string" ? item : call.fail(`sequence item ${index}: expected str instance`)));
  call.machine.allocate(2 * list.reduce((total, item) => total + item.length + text.length, 0));
  return list.join(text);
}

const simple = (run: (text: string, call: NativeCall) => Value, ...parameters: string[]): Method => ({ parameters, run });

const methods: ReadonlyMap<string, Method> = new Map<string, Method>([
  ["capitalize", simple((text) => text.slice(0, 1).toUpperCase() + text.slice(1).toLowerCase())],
  ["chars", simple((text) => new KclList(Array.from(text)))],
  ["count", simple((text, call) => BigInt(part(text, call).text.split(call.text("sub")).length - 1), "sub", "start", "end")],
  [
    "endswith",
    simple((text, call) => edge(text, call, "suffix", (whole, piece) => whole.endsWith(piece)), "suffix", "start", "end"),
  ],
  ["find", simple((text, call) => locate(text, call, false), "sub", "start", "end")],
  ["format", simple((text, call) => formatText(call, text))],
  ["index", simple((text, call) => mustLocate(text, call, false), "sub", "start", "end")],
  ["isalnum", simple((text) => every(text, /^[\p{L}\p{N}]+$/u))],
  ["isalpha", simple((text) => every(text, /^\p{L}+$/u))],
  ["isdigit", simple((text) => every(text, /^\p{Nd}+$/u))],
  ["islower", simple((text) => Array.from(text).some((char) => isLetter(char) && isLower(char)) && text === text.toLowerCase())],
  ["isspace", simple((text) => every(text, /^\s+$/))],
  ["istitle", simple((text) => Array.from(text).some(isLetter) && text === title(text))],
  ["isupper", simple((text) => Array.from(text).some((char) => isLetter(char) && isUpper(char)) && text === text.toUpperCase())],
  ["join", simple(join, "iter")],
  ["lower", simple((text) => text.toLowerCase())],
  ["upper", simple((text) => text.toUpperCase())],
  ["lstrip", trimMethod(true, false)],
  ["rstrip", trimMethod(false, true)],
  ["strip", trimMethod(true, true)],
  ["replace", simple(replace, "old", "new", "count")],
  [
    "removeprefix",
    simple((text, call) => (text.startsWith(call.text("prefix")) ? text.slice(call.text("prefix").length) : text), "prefix"),
  ],
  [
    "removesuffix",
    simple(
      (text, call) =>
        call.text("suffix") !== "" && text.endsWith(call.text("suffix")) ? text.slice(0, -call.text("suffix").length) : text,
      "suffix",
    ),
  ],
  ["rfind", simple((text, call) => locate(text, call, true), "sub", "start", "end")],
  ["rindex", simple((text, call) => mustLocate(text, call, true), "sub", "start", "end")],
  ["rsplit", simple(splitRight, "sep", "maxsplit")],
  ["split", simple(split, "sep", "maxsplit")],
  ["splitlines", simple(splitLines, "keepends")],
  [
    "startswith",
    simple((text, call) => edge(text, call, "prefix", (whole, piece) => whole.startsWith(piece)), "prefix", "start", "end"),
  ],
  ["title", simple(title)],
]);

/** Methods whose result can have a part for each character. */
const makesLists: ReadonlySet<string> = new Set(["chars", "split", "rsplit", "splitlines"]);

/** A method bound to its string. */
export function stringMethod(text: string, name: string): KclFunction | undefined {
  const method = methods.get(name);
  return (
    method &&
    native(name, method.parameters, (call) => {
      call.machine.work(4 * text.length);
      if (makesLists.has(name)) call.machine.allocate(16 * text.length);
      return method.run(text, call);
    })
  );
}
