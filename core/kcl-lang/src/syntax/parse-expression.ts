/** Expressions: operators by precedence, loosest first. Operands are in `parse-primary.ts`. */
import type { BinaryOperator, CompareOperator, Expression, UnaryOperator } from "./ast.js";
import type { Cursor } from "./cursor.js";
import { parsePrimary, startsPrimary } from "./parse-primary.js";
import { parseType } from "./parse-type.js";

/** expression = simple_expression ["if" simple_expression "else" expression] */
export function parseExpression(p: Cursor): Expression {
  const at = p.place();
  const whenTrue = parseSimpleExpression(p);
  if (!ifFollows(p)) return whenTrue;
  p.next();
  const condition = parseSimpleExpression(p);
  skipBeforeElse(p);
  if (!p.acceptKeyword("else")) {
    p.expected(["else"]);
    return whenTrue;
  }
  skipInBrackets(p);
  const otherwise = p.nested(
    () => parseExpression(p),
    () => missing(p),
  );
  return { kind: "conditional", at, condition, whenTrue, otherwise };
}

/** Whether `if` comes next; inside parentheses it may stand on the next line. */
function ifFollows(p: Cursor): boolean {
  let distance = 0;
  while (p.inParentheses && p.peek(distance).kind === "newline") distance++;
  if (!p.isKeyword("if", p.peek(distance))) return false;
  if (distance > 0) p.skipNewlines();
  return true;
}

function missing(p: Cursor): Expression {
  return { kind: "missing", at: p.place() };
}

function skipBeforeElse(p: Cursor): void {
  if (!p.isKind("newline") || !p.token.inBrackets) return;
  let distance = 1;
  while (p.peek(distance).kind === "newline") distance++;
  if (p.isKeyword("else", p.peek(distance))) p.skipNewlines();
}

/** simple_expression = operators { "as" type }. Whatever contains itself does so by way of this production, which is why it is bounded. */
export function parseSimpleExpression(p: Cursor): Expression {
  if (!p.descend()) return missing(p);
  const value = parseCast(p);
  p.ascend();
  return value;
}

function parseCast(p: Cursor): Expression {
  const at = p.place();
  let value = parseOperators(p, 0);
  while (p.acceptKeyword("as")) value = { kind: "as", at, value, type: parseType(p) };
  return value;
}

/** An operator in the source: how tightly it binds, what it makes, how many tokens it has. */
type Operator =
  | { readonly level: number; readonly words: number; readonly kind: "logic"; readonly operator: "or" | "and" }
  | { readonly level: number; readonly words: number; readonly kind: "compare"; readonly operator: CompareOperator }
  | { readonly level: number; readonly words: number; readonly kind: "binary"; readonly operator: BinaryOperator };

/** Loosest first. All are left-associative; comparisons of one level form a chain. */
const levels: readonly (
  | readonly ["logic", ...("or" | "and")[]]
  | readonly ["compare", ...CompareOperator[]]
  | readonly ["binary", ...BinaryOperator[]]
)[] = [
  ["logic", "or"],
  ["logic", "and"],
  ["compare", "==", "!="],
  ["compare", "in", "not in"],
  ["compare", "is", "is not"],
  ["compare", "<", ">", "<=", ">="],
  ["binary", "|"],
  ["binary", "^"],
  ["binary", "&"],
  ["binary", "<<", ">>"],
  ["binary", "+", "-"],
  ["binary", "*", "/", "%", "//"],
  ["binary", "**"],
];

const operators: ReadonlyMap<string, Operator> = new Map(
  levels.flatMap(([kind, ...texts], level) =>
    texts.map((operator) => [operator, { kind, operator, level, words: operator.split(" ").length } as Operator]),
  ),
);

/** operators = unary { operator unary }, by the levels of the operators from `lowest` on */
function parseOperators(p: Cursor, lowest: number): Expression {
  const at = p.place();
  let left = parseUnary(p);
  let chain: { readonly level: number; readonly rest: { operator: CompareOperator; value: Expression }[] } | undefined;
  for (;;) {
    const found = takeOperator(p, lowest);
    if (found === undefined) return left;
    const right = parseOperators(p, found.level + 1);
    if (found.kind === "compare" && chain?.level === found.level) chain.rest.push({ operator: found.operator, value: right });
    else if (found.kind === "compare") {
      chain = { level: found.level, rest: [{ operator: found.operator, value: right }] };
      left = { kind: "compare", at, first: left, rest: chain.rest };
    } else if (found.kind === "logic") left = { kind: "logic", at, operator: found.operator, left, right };
    else left = { kind: "binary", at, operator: found.operator, left, right };
  }
}

/** Takes an operator of this level or a tighter one; inside parentheses it may stand on the next line. */
function takeOperator(p: Cursor, lowest: number): Operator | undefined {
  const { position } = p;
  const reported = p.diagnostics.length;
  if (p.isKind("newline") && p.inParentheses) p.skipNewlines();
  const found = operatorHere(p);
  if (found === undefined || found.level < lowest) {
    if (p.position !== position) p.rewind(position, reported);
    return undefined;
  }
  for (let word = 0; word < found.words; word++) p.next();
  skipInBrackets(p);
  return found;
}

function operatorHere(p: Cursor): Operator | undefined {
  const { kind, text } = p.token;
  if (kind !== "op" && kind !== "keyword") return undefined;
  if (p.aliases && (text === "|" || text === "&") && p.isOp(text, p.peek()) && p.peek().start === p.token.end)
    return logicAliases[text];
  if (text === "not") return p.isKeyword("in", p.peek()) ? operators.get("not in") : undefined;
  if (text === "is" && p.isKeyword("not", p.peek())) return operators.get("is not");
  return operators.get(text);
}

/** `&&` and `||` are refused by the language and accepted in conditions (see `Cursor.aliases`). */
const logicAliases = {
  "|": { ...operators.get("or")!, words: 2 },
  "&": { ...operators.get("and")!, words: 2 },
} as const;

const prefixes: ReadonlySet<string> = new Set(["+", "-", "~", "!"]);

/** unary = { "+" | "-" | "~" | "not" } primary */
function parseUnary(p: Cursor): Expression {
  if (!startsWithPrefix(p)) return parsePrimary(p);
  const found: { readonly at: Expression["at"]; readonly operator: UnaryOperator }[] = [];
  while (startsWithPrefix(p) && found.length < mostPrefixes) {
    const token = p.next();
    p.mark("prefix", token);
    if (token.text === "!" && !p.aliases) p.report("unexpected token '!'", token);
    found.push({ at: p.place(token), operator: (token.text === "!" ? "not" : token.text) as UnaryOperator });
  }
  let value = parsePrefixed(p, found.at(-1)!.at);
  for (const { at, operator } of found.reverse()) value = { kind: "unary", at, operator, value };
  return value;
}

/** Operators before one operand; more are damage. */
const mostPrefixes = 100;

function startsWithPrefix(p: Cursor): boolean {
  return (p.isKind("op") && prefixes.has(p.token.text)) || p.isKeyword("not");
}

function parsePrefixed(p: Cursor, at: Expression["at"]): Expression {
  if (startsPrimary(p)) return parsePrimary(p);
  p.expected(["identifier", "literal", "(", "[", "{"]);
  return { kind: "missing", at };
}

/** After an operator the operand may stand on the next line, inside brackets. */
function skipInBrackets(p: Cursor): void {
  if (p.token.inBrackets) p.skipNewlines();
}
