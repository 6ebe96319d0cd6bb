/** The module `datetime`. The clock is that of the machine. */
import { moduleOf, native, type NativeCall } from "./native.js";
import { RegexMatcher } from "./regex-match.js";
import { compileRegex, type RegexProgram } from "./regex-program.js";

const days = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
const months = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
];
const two = (value: number): string => String(value).padStart(2, "0");

/** What each directive prints, and the pattern that `validate` accepts. */
interface Directive {
  readonly show: (date: Date) => string;
  readonly pattern: string;
}

const short = (names: readonly string[]): string => `(?:${names.map((name) => name.slice(0, 3)).join("|")})`;

const directives: Readonly<Record<string, Directive>> = {
  Y: { show: (date) => String(date.getFullYear()), pattern: "\\d{4}" },
  y: { show: (date) => two(date.getFullYear() % 100), pattern: "\\d{2}" },
  m: { show: (date) => two(date.getMonth() + 1), pattern: "(?:0?[1-9]|1[0-2])" },
  d: { show: (date) => two(date.getDate()), pattern: "(?:0?[1-9]|[12]\\d|3[01])" },
  H: { show: (date) => two(date.getHours()), pattern: "(?:[01]?\\d|2[0-3])" },
  I: { show: (date) => two(date.getHours() % 12 || 12), pattern: "(?:0?[1-9]|1[0-2])" },
  M: { show: (date) => two(date.getMinutes()), pattern: "[0-5]?\\d" },
  S: { show: (date) => two(date.getSeconds()), pattern: "(?:[0-5]?\\d|60)" },
  f: { show: (date) => String(date.getMilliseconds() * 1000).padStart(6, "0"), pattern: "\\d{1,9}" },
  p: { show: (date) => (date.getHours() < 12 ? "AM" : "PM"), pattern: "(?:AM|PM)" },
  a: { show: (date) => days[date.getDay()]!.slice(0, 3), pattern: short(days) },
  A: { show: (date) => days[date.getDay()]!, pattern: `(?:${days.join("|")})` },
  b: { show: (date) => months[date.getMonth()]!.slice(0, 3), pattern: short(months) },
  B: { show: (date) => months[date.getMonth()]!, pattern: `(?:${months.join("|")})` },
  j: {
    show: (date) =>
      String(Math.floor((date.getTime() - new Date(date.getFullYear(), 0, 0).getTime()) / 86_400_000)).padStart(3, "0"),
    pattern: "\\d{1,3}",
  },
  z: { show: () => "+0000", pattern: "[+-]\\d{2}:?\\d{2}" },
  Z: { show: () => "UTC", pattern: "[A-Z]+" },
  "%": { show: () => "%", pattern: "%" },
};

const composites: readonly (readonly [RegExp, string])[] = [
  [/%F/g, "%Y-%m-%d"],
  [/%T/g, "%H:%M:%S"],
  [/%D/g, "%m/%d/%y"],
  [/%R/g, "%H:%M"],
];

function expand(format: string): string {
  return composites.reduce((text, [pattern, by]) => text.replace(pattern, by), format);
}

function formatDate(date: Date, format: string): string {
  return expand(format).replace(/%([A-Za-z%])/g, (whole, letter: string) => directives[letter]?.show(date) ?? whole);
}

function matches(call: NativeCall): boolean {
  const [text, format] = [call.text("date"), call.text("format")];
  const source = expand(format).replace(
    /%([A-Za-z%])|([.*+?^${}()|[\]\\])/g,
    (whole, letter: string | undefined, special: string | undefined) => {
      if (special !== undefined) return `\\${special}`;
      return directives[letter ?? ""]?.pattern ?? whole;
    },
  );
  return (
    new RegexMatcher(compilePattern(call, `^${source}$`), text, call.machine).search(0) !== undefined && isRealDate(text, format)
  );
}

function compilePattern(call: NativeCall, source: string): RegexProgram {
  try {
    return compileRegex(source).program;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return call.fail(`invalid date format: ${error.message}`);
  }
}

/** Refuses days that a month does not have. */
function isRealDate(text: string, format: string): boolean {
  if (!/%Y-%m-%d/.test(expand(format))) return true;
  const found = /(\d{4})-(\d{1,2})-(\d{1,2})/.exec(text);
  return found === null || new Date(Number(found[1]), Number(found[2]), 0).getDate() >= Number(found[3]);
}

const standard = /^(\d{4})-(\d{2})-(\d{2})[Tt ](\d{2}):(\d{2}):(\d{2})(\.\d+)?([Zz]|[+-]\d{2}:\d{2})$/;
const calendar = /^(\d{4})-?(\d{2})-?(\d{2})(T(\d{2})(:?(\d{2})(:?(\d{2})([.,]\d+)?)?)?(Z|[+-]\d{2}(:?\d{2})?)?)?$/;
const isDay = (text: string): boolean => isRealDate(text, "%F") && !Number.isNaN(Date.parse(text.slice(0, 10)));

export const datetimeModule = moduleOf([
  native("now", ["format"], (call) =>
    formatDate(new Date(call.machine.settings.clock()), call.text("format", "%a %b %d %H:%M:%S %Y")),
  ),
  native("today", [], (call) => formatDate(new Date(call.machine.settings.clock()), "%Y-%m-%d %H:%M:%S.%f")),
  native("date", [], (call) => formatDate(new Date(call.machine.settings.clock()), "%Y-%m-%d %H:%M:%S")),
  native("ticks", [], (call) => call.machine.settings.clock() / 1000 + Number.EPSILON),
  native("validate", ["date", "format"], matches),
  native("is_rfc3339", ["date"], (call) => standard.test(call.text("date")) && isDay(call.text("date"))),
  native("is_iso8601", ["date"], (call) => calendar.test(call.text("date"))),
]);
