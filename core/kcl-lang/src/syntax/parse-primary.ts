/** Operands: literals, names, brackets, and what is written behind them (selectors, subscripts, calls, configurations). */
import type { CallExpression, Expression, Generator, KeywordArgument, ListItem, LoopVariable, TemplatePart } from "./ast.js";
import type { Cursor } from "./cursor.js";
import { Cursor as CursorClass } from "./cursor.js";
import { readFloat, readInteger } from "./number-literal.js";
import { parseConfig } from "./parse-config.js";
import { parseExpression, parseSimpleExpression } from "./parse-expression.js";
import { parseLambda } from "./parse-lambda.js";
import { scan } from "./scanner.js";
import { openStringToken, splitInterpolation, unescapeString } from "./string-literal.js";
import type { Token } from "./token.js";

const literalKeywords: Readonly<Record<string, boolean | null | undefined>> = {
  True: true,
  False: false,
  None: null,
  Undefined: undefined,
};

export function startsPrimary(p: Cursor): boolean {
  const token = p.token;
  if (token.kind === "op") return token.text === "(" || token.text === "[" || token.text === "{";
  if (token.kind === "keyword")
    return token.text in literalKeywords || ["all", "any", "map", "filter", "lambda"].includes(token.text);
  return token.kind === "name" || token.kind === "int" || token.kind === "float" || token.kind === "string";
}

/** primary = operand { selector | subscript | call | config } */
export function parsePrimary(p: Cursor): Expression {
  let value = parseOperand(p);
  for (;;) {
    if (p.isOp(".") || (p.isOp("?") && p.isOp(".", p.peek()))) value = parseSelector(p, value);
    else if (p.isOp("[") || (p.isOp("?") && p.isOp("[", p.peek()))) value = parseSubscript(p, value);
    else if (p.isOp("(")) value = parseCall(p, value);
    else if (p.isOp("{") && !p.bareTarget && takesConfig(value)) value = parseSchemaExpression(p, value);
    else return value;
  }
}

function takesConfig(value: Expression): boolean {
  return value.kind === "name" || value.kind === "selector" || value.kind === "call" || value.kind === "subscript";
}

/** schema_expression = primary ["(" arguments ")"] config */
function parseSchemaExpression(p: Cursor, value: Expression): Expression {
  const config = parseConfig(p);
  if (config.kind !== "config") return config;
  if (value.kind === "call")
    return { kind: "schemaExpression", at: value.at, schema: value.callee, args: value.args, keywords: value.keywords, config };
  return { kind: "schemaExpression", at: value.at, schema: value, args: [], keywords: [], config };
}

/** selector = ["?"] "." name */
function parseSelector(p: Cursor, value: Expression): Expression {
  const optional = p.acceptOp("?");
  p.next();
  const nameAt = p.place();
  const name = p.expectName(true)?.text ?? "";
  return { kind: "selector", at: value.at, value, name, nameAt, optional };
}

/** subscript = ["?"] "[" (expression | [expression] ":" [expression] [":" [expression]]) "]" */
function parseSubscript(p: Cursor, value: Expression): Expression {
  const optional = p.acceptOp("?");
  const start = p.next();
  const parts = inBrackets(p, "[", () => {
    const found: (Expression | undefined)[] = [undefined];
    p.skipNewlines();
    while (!p.isOp("]") && !p.isKind("eof")) {
      if (p.acceptOp(":")) found.push(undefined);
      else if (found.at(-1) === undefined && startsExpression(p)) found[found.length - 1] = parseExpression(p);
      else break;
      p.skipNewlines();
    }
    return found;
  });
  p.expectOp("]");
  p.mark("subscript", start);
  const [first, upper, step] = parts;
  if (parts.length === 1) {
    if (first === undefined) p.expected(["identifier", "literal", "(", "[", "{"]);
    return { kind: "subscript", at: value.at, value, index: first ?? { kind: "missing", at: value.at }, optional };
  }
  return {
    kind: "slice",
    at: value.at,
    value,
    optional,
    ...(first && { lower: first }),
    ...(upper && { upper }),
    ...(step && { step }),
  };
}

function startsExpression(p: Cursor): boolean {
  return startsPrimary(p) || p.isKeyword("not") || (p.isKind("op") && ["+", "-", "~"].includes(p.token.text));
}

