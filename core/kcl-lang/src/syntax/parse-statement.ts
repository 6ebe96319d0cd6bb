/** Statements. A statement may stand for several (a simple line is one, `schema` is one, an error is none). */
import { diagnostic, kinds } from "../diagnostics/diagnostic.js";
import type { AssignStatement, BinaryOperator, Expression, Statement, Target, TargetStep, TypeNode } from "./ast.js";
import type { Cursor } from "./cursor.js";
import { parseArguments } from "./parse-primary.js";
import { parseConfig } from "./parse-config.js";
import { parseExpression, parseSimpleExpression } from "./parse-expression.js";
import { parseDecorated, parseRule, parseSchema } from "./parse-schema.js";
import { parseType } from "./parse-type.js";
import type { Token } from "./token.js";

/** statement = import | schema | mixin | protocol | rule | if | assert | type_alias | simple */
export function parseStatement(p: Cursor): Statement[] {
  return p.nested(
    () => parseAnyStatement(p),
    () => [],
  );
}

function parseAnyStatement(p: Cursor): Statement[] {
  const token = p.token;
  if (token.kind === "keyword") {
    switch (token.text) {
      case "import":
        return parseImport(p);
      case "schema":
      case "mixin":
      case "protocol":
        return [parseSchema(p, [])];
      case "rule":
        return [parseRule(p, [])];
      case "if":
        return [parseIf(p)];
      case "assert":
        return [parseAssert(p)];
      default:
    }
  }
  if (p.isOp("@")) return parseDecorated(p);
  if (token.kind === "name" && token.text === "type" && p.peek().kind === "name" && p.isOp("=", p.peek(2)))
    return [parseTypeAlias(p)];
  return parseSimple(p);
}

/** import = "import" { "." } name { "." name } ["as" name] */
function parseImport(p: Cursor): Statement[] {
  const at = p.place(p.next());
  let path = "";
  while (p.isOp(".") || p.isOp("...")) path += p.next().text;
  let last = "";
  do {
    const name = p.expectName(true);
    if (name === undefined) break;
    last = name.text;
    path += path === "" || path.endsWith(".") ? last : `.${last}`;
  } while (p.acceptOp("."));
  if (p.acceptKeyword("as")) last = p.expectName()?.text ?? last;
  return last === "" ? [] : [{ kind: "import", at, path, name: last }];
}

/** type_alias = "type" name "=" type */
function parseTypeAlias(p: Cursor): Statement {
  const at = p.place(p.next());
  const name = p.next().text;
  p.next();
  return { kind: "typeAlias", at, name, type: parseType(p) };
}

/** assert = "assert" simple_expression ["if" simple_expression] ["," expression] */
function parseAssert(p: Cursor): Statement {
  const at = p.place(p.next());
  const test = parseSimpleExpression(p);
  const condition = p.acceptKeyword("if") ? parseSimpleExpression(p) : undefined;
  const message = p.acceptOp(",") ? parseExpression(p) : undefined;
  return { kind: "assert", at, test, ...(condition && { condition }), ...(message && { message }) };
}

/** if = "if" expression ":" block { "elif" expression ":" block } ["else" ":" block] */
function parseIf(p: Cursor): Statement {
  const at = p.place();
  const start = p.next();
  const condition = parseExpression(p);
  p.expectOp(":");
  const body = parseBlock(p, start);
  let otherwise: Statement[] = [];
  if (atBranch(p, start, "elif")) otherwise = [parseIf(p)];
  else if (atBranch(p, start, "else")) {
    const word = p.next();
    p.expectOp(":");
    otherwise = parseBlock(p, word);
  }
  return { kind: "if", at, condition, body, otherwise };
}

function atBranch(p: Cursor, start: Token, word: "elif" | "else"): boolean {
  let distance = 0;
  while (p.peek(distance).kind === "newline") distance++;
  if (!p.isKeyword(word, p.peek(distance))) return false;
  if (distance > 0 && p.peek(distance).column < start.column) return false;
  p.skipNewlines();
  return true;
}

/** block = simple newline | newline indent { statement newline } dedent */
export function parseBlock(p: Cursor, word: Token, parseOne: (p: Cursor) => Statement[] = parseStatement): Statement[] {
  const first = p.firstOfBlock;
  const statements = parseBlockBody(p, word, parseOne);
  p.mark("block", first, word);
  return statements;
}

