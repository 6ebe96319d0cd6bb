/** Lambdas, and parameter lists, which schemas use as well. */
import type { Expression, Parameter, Statement } from "./ast.js";
import type { Cursor } from "./cursor.js";
import { parseExpression } from "./parse-expression.js";
import { inBrackets } from "./parse-primary.js";
import { parseRestOfLine, parseStatement } from "./parse-statement.js";
import { parseType } from "./parse-type.js";

/** lambda = "lambda" [parameters | "{" parameters "}"] ["->" type] "{" { statement } "}" */
export function parseLambda(p: Cursor): Expression {
  const at = p.place(p.next());
  const parameters = parseLambdaParameters(p);
  const result = p.acceptOp("->") ? parseType(p) : undefined;
  const start = p.token;
  if (!p.isOp("{")) {
    if (!p.isReported) p.expected(["{"]);
    return { kind: "lambda", at, parameters, body: [] };
  }
  p.next();
  const body = inBrackets(p, "{", () => parseLambdaBody(p));
  p.skipNewlines();
  p.expectOp("}");
  p.mark("code", start);
  return { kind: "lambda", at, parameters, body, ...(result && { result }) };
}

function parseLambdaParameters(p: Cursor): Parameter[] {
  if (!p.isOp("{")) return parseParameters(p, () => p.isOp("{") || p.isOp("->"));
  if (!p.isOp("->", p.peek(p.matching() + 1))) return [];
  p.next();
  const parameters = parseParameters(p, () => p.isOp("}"));
  p.skipNewlines();
  p.expectOp("}");
  return parameters;
}

/** parameters = [parameter { "," parameter }] */
export function parseParameters(p: Cursor, isEnd: () => boolean): Parameter[] {
  const parameters: Parameter[] = [];
  p.skipNewlines();
  while (!isEnd() && !p.isKind("eof")) {
    const parameter = parseParameter(p);
    if (parameter === undefined) break;
    parameters.push(parameter);
    if (p.token.inBrackets) p.skipNewlines();
    if (!p.acceptOp(",")) break;
    p.skipNewlines();
  }
  return parameters;
}

/** parameter = name [":" type] ["=" expression] */
function parseParameter(p: Cursor): Parameter | undefined {
  const at = p.place();
  const name = p.expectName()?.text;
  if (name === undefined) return undefined;
  const type = p.acceptOp(":") ? parseType(p) : undefined;
  const sign = p.token;
  const initial = p.acceptOp("=") ? parseExpression(p) : undefined;
  if (initial !== undefined && type === undefined) p.mark("keyword", sign);
  return { at, name, ...(type && { type }), ...(initial && { initial }) };
}

function parseLambdaBody(p: Cursor): Statement[] {
  const body: Statement[] = [];
  p.skipNewlines();
  while (!p.isOp("}") && !p.isKind("eof")) {
    const before = p.position;
    const reported = p.diagnostics.length;
    const start = p.token;
    body.push(...parseStatement(p));
    p.mark("entry", start);
    if (p.position === before) {
      p.unexpected();
      p.next();
    }
    parseRestOfLine(p, reported, body, parseStatement, "}");
    p.skipNewlines();
  }
  return body;
}