/** call = "(" arguments ")" */
function parseCall(p: Cursor, callee: Expression): CallExpression {
  const { args, keywords } = parseArguments(p);
  return { kind: "call", at: callee.at, callee, args, keywords };
}

/** arguments = [argument { "," argument }], argument = [name "="] expression */
export function parseArguments(p: Cursor): { args: Expression[]; keywords: KeywordArgument[] } {
  const args: Expression[] = [];
  const keywords: KeywordArgument[] = [];
  p.expectOp("(");
  inBrackets(p, "(", () => {
    p.skipNewlines();
    while (!p.isOp(")") && !p.isKind("eof")) {
      const start = p.token;
      parseArgument(p, args, keywords);
      p.skipNewlines();
      if (!p.acceptOp(",") || p.token === start) break;
      p.skipNewlines();
    }
  });
  p.expectOp(")");
  return { args, keywords };
}

function parseArgument(p: Cursor, args: Expression[], keywords: KeywordArgument[]): void {
  const at = p.place();
  if ((p.isKind("name") && p.isOp("=", p.peek())) || namedByKeyword(p, ["="])) {
    const name = p.next().text;
    p.mark("keyword", p.next());
    keywords.push({ at, name, value: parseExpression(p) });
    return;
  }
  if (keywords.length > 0) p.report("positional argument follows keyword argument");
  args.push(parseExpression(p));
}

/** operand = literal | name | "(" expression ")" | list | config | quantifier | lambda */
function parseOperand(p: Cursor): Expression {
  const at = p.place();
  const token = p.token;
  switch (token.kind) {
    case "int":
      return { kind: "int", at, ...readInteger(p.next().text) };
    case "float":
      return { kind: "float", at, value: readFloat(p.next().text) };
    case "string":
      return parseString(p);
    case "name":
      p.next();
      return { kind: "name", at, name: token.text };
    case "keyword":
      return parseKeywordOperand(p);
    case "op":
      if (token.text === "(") return parseParenthesis(p);
      if (token.text === "[") return parseList(p);
      if (token.text === "{") return parseConfig(p);
      break;
    default:
  }
  return missingOperand(p);
}

function missingOperand(p: Cursor): Expression {
  const at = p.place();
  p.expected(["identifier", "literal", "(", "[", "{"]);
  return { kind: "missing", at };
}

function parseKeywordOperand(p: Cursor): Expression {
  const at = p.place();
  const word = p.token.text;
  if (word in literalKeywords) {
    p.next();
    return { kind: "constant", at, value: literalKeywords[word] };
  }
  if (word === "lambda") return parseLambda(p);
  if (word === "all" || word === "any" || word === "map" || word === "filter") return parseQuantifier(p, word);
  if (p.inDamagedLine || alsoNames.has(word)) return { kind: "name", at, name: p.next().text };
  return missingOperand(p);
}

/** Words that begin a statement and are names elsewhere. */
const alsoNames: ReadonlySet<string> = new Set(["schema", "mixin", "protocol", "rule", "check", "assert"]);

/** Whether a key or argument comes whose name is a keyword: one of the operators follows it. */
export function namedByKeyword(p: Cursor, operators: readonly string[]): boolean {
  const { kind, text } = p.token;
  return kind === "keyword" && !(text in literalKeywords) && operators.some((operator) => p.isOp(operator, p.peek()));
}

/** parenthesis = "(" expression ")" */
function parseParenthesis(p: Cursor): Expression {
  const at = p.place();
  p.next();
  const value = inBrackets(p, "(", () => {
    p.skipNewlines();
    const inner = parseExpression(p);
    if (p.isKind("newline") && closesNext(p, ")")) p.skipNewlines();
    return inner;
  });
  p.expectOp(")");
  return { kind: "parenthesis", at, value };
}

function closesNext(p: Cursor, bracket: string): boolean {
  let distance = 1;
  while (p.peek(distance).kind === "newline") distance++;
  return p.isOp(bracket, p.peek(distance));
}

/** list = "[" [items | expression comprehension] "]" */
function parseList(p: Cursor): Expression {
  const at = p.place();
  const start = p.next();
  const list = inBrackets(p, "[", (): Expression => {
    const items = parseListItems(p, () => p.isOp("]"));
    p.skipNewlines();
    const only = items[0];
    if (!p.isKeyword("for") || items.length !== 1 || only?.kind !== "item") return { kind: "list", at, items };
    return { kind: "listComprehension", at, item: only.value, generators: parseGenerators(p) };
  });
  p.skipNewlines();
  p.expectOp("]");
  p.mark("entries", start);
  return list;
}