function parseBlockBody(p: Cursor, word: Token, parseOne: (p: Cursor) => Statement[]): Statement[] {
  if (!p.isKind("newline")) return parseOne(p);
  if (p.token.inBrackets) return parseBracketedBlock(p, word, parseOne);
  p.skipNewlines();
  if (!p.isKind("indent")) {
    p.expected(["indent"]);
    return [];
  }
  p.next();
  const statements: Statement[] = [];
  while (!p.isKind("dedent") && !p.isKind("eof")) parseLine(p, statements, parseOne);
  if (p.isKind("dedent")) p.next();
  return statements;
}

/** Inside a lambda there are no indentation tokens: a block is what starts right of the word that opens it. */
function parseBracketedBlock(p: Cursor, word: Token, parseOne: (p: Cursor) => Statement[]): Statement[] {
  const statements: Statement[] = [];
  for (;;) {
    const position = p.position;
    p.skipNewlines();
    if (p.isOp("}") || p.isKind("eof") || p.token.column <= word.column) {
      p.rewind(position, p.diagnostics.length);
      return statements;
    }
    const before = p.position;
    const start = p.token;
    const reported = p.diagnostics.length;
    statements.push(...parseOne(p));
    p.mark("entry", start);
    if (p.position === before) return statements;
    parseRestOfLine(p, reported, statements, parseOne, "}");
  }
}

/**
 * What is left of a line after a statement. The first token that does not belong there is reported; what follows is read as further
 * statements, and only tokens that cannot start one are reported. `closing`: the bracket that ends the construct around it.
 */
export function parseRestOfLine(
  p: Cursor,
  reported: number,
  statements: Statement[],
  parseOne: (p: Cursor) => Statement[] = parseStatement,
  closing?: "}",
): void {
  const atLineEnd = (): boolean =>
    p.isKind("newline") || p.isKind("dedent") || p.isKind("eof") || (closing !== undefined && p.isOp(closing));
  if (atLineEnd()) return;
  if (p.diagnostics.length === reported) skipUnexpected(p, !startsStatement(p));
  while (!atLineEnd()) {
    const before = p.position;
    if (startsStatement(p)) statements.push(...parseOne(p));
    if (p.position === before) skipUnexpected(p, true);
  }
}

function skipUnexpected(p: Cursor, skip: boolean): void {
  p.unexpected();
  if (skip) p.next();
}

function startsStatement(p: Cursor): boolean {
  const { kind, text } = p.token;
  return kind === "op" ? ["(", "[", "{", "@", "+", "-", "~"].includes(text) : kind !== "indent";
}

/** One line of a module or block, with recovery: whatever is left of the line is reported and skipped. */
export function parseLine(p: Cursor, statements: Statement[], parseOne: (p: Cursor) => Statement[] = parseStatement): void {
  if (p.isKind("newline")) {
    p.next();
    return;
  }
  if (p.isKind("indent") || (p.isKind("dedent") && parseOne === parseStatement)) {
    p.unexpected();
    p.next();
    return;
  }
  const before = p.position;
  const reported = p.diagnostics.length;
  statements.push(...parseOne(p));
  if (p.isKind("newline") || p.isKind("dedent") || p.isKind("eof")) return;
  const compound = p.position !== before && ["dedent", "newline"].includes(p.peek(-1).kind);
  if (compound) return;
  if (p.position === before && p.diagnostics.length > reported) skipUnexpected(p, true);
  parseRestOfLine(p, reported, statements, parseOne);
}

const augmented: Readonly<Record<string, BinaryOperator>> = {
  "+=": "+",
  "-=": "-",
  "*=": "*",
  "/=": "/",
  "//=": "//",
  "%=": "%",
  "**=": "**",
  "<<=": "<<",
  ">>=": ">>",
  "&=": "&",
  "|=": "|",
  "^=": "^",
};

/** simple = target { "=" target } "=" expression | target ":" type ["=" expression] | target operator "=" expression | expression */
function parseSimple(p: Cursor): Statement[] {
  const at = p.place();
  const first = parseExpression(p);
  if (p.isOp(":")) return parseAnnotated(p, first);
  if (p.isOp("=")) return [parseAssign(p, first)];
  const operator = p.isKind("op") ? augmented[p.token.text] : undefined;
  if (operator === undefined) return [{ kind: "expression", at, value: first }];
  p.next();
  const value = parseExpression(p);
  const target = toTarget(p, first);
  return target === undefined ? [] : [{ kind: "augmentedAssign", at, target, operator, value }];
}

