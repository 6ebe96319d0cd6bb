/** Text to syntax tree. The parser goes on after an error, so that a file's errors are reported together. */
import type { KclDiagnostic } from "../diagnostics/diagnostic.js";
import type { Expression, Module, Statement } from "./ast.js";
import { Cursor } from "./cursor.js";
import { parseExpression } from "./parse-expression.js";
import { parseLine } from "./parse-statement.js";
import { scan } from "./scanner.js";

export interface ParseResult<T> {
  readonly tree: T;
  readonly diagnostics: readonly KclDiagnostic[];
}

/** module = [documentation] { statement newline } */
export function parseModule(file: string, source: string): ParseResult<Module> {
  const { tokens, diagnostics } = scan(file, source);
  const cursor = new Cursor(file, source, tokens);
  const body: Statement[] = [];
  cursor.skipNewlines();
  if (cursor.isKind("string") && cursor.peek().kind === "newline") cursor.next();
  while (!cursor.isKind("eof")) parseLine(cursor, body);
  return { tree: { file, body, source }, diagnostics: [...diagnostics, ...cursor.diagnostics] };
}

/** A single expression, as in conditions: it may span lines, and `&&`, `||` and `!` are accepted. */
export function parseExpressionText(file: string, source: string): ParseResult<Expression> {
  const { tokens, diagnostics } = scan(file, source, { line: 1, column: 1 });
  const cursor = new Cursor(file, source, tokens);
  cursor.inParentheses = true;
  cursor.aliases = true;
  cursor.skipNewlines();
  const tree = parseExpression(cursor);
  cursor.skipNewlines();
  if (!cursor.isKind("eof") && cursor.diagnostics.length === 0) cursor.unexpected();
  return { tree, diagnostics: [...diagnostics, ...cursor.diagnostics] };
}
