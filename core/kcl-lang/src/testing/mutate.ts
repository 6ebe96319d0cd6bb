/** Damaged programs for robustness tests: each follows from a seed and a number alone, so that a finding can be made again. */

/** A program of several files by path; `main` is the one that is damaged. */
export interface Specimen {
  readonly main: string;
  readonly files: Readonly<Record<string, string>>;
}

/** Draws numbers from 0 to `limit - 1`. */
type Draw = (limit: number) => number;

/** The same numbers for the same seed (mulberry32). */
function drawFrom(seed: number): Draw {
  let state = seed >>> 0;
  return (limit) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  };
}

/** The damaged program number `index` of a seed. */
export function damagedProgram(corpus: readonly Specimen[], seed: number, index: number): Specimen {
  const draw = drawFrom(Math.imul(seed, 0x9e3779b1) ^ Math.imul(index + 1, 0x85ebca6b));
  const pick = (): Specimen => corpus[draw(corpus.length)]!;
  const specimen = pick();
  let text = specimen.files[specimen.main]!;
  for (let turn = draw(2) === 0 ? 1 : 1 + draw(4); turn > 0; turn--) {
    const other = pick();
    const kind = draw(3) < 2 ? changes : damages;
    text = kind[draw(kind.length)]!(text, draw, other.files[other.main]!);
    if (text.length > longestText) text = text.slice(0, longestText);
  }
  return { main: specimen.main, files: { ...specimen.files, [specimen.main]: text } };
}

const longestText = 100_000;

type Mutation = (text: string, draw: Draw, other: string) => string;

const oddities: readonly string[] = [
  "9223372036854775807",
  "-9223372036854775808",
  "99999999999999999999999999",
  "1e308 * 10",
  "10 ** 18",
  "0x7fffffffffffffff",
  "1 << 63",
  "None",
  "Undefined",
  '""',
  "[]",
  "{}",
  "[None]",
  "{a = Undefined}",
  "\u0000",
  "\ufeff",
  "\u202e",
  "𝄞",
  "é",
  "\r",
  "\t",
  "\\",
  '"',
  "'",
  '"""',
  "${",
  "}",
  "#",
  ";",
  "$",
  "lambda x { x }",
  "lambda { }",
  "schema S:\n    a: S = S {}\n",
  "schema S(S):\n    a: int\n",
  "if True:\n    ",
  "[x for x in range(1000000)]",
  '"a" * 1000000000',
  "range(10 ** 12)",
  "import math\n",
  "import file\n",
  "[::-1]",
  "[-1]",
  "?.a",
  " as ",
  " | ",
  " in ",
  " not ",
  "**",
  "*",
  "+= ",
  ": ",
  " = ",
  "...",
  "->",
  "@deprecated\n",
  "mixin [S]\n",
  "check:\n    ",
  "[...str]: int",
];

const openers = ["(", "[", "{", "{a = ", "[[", "-", "not ", "lambda { ", "if True: ", "a if b else ", "~", "[x for x in "];

/** Programs that a token stands in: `%` is the token. */
const surroundings: readonly string[] = [
  "len(%)",
  "str(%)",
  "int(%)",
  "float(%)",
  "[%]",
  "{a = %}",
  "{**%}",
  "[*%]",
  "% | %",
  "% + %",
  "% * 3",
  "% ** %",
  "% // 0",
  "% % %",
  "% << 70",
  "% in %",
  "% is %",
  "% == %",
  "% < %",
  "not %",
  "-%",
  "~%",
  "typeof(%)",
  "sorted(%)",
  "sum(%)",
  "zip(%, %)",
  "max(%)",
  "dict(%)",
  "list(%)",
  "range(%)",
  "isunique(%)",
  "[i for i in %]",
  "{i: j for i, j in %}",
  "all i in % { i }",
  "filter i in % { i == % }",
  "(% as str)",
  "(% as {str:int})",
  "%[0]",
  "%[-1]",
  "%[::-1]",
  "%[%]",
  "%.a",
  "%?.a",
  "%?[0]",
  "%.format(%)",
  "%.join(%)",
  "%.split(%)",
  "%.replace(%, %)",
  "%()",
  "%(%)",
  "% {}",
  "% {a = %}",
  "(lambda { % })()",
  "(lambda x: str -> int { x })(%)",
  "(% if % else %)",
  "(% or %)",
  "${%}",
  "reduce(lambda t, x { t }, %, %)",
  "option(%)",
  "multiplyof(%, %)",
];

const values: readonly string[] = oddities.slice(0, 14);

/** Changes that mostly keep the syntax, so that later stages see them. */
const changes: readonly Mutation[] = [
  (text, draw) => changeOperand(text, draw, (operand) => surroundings[draw(surroundings.length)]!.replaceAll("%", () => operand)),
  (text, draw) => changeOperand(text, draw, () => values[draw(values.length)]!),
  (text, draw) => changeOperand(text, draw, () => operandOf(text, draw)),
  (text, draw, other) => changeOperand(text, draw, () => operandOf(other, draw)),
  (text, draw, other) => `${text}\n${other}`,
  (text, draw) =>
    changeToken(text, draw, (found) => operators[operators.indexOf(found) < 0 ? -1 : draw(operators.length)] ?? found),
  changeLines((lines, draw) => lines.splice(draw(lines.length), 0, lines[draw(lines.length)]!)),
  changeLines((lines, draw) => lines.splice(draw(lines.length), 1)),
  renameToken,
];