function parseAssign(p: Cursor, first: Expression): AssignStatement {
  const targets: Target[] = [];
  let value = first;
  while (p.acceptOp("=")) {
    const target = toTarget(p, value);
    if (target !== undefined) targets.push(target);
    value = parseExpression(p);
  }
  return { kind: "assign", at: first.at, targets, value };
}

/** annotated = target ":" type ["=" expression] | target ":" name ["(" arguments ")"] config */
function parseAnnotated(p: Cursor, first: Expression): Statement[] {
  const target = toTarget(p, first);
  p.next();
  const type = parseType(p);
  if (type.kind === "namedType" && (p.isOp("{") || p.isOp("("))) return parseUnification(p, target, type);
  if (!p.isOp("=")) {
    if (p.isKind("newline") && p.peek().kind === "dedent") p.next();
    if (target !== undefined) p.expected(["="]);
    return [];
  }
  p.next();
  const targets = target === undefined ? [] : [target];
  let value = parseExpression(p);
  while (p.acceptOp("=")) {
    const another = toTarget(p, value);
    if (another !== undefined) targets.push(another);
    value = parseExpression(p);
  }
  return [{ kind: "assign", at: first.at, targets, type, value }];
}

/** unification = name ["(" arguments ")"] config */
export function parseUnification(p: Cursor, target: Target | undefined, type: TypeNode & { kind: "namedType" }): Statement[] {
  const { args, keywords } = p.isOp("(") ? parseArguments(p) : { args: [], keywords: [] };
  if (!p.isOp("{")) {
    p.expected(["{"]);
    return [];
  }
  const config = parseConfig(p);
  if (target === undefined || config.kind !== "config") return [];
  const schema = namePath(type);
  return [
    {
      kind: "unification",
      at: target.at,
      target,
      value: { kind: "schemaExpression", at: type.at, schema, args, keywords, config },
    },
  ];
}

function namePath(type: TypeNode & { kind: "namedType" }): Expression {
  const [first, ...rest] = type.path;
  let value: Expression = { kind: "name", at: type.at, name: first! };
  for (const name of rest) value = { kind: "selector", at: type.at, value, name, nameAt: type.at, optional: false };
  return value;
}

/** Turns an expression into the target of an assignment, or reports why it cannot be one. */
function toTarget(p: Cursor, expression: Expression): Target | undefined {
  const path: TargetStep[] = [];
  let inner = expression;
  for (;;) {
    if (inner.kind === "name") return { at: expression.at, name: inner.name, path: path.reverse() };
    if (inner.kind === "selector" && !inner.optional) path.push({ kind: "attribute", name: inner.name, at: inner.nameAt });
    else if (inner.kind === "subscript") path.push({ kind: "index", index: inner.index, at: inner.at });
    else break;
    inner = inner.value;
  }
  reportTarget(p, inner);
  return undefined;
}

const nodeNames: Readonly<Record<string, string>> = {
  call: "CallExpression",
  slice: "SubscriptExpression",
  binary: "BinaryExpression",
  unary: "UnaryExpression",
  int: "NumberLiteral",
  float: "NumberLiteral",
  string: "StringLiteral",
  template: "JoinedString",
  list: "ListExpression",
  config: "ConfigExpression",
  schemaExpression: "SchemaExpression",
  lambda: "LambdaExpression",
  parenthesis: "ParenExpression",
  compare: "CompareExpression",
  constant: "NameConstantLiteral",
  conditional: "IfExpression",
  logic: "BinaryExpression",
  quantifier: "QuantExpression",
  selector: "SelectorExpression",
};

function reportTarget(p: Cursor, expression: Expression): void {
  if (expression.kind === "missing" || p.inDamagedLine) return;
  const reason =
    expression.kind === "slice" ? ", because the left-hand side of an assignment expression may not be a slice access" : "";
  const name = nodeNames[expression.kind] ?? "Expression";
  p.diagnostics.push(diagnostic(kinds.syntax, `'${name}' is an illegal expression for assignment${reason}`, expression.at));
}