/** items = item { ("," | newline) item } */
function parseListItems(p: Cursor, isEnd: () => boolean): ListItem[] {
  const items: ListItem[] = [];
  skipSeparators(p);
  while (!isEnd() && !p.isKind("eof")) {
    const before = p.position;
    items.push(parseListItem(p));
    if (p.position === before) break;
    if (!p.isKind("newline") && !p.isOp(",")) break;
    if (nextIsFor(p)) break;
    skipSeparators(p);
  }
  return items;
}

function nextIsFor(p: Cursor): boolean {
  let distance = 0;
  while (p.peek(distance).kind === "newline") distance++;
  return p.isKeyword("for", p.peek(distance));
}

function skipSeparators(p: Cursor): void {
  while (p.isKind("newline") || p.isOp(",")) p.next();
}

/** item = "*" expression | if_item | expression */
function parseListItem(p: Cursor): ListItem {
  const start = p.token;
  const item = parseAnyItem(p);
  p.mark("entry", start);
  return item;
}

function parseAnyItem(p: Cursor): ListItem {
  const at = p.place();
  if (p.isOp("*")) {
    p.mark("prefix", p.next());
    return { kind: "spread", at, value: parseExpression(p) };
  }
  if (p.isKeyword("if")) {
    return p.nested(
      () => parseIfItem(p),
      () => ({ kind: "spread", at, value: { kind: "missing", at } }),
    );
  }
  return { kind: "item", value: parseExpression(p) };
}

/** if_item = "if" expression ":" items ["elif" … | "else" ":" items] */
function parseIfItem(p: Cursor): ListItem {
  const at = p.place();
  const start = p.next();
  const condition = parseExpression(p);
  p.expectOp(":");
  const whenTrue = parseItemBlock(p, start);
  let otherwise: ListItem[] = [];
  if (branchFollows(p, "elif")) otherwise = [parseIfItem(p)];
  else if (branchFollows(p, "else")) {
    const word = p.next();
    p.expectOp(":");
    otherwise = parseItemBlock(p, word);
  }
  return { kind: "ifItem", at, condition, whenTrue, otherwise };
}

/** The items behind a colon: those on the same line, or the following lines that start right of the word. */
function parseItemBlock(p: Cursor, word: Token): ListItem[] {
  const items: ListItem[] = [];
  const first = p.firstOfBlock;
  if (!p.isKind("newline")) {
    items.push(parseListItem(p));
    p.mark("block", first, word);
    return items;
  }
  for (;;) {
    const position = p.position;
    skipSeparators(p);
    if (p.isOp("]") || p.isKind("eof") || p.token.column <= word.column || isBranchWord(p)) {
      p.rewind(position, p.diagnostics.length);
      p.mark("block", first, word);
      return items;
    }
    const before = p.position;
    items.push(parseListItem(p));
    if (p.position === before) return items;
  }
}

function isBranchWord(p: Cursor): boolean {
  return p.isKeyword("elif") || p.isKeyword("else") || p.isKeyword("for");
}

/** Whether `elif` or `else` comes next, perhaps after separators; if so they are skipped. */
export function branchFollows(p: Cursor, word: "elif" | "else"): boolean {
  let distance = 0;
  while (p.peek(distance).kind === "newline" || p.isOp(",", p.peek(distance))) distance++;
  if (!p.isKeyword(word, p.peek(distance))) return false;
  for (; distance > 0; distance--) p.next();
  return true;
}

/** generators = { "for" variable ["," variable] "in" expression { "if" expression } } */
export function parseGenerators(p: Cursor): Generator[] {
  const generators: Generator[] = [];
  p.skipNewlines();
  while (p.isKeyword("for")) {
    const start = p.next();
    const at = p.place(start);
    p.mark("entry", start);
    const variables = parseLoopVariables(p);
    expectIn(p);
    const source = parseSimpleExpression(p);
    const conditions: Expression[] = [];
    p.skipNewlines();
    while (p.isKeyword("if")) {
      p.mark("entry", p.next());
      conditions.push(parseSimpleExpression(p));
      p.skipNewlines();
    }
    generators.push({ at, variables, source, conditions });
  }
  return generators;
}

