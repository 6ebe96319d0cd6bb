/** Schemas, mixins, protocols and rules. */
import type {
  AttributeStatement,
  BinaryOperator,
  Check,
  Decorator,
  Expression,
  IndexSignature,
  Parameter,
  SchemaStatement,
  Statement,
} from "./ast.js";
import type { Cursor } from "./cursor.js";
import { parseExpression, parseSimpleExpression } from "./parse-expression.js";
import { parseParameters } from "./parse-lambda.js";
import { inBrackets, parseArguments } from "./parse-primary.js";
import { parseBlock, parseLine, parseStatement, parseUnification } from "./parse-statement.js";
import { parseType } from "./parse-type.js";
import { openStringToken } from "./string-literal.js";
import { describeToken } from "./token.js";

/** decorated = { "@" decorator newline } (schema | rule) */
export function parseDecorated(p: Cursor): Statement[] {
  const decorators = parseDecorators(p);
  if (p.isKeyword("rule")) return [parseRule(p, decorators)];
  if (p.isKeyword("schema") || p.isKeyword("mixin") || p.isKeyword("protocol")) return [parseSchema(p, decorators)];
  p.expected(["schema", "mixin", "protocol", "rule"]);
  return [];
}

/** decorators = { "@" name ["(" arguments ")"] newline } */
function parseDecorators(p: Cursor): Decorator[] {
  const decorators: Decorator[] = [];
  while (p.isOp("@")) {
    const start = p.next();
    const at = p.place();
    const name = p.expectName()?.text ?? "";
    const { args, keywords } = p.isOp("(") ? parseArguments(p) : { args: [], keywords: [] };
    decorators.push({ at, name, args, keywords });
    p.mark("decorator", start);
    p.skipNewlines();
  }
  return decorators;
}

interface Header {
  readonly name: string;
  readonly nameAt: SchemaStatement["at"];
  readonly parameters: readonly Parameter[];
  readonly parent?: Expression;
  readonly host?: Expression;
}

/** header = name ["[" parameters "]"] ["(" name ")"] ["for" name] */
function parseHeader(p: Cursor): Header {
  const nameAt = p.place();
  const name = p.expectName()?.text ?? "";
  let parameters: Parameter[] = [];
  if (p.acceptOp("[")) {
    parameters = inBrackets(p, "[", () => parseParameters(p, () => p.isOp("]")));
    p.expectOp("]");
  }
  const parent = p.isOp("(") ? parseParent(p) : undefined;
  const host = p.acceptKeyword("for") ? parseTypeName(p) : undefined;
  return { name, nameAt, parameters, ...(parent && { parent }), ...(host && { host }) };
}

/** parent = "(" [name { "." name }] ")" */
function parseParent(p: Cursor): Expression | undefined {
  p.next();
  if (p.acceptOp(")")) return undefined;
  const parent = parseTypeName(p);
  p.replaceOp(")");
  return parent;
}

/** type_name = name { "." name } */
function parseTypeName(p: Cursor): Expression {
  const at = p.place();
  let value: Expression = { kind: "name", at, name: p.expectName(true)?.text ?? "" };
  while (p.acceptOp(".")) {
    const nameAt = p.place();
    value = { kind: "selector", at, value, name: p.expectName(true)?.text ?? "", nameAt, optional: false };
  }
  return value;
}

interface BodyParts {
  readonly statements: Statement[];
  readonly mixins: Expression[];
  readonly signatures: IndexSignature[];
  readonly checks: Check[];
  documentation: string | undefined;
}

/** schema = ("schema" | "mixin" | "protocol") header ":" body */
export function parseSchema(p: Cursor, decorators: readonly Decorator[]): SchemaStatement {
  const start = p.next();
  const header = parseHeader(p);
  const parts = parseSchemaBody(p, (parts) => parseSchemaLine(p, parts));
  return finish(p.place(start), start.text as SchemaStatement["form"], header, decorators, parts);
}

/** rule = "rule" header ":" checks */
export function parseRule(p: Cursor, decorators: readonly Decorator[]): SchemaStatement {
  const start = p.next();
  const header = parseHeader(p);
  const parts = parseSchemaBody(p, (parts) => parts.checks.push(parseCheck(p)));
  return finish(p.place(start), "rule", header, decorators, parts);
}

function finish(
  at: SchemaStatement["at"],
  form: SchemaStatement["form"],
  header: Header,
  decorators: readonly Decorator[],
  parts: BodyParts,
): SchemaStatement {
  const [indexSignature, ...extraIndexSignatures] = parts.signatures;
  return {
    kind: "schema",
    at,
    form,
    ...header,
    decorators,
    mixins: parts.mixins,
    body: parts.statements,
    checks: parts.checks,
    extraIndexSignatures,
    ...(indexSignature && { indexSignature }),
    ...(parts.documentation !== undefined && { documentation: parts.documentation }),
  };
}

/** body = newline indent [documentation] { line } dedent */
function parseSchemaBody(p: Cursor, parseOne: (parts: BodyParts) => void): BodyParts {
  const parts: BodyParts = { statements: [], mixins: [], signatures: [], checks: [], documentation: undefined };
  p.replaceOp(":");
  if (!p.isKind("newline")) return parts;
  p.skipNewlines();
  if (!p.isKind("indent")) return parts;
  p.next();
  const first = p.token;
  if (p.isKind("string") && p.peek().kind === "newline") parts.documentation = openStringToken(p.next().text).body;
  const guarded = (_q: Cursor): Statement[] => {
    parseOne(parts);
    return [];
  };
  while (!p.isKind("dedent") && !p.isKind("eof")) parseLine(p, [], guarded);
  p.mark("block", first);
  if (p.isKind("dedent")) p.next();
  return parts;
}

