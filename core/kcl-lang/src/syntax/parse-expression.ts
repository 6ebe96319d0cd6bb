/** Expressions: operators by precedence, loosest first. Operands are in `parse-primary.ts`. */
import type { BinaryOperator, CompareOperator, Expression, UnaryOperator } from "./ast.js";
import type { Cursor } from "./cursor.js";
import { parsePrimary, startsPrimary } from "./parse-primary.js";
import { parseType } from "./parse-type.js";

/** expression = simple_expression ["if" simple_expression "else" expression] */
export function parseExpression(p: Cursor): Expression {
  return p.nested(
    () => parseConditional(p),
    () => ({ kind: "missing", at: p.place() }),
  );
}

function parseConditional(p: Cursor): Expression {
  const at = p.place();
  const whenTrue = parseSimpleExpression(p);
  if (!p.isKeyword("if")) return whenTrue;
  p.next();
  const condition = parseSimpleExpression(p);
  skipBeforeElse(p);
  if (!p.acceptKeyword("else")) {
    p.expected(["else"]);
    return whenTrue;
  }
  skipInBrackets(p);
  return { kind: "conditional", at, condition, whenTrue, otherwise: parseExpression(p) };
}

function skipBeforeElse(p: Cursor): void {
  if (!p.isKind("newline") || !p.token.inBrackets) return;
  let distance = 1;
  while (p.peek(distance).kind === "newline") distance++;
  if (p.isKeyword("else", p.peek(distance))) p.skipNewlines();
}

/** simple_expression = or_expression { "as" type } */
export function parseSimpleExpression(p: Cursor): Expression {
  const at = p.place();
  let value = parseOr(p);
  while (p.acceptKeyword("as")) value = { kind: "as", at, value, type: parseType(p) };
  return value;
}

/** or_expression = and_expression { "or" and_expression } */
function parseOr(p: Cursor): Expression {
  const at = p.place();
  let left = parseAnd(p);
  while (startsOperator(p, (q) => q.isKeyword("or") || isLogicAlias(q, "||"))) {
    takeLogic(p);
    left = { kind: "logic", at, operator: "or", left, right: parseAnd(p) };
  }
  return left;
}

/** and_expression = compare { "and" compare } */
function parseAnd(p: Cursor): Expression {
  const at = p.place();
  let left = parseCompare(p, 0);
  while (startsOperator(p, (q) => q.isKeyword("and") || isLogicAlias(q, "&&"))) {
    takeLogic(p);
    left = { kind: "logic", at, operator: "and", left, right: parseCompare(p, 0) };
  }
  return left;
}

/** `&&` and `||` are refused by the language and accepted in conditions (see `Cursor.aliases`). */
function isLogicAlias(p: Cursor, text: "&&" | "||"): boolean {
  if (!p.aliases) return false;
  const symbol = text[0]!;
  return p.isOp(symbol) && p.isOp(symbol, p.peek()) && p.peek().start === p.token.end;
}

function takeLogic(p: Cursor): void {
  if (p.next().kind === "op") p.next();
  skipInBrackets(p);
}

const compareLevels: readonly (readonly CompareOperator[])[] = [
  ["==", "!="],
  ["in", "not in"],
  ["is", "is not"],
  ["<", ">", "<=", ">="],
];

/** compare = operand { operator operand }, one level for each of: `== !=`, `in`, `is`, `< > <= >=` */
function parseCompare(p: Cursor, level: number): Expression {
  const operators = compareLevels[level];
  if (operators === undefined) return parseBinary(p, 0);
  const at = p.place();
  const first = parseCompare(p, level + 1);
  const rest: { operator: CompareOperator; value: Expression }[] = [];
  for (;;) {
    const operator = takeCompareOperator(p, operators);
    if (operator === undefined) break;
    rest.push({ operator, value: parseCompare(p, level + 1) });
  }
  return rest.length === 0 ? first : { kind: "compare", at, first, rest };
}

function takeCompareOperator(p: Cursor, operators: readonly CompareOperator[]): CompareOperator | undefined {
  const found = operators.find((operator) => {
    const [first, second] = operator.split(" ") as [string, string | undefined];
    return startsOperator(p, (q) => {
      const matches = q.token.text === first && (q.isKind("op") || q.isKind("keyword"));
      if (!matches) return false;
      if (second !== undefined) return q.isKeyword(second, q.peek());
      return !(first === "is" && q.isKeyword("not", q.peek()));
    });
  });
  if (found === undefined) return undefined;
  for (const _word of found.split(" ")) p.next();
  skipInBrackets(p);
  return found;
}

const binaryLevels: readonly (readonly BinaryOperator[])[] = [
  ["|"],
  ["^"],
  ["&"],
  ["<<", ">>"],
  ["+", "-"],
  ["*", "/", "%", "//"],
  ["**"],
];

/** binary = operand { operator operand }, left-associative, one level for each line of `binaryLevels` */
function parseBinary(p: Cursor, level: number): Expression {
  const operators = binaryLevels[level];
  if (operators === undefined) return parseUnary(p);
  const at = p.place();
  let left = parseBinary(p, level + 1);
  for (;;) {
    const matches = startsOperator(p, (q) => {
      const found = q.isKind("op") && (operators as readonly string[]).includes(q.token.text);
      return found && !isLogicAlias(q, "||") && !isLogicAlias(q, "&&");
    });
    if (!matches) return left;
    const operator = p.next().text as BinaryOperator;
    skipInBrackets(p);
    left = { kind: "binary", at, operator, left, right: parseBinary(p, level + 1) };
  }
}

/** unary = ("+" | "-" | "~" | "not") unary | primary */
function parseUnary(p: Cursor): Expression {
  const at = p.place();
  const token = p.token;
  const isSign = token.kind === "op" && ["+", "-", "~", "!"].includes(token.text);
  if (!isSign && !p.isKeyword("not")) return parsePrimary(p);
  p.next();
  p.mark("prefix", token);
  if (token.text === "!" && !p.aliases) p.report("unexpected token '!'", token);
  if (!startsPrimary(p) && !p.isKeyword("not") && !(p.isKind("op") && ["+", "-", "~", "!"].includes(p.token.text))) {
    p.expected(["identifier", "literal", "(", "[", "{"]);
    return { kind: "missing", at };
  }
  const operator = (token.text === "!" ? "not" : token.text) as UnaryOperator;
  return { kind: "unary", at, operator, value: parseUnary(p) };
}

/** Whether an operator comes next; inside parentheses it may stand on the next line. */
function startsOperator(p: Cursor, test: (p: Cursor) => boolean): boolean {
  if (test(p)) return true;
  if (!p.isKind("newline") || !p.inParentheses) return false;
  const position = p.position;
  const reported = p.diagnostics.length;
  p.skipNewlines();
  if (test(p)) return true;
  p.rewind(position, reported);
  return false;
}

/** After an operator the operand may stand on the next line, inside brackets. */
function skipInBrackets(p: Cursor): void {
  if (p.token.inBrackets) p.skipNewlines();
}