/** `in`; what stands there instead is skipped. */
function expectIn(p: Cursor): void {
  if (p.acceptKeyword("in")) return;
  p.expected(["in"]);
  if (p.isKind("op")) p.next();
}

/** loop_variables = loop_variable { "," loop_variable } */
function parseLoopVariables(p: Cursor): LoopVariable[] {
  const variables: LoopVariable[] = [];
  do variables.push(parseLoopVariable(p));
  while (p.acceptOp(","));
  return variables;
}

/** loop_variable = name; selectors behind it are taken along and refused by the checker */
function parseLoopVariable(p: Cursor): LoopVariable {
  const at = p.place();
  if (!p.isKind("name")) return { at, name: "", plain: ["name", "missing"].includes(parsePrimary(p).kind) };
  const name = p.next().text;
  if (!p.isOp(".")) return { at, name, plain: true };
  while (p.acceptOp(".")) p.expectName(true);
  return { at, name: "", plain: false };
}

/** quantifier = ("all" | "any" | "map" | "filter") variables "in" expression "{" expression ["if" expression] "}" */
function parseQuantifier(p: Cursor, form: "all" | "any" | "map" | "filter"): Expression {
  const at = p.place(p.next());
  const variables = parseLoopVariables(p);
  expectIn(p);
  const outer = p.bareTarget;
  p.bareTarget = true;
  const source = parseSimpleExpression(p);
  p.bareTarget = outer;
  const start = p.token;
  if (!p.isOp("{")) {
    if (!p.isReported) p.expected(["{"]);
    return { kind: "quantifier", at, form, variables, source, test: { kind: "missing", at: p.place() } };
  }
  p.next();
  const body = inBrackets(p, "{", () => parseQuantifierBody(p));
  p.skipNewlines();
  p.expectOp("}");
  p.mark("code", start);
  return { kind: "quantifier", at, form, variables, source, ...body };
}

function parseQuantifierBody(p: Cursor): { test: Expression; condition?: Expression } {
  p.skipNewlines();
  const at = p.place();
  const start = p.token;
  const test = parseSimpleExpression(p);
  p.mark("entry", start);
  if (!p.acceptKeyword("if")) return { test };
  const condition = parseSimpleExpression(p);
  if (!p.acceptKeyword("else")) return { test, condition };
  return { test: { kind: "conditional", at, condition, whenTrue: test, otherwise: parseExpression(p) } };
}

/** string = plain or interpolated literal */
function parseString(p: Cursor): Expression {
  const at = p.place();
  const token = p.next();
  const { raw, body, prefixLength } = openStringToken(token.text);
  if (raw) return { kind: "string", at, value: body };
  if (!body.includes("${")) return { kind: "string", at, value: unescapeString(body) };
  const parts: TemplatePart[] = splitInterpolation(body).map((piece) => {
    if (piece.kind === "text") return { at, value: { kind: "string", at, value: piece.text } };
    const value = parseEmbedded(p, piece.source, token, prefixLength + piece.offset);
    return { at: value.at, value, ...(piece.format !== undefined && { format: piece.format }) };
  });
  return { kind: "template", at, parts };
}

function parseEmbedded(p: Cursor, source: string, token: Token, offset: number): Expression {
  const before = token.text.slice(0, offset).split("\n");
  const line = token.line + before.length - 1;
  const column = before.length === 1 ? token.column + offset : before.at(-1)!.length + 1;
  const { tokens, diagnostics } = scan(p.file, source, { line, column });
  const inner = new CursorClass(p.file, source, tokens);
  const value = parseExpression(inner);
  inner.skipNewlines();
  if (!inner.isKind("eof") && inner.diagnostics.length === 0) inner.unexpected();
  p.diagnostics.push(...diagnostics, ...inner.diagnostics);
  return value;
}

/** Runs `parse` with the settings that hold inside a bracket, and restores them. */
export function inBrackets<T>(p: Cursor, bracket: "(" | "[" | "{", parse: () => T): T {
  const { bareTarget, inParentheses } = p;
  p.bareTarget = false;
  p.inParentheses = bracket === "(";
  const result = parse();
  p.bareTarget = bareTarget;
  p.inParentheses = inParentheses;
  return result;
}