/** line = mixin_list | check_block | index_signature | attribute | statement */
function parseSchemaLine(p: Cursor, parts: BodyParts): void {
  if (p.isKeyword("mixin") && p.isOp("[", p.peek())) return parseMixins(p, parts);
  if (p.isKeyword("check") && p.isOp(":", p.peek())) return parseCheckBlock(p, parts);
  if (p.isOp("[") && p.isOp(":", p.peek(p.matching() + 1))) {
    parts.signatures.push(parseIndexSignature(p));
    return;
  }
  parts.statements.push(...parseMember(p));
}

/** member = attribute | statement */
function parseMember(p: Cursor): Statement[] {
  if (p.isOp("@")) {
    const decorators = parseDecorators(p);
    return parseAttribute(p, decorators);
  }
  if (startsAttribute(p)) return parseAttribute(p, []);
  return parseStatement(p);
}

function startsAttribute(p: Cursor): boolean {
  const next = p.peek();
  const isOptional = p.isOp("?", next) && p.isOp(":", p.peek(2));
  if (p.isKind("keyword")) return isOptional;
  return (p.isKind("name") || p.isKind("string")) && (p.isOp(":", next) || isOptional);
}

const attributeOperators: Readonly<Record<string, "=" | BinaryOperator>> = {
  "=": "=",
  "|=": "|",
  "+=": "+",
  "-=": "-",
  "*=": "*",
  "/=": "/",
  "%=": "%",
  "&=": "&",
  "^=": "^",
  "**=": "**",
  "//=": "//",
  "<<=": "<<",
  ">>=": ">>",
};

/** attribute = (name | string) ["?"] ":" type [operator expression] | name ":" schema_expression */
function parseAttribute(p: Cursor, decorators: readonly Decorator[]): Statement[] {
  const at = p.place();
  const token = p.isKind("string") ? p.next() : p.expectName(true);
  if (token === undefined) return [];
  const name = token.kind === "string" ? openStringToken(token.text).body : token.text;
  const optional = p.acceptOp("?");
  if (!p.expectOp(":")) return [];
  const type = parseType(p);
  if (type.kind === "namedType" && (p.isOp("{") || p.isOp("("))) return parseUnification(p, { at, name, path: [] }, type);
  const base: AttributeStatement = { kind: "attribute", at, name, optional, type, decorators };
  const operator = p.isKind("op") ? attributeOperators[p.token.text] : undefined;
  if (operator === undefined) return [base];
  p.next();
  return [{ ...base, operator, value: parseExpression(p) }];
}

/** mixin_list = "mixin" "[" [name { "," name }] "]" */
function parseMixins(p: Cursor, parts: BodyParts): void {
  p.next();
  const start = p.next();
  inBrackets(p, "[", () => {
    for (;;) {
      while (p.isKind("newline") || p.isOp(",")) p.next();
      if (p.isOp("]") || p.isKind("eof")) return;
      const before = p.position;
      const first = p.token;
      parts.mixins.push(parseTypeName(p));
      p.mark("entry", first);
      if (p.position === before) return;
    }
  });
  p.expectOp("]");
  p.mark("entries", start);
}

/** check_block = "check" ":" newline indent { check } dedent */
function parseCheckBlock(p: Cursor, parts: BodyParts): void {
  const start = p.next();
  p.expectOp(":");
  parseBlock(p, start, () => {
    parts.checks.push(parseCheck(p));
    while (startsCheck(p)) parts.checks.push(parseCheck(p));
    return [];
  });
}

/** Checks need no line end between them: `a not None` is two checks. */
function startsCheck(p: Cursor): boolean {
  return p.isKeyword("not") || (p.inDamagedLine && !p.isKind("newline") && !p.isKind("dedent") && !p.isKind("eof"));
}

/** check = simple_expression ["if" simple_expression] ["," expression] */
function parseCheck(p: Cursor): Check {
  const at = p.place();
  const test = parseTest(p);
  const condition = p.acceptKeyword("if") ? parseSimpleExpression(p) : undefined;
  const message = p.acceptOp(",") ? parseExpression(p) : undefined;
  return { at, test, ...(condition && { condition }), ...(message && { message }) };
}

/** A test that cannot start here is looked for once more behind the token. */
function parseTest(p: Cursor): Expression {
  const test = parseSimpleExpression(p);
  if (test.kind !== "missing" || p.isKind("newline") || p.isKind("dedent") || p.isKind("eof")) return test;
  p.report(`expected expression, got ${describeToken(p.token)}`);
  p.next();
  return parseSimpleExpression(p);
}

/** index_signature = "[" [name ":"] ["..."] type "]" ":" type ["=" expression] */
function parseIndexSignature(p: Cursor): IndexSignature {
  const at = p.place(p.next());
  const alias = p.isKind("name") && p.isOp(":", p.peek()) ? p.next().text : undefined;
  if (alias !== undefined) p.next();
  const anyOther = p.acceptOp("...");
  const key = parseType(p);
  p.expectOp("]");
  p.expectOp(":");
  const value = parseType(p);
  const initial = p.acceptOp("=") ? parseExpression(p) : undefined;
  return { at, anyOther, key, value, ...(alias !== undefined && { alias }), ...(initial && { initial }) };
}