const operators = [":", "=", "+=", "|", "+", "-", "*", "/", "==", "<", ">", ".", ","];

const damages: readonly Mutation[] = [
  flipCharacter,
  (text, draw) => spliceAt(text, draw(text.length + 1), 0, oddities[draw(oddities.length)]!),
  (text, draw) => changeToken(text, draw, () => ""),
  (text, draw) => changeToken(text, draw, (token) => `${token} ${token}`),
  (text, draw) => changeToken(text, draw, () => oddities[draw(oddities.length)]!),
  swapTokens,
  (text, draw, other) => changeToken(text, draw, () => tokenOf(other, draw)),
  (text, draw, other) => text.slice(0, draw(text.length + 1)) + other.slice(draw(other.length + 1)),
  (text, draw, other) => spliceAt(text, draw(text.length + 1), 0, piece(other, draw)),
  (text, draw) => text.slice(0, draw(text.length + 1)),
  (text, draw) => text.slice(draw(text.length + 1)),
  changeLines((lines, draw) => lines.splice(draw(lines.length), 1)),
  changeLines((lines, draw) => lines.splice(draw(lines.length), 0, lines[draw(lines.length)]!)),
  changeLines((lines, draw) => {
    const [from, to] = [draw(lines.length), draw(lines.length)];
    [lines[from], lines[to]] = [lines[to]!, lines[from]!];
  }),
  changeLines((lines, draw) => {
    const at = draw(lines.length);
    lines[at] = (draw(2) === 0 ? "    " : "\t") + lines[at]!;
  }),
  changeLines((lines, draw) => {
    const at = draw(lines.length);
    lines[at] = lines[at]!.replace(/^\s+/, "");
  }),
  changeLines((lines, draw, other) => lines.splice(draw(lines.length), 0, ...other.split("\n").slice(0, 1 + draw(8)))),
  (text, draw) => spliceAt(text, draw(text.length + 1), 0, openers[draw(openers.length)]!.repeat(1 << draw(13))),
  renameToken,
  (text, draw) => text.replace(/\d+/, () => "9".repeat(1 + draw(40))),
  (text, draw) => spliceAt(text, draw(text.length + 1), draw(20), ""),
];

function spliceAt(text: string, at: number, removed: number, added: string): string {
  return text.slice(0, at) + added + text.slice(at + removed);
}

function flipCharacter(text: string, draw: Draw): string {
  const at = draw(Math.max(1, text.length));
  return spliceAt(text, at, 1, String.fromCharCode((text.charCodeAt(at) || 32) ^ (1 << draw(8))));
}

const token = /[\p{L}_][\p{L}\p{N}_]*|\d+|"[^"\n]*"|\s+|[^\s\w]/gu;

function changeToken(text: string, draw: Draw, change: (token: string) => string): string {
  const tokens = text.match(token) ?? [];
  const at = draw(Math.max(1, tokens.length));
  if (tokens[at] !== undefined) tokens[at] = change(tokens[at]);
  return tokens.join("");
}

const operand = /[\p{L}_][\p{L}\p{N}_]*|\d+|"[^"\n]*"/gu;

/** Replaces a name, a number or a text. */
function changeOperand(text: string, draw: Draw, change: (operand: string) => string): string {
  const found = [...text.matchAll(operand)];
  const match = found[draw(Math.max(1, found.length))];
  return match === undefined ? text : spliceAt(text, match.index, match[0].length, change(match[0]));
}

function operandOf(text: string, draw: Draw): string {
  const found = text.match(operand) ?? ["a"];
  return found[draw(found.length)]!;
}

function tokenOf(text: string, draw: Draw): string {
  const tokens = text.match(token) ?? [""];
  return tokens[draw(tokens.length)]!;
}

function swapTokens(text: string, draw: Draw): string {
  const tokens = text.match(token) ?? [];
  if (tokens.length < 2) return text;
  const [from, to] = [draw(tokens.length), draw(tokens.length)];
  [tokens[from], tokens[to]] = [tokens[to]!, tokens[from]!];
  return tokens.join("");
}

/** One name becomes another one of the text, everywhere: cycles and clashes. */
function renameToken(text: string, draw: Draw): string {
  const names = text.match(/[A-Za-z_]\w*/g) ?? [];
  if (names.length < 2) return text;
  const from = names[draw(names.length)]!;
  const to = names[draw(names.length)]!;
  return text.replaceAll(new RegExp(`\\b${from}\\b`, "g"), to);
}

function piece(text: string, draw: Draw): string {
  const from = draw(text.length + 1);
  return text.slice(from, from + draw(200));
}

function changeLines(change: (lines: string[], draw: Draw, other: string) => void): Mutation {
  return (text, draw, other) => {
    const lines = text.split("\n");
    change(lines, draw, other);
    return lines.join("\n");
  };
}
