/** Text to syntax tree. The parser goes on after an error, so that a file's errors are reported together. */
import type { KclDiagnostic } from "../diagnostics/diagnostic.js";
import { isStackOverflow } from "../diagnostics/failure.js";
import type { Expression, Module, Statement } from "./ast.js";
import { Cursor } from "./cursor.js";
import { parseExpression } from "./parse-expression.js";
import type { Mark } from "./mark.js";
import { parseLine } from "./parse-statement.js";
import { scan } from "./scanner.js";
import type { Token } from "./token.js";

export interface ParseResult<T> {
  readonly tree: T;
  readonly diagnostics: readonly KclDiagnostic[];
}

/** A module with what a tool needs that lays its text out again. */
export interface MarkedModule extends ParseResult<Module> {
  readonly tokens: readonly Token[];
  readonly marks: readonly Mark[];
}

export function parseModule(file: string, source: string): ParseResult<Module> {
  const { tokens, diagnostics } = scan(file, source);
  return parseTokens(new Cursor(file, source, tokens), diagnostics);
}

/** As `parseModule`, with tokens and marks. */
export function parseMarkedModule(file: string, source: string): MarkedModule {
  const { tokens, diagnostics } = scan(file, source);
  const cursor = new Cursor(file, source, tokens);
  const marks: Mark[] = [];
  cursor.marks = marks;
  return { ...parseTokens(cursor, diagnostics), tokens, marks };
}

/** module = [documentation] { statement newline }; the documentation is a string in triple quotes */
function parseTokens(cursor: Cursor, diagnostics: readonly KclDiagnostic[]): ParseResult<Module> {
  const { file, source } = cursor;
  const body: Statement[] = [];
  cursor.skipNewlines();
  if (cursor.isKind("string") && /^[rR]?("""|''')/.test(cursor.token.text) && cursor.peek().kind === "newline") cursor.next();
  unlessTooDeep(cursor, () => {
    while (!cursor.isKind("eof")) parseLine(cursor, body);
  });
  return { tree: { file, body, source }, diagnostics: byLine([...diagnostics, ...cursor.diagnostics]) };
}

/** What exhausts the stack all the same is a finding where the parser stood. */
function unlessTooDeep(cursor: Cursor, parse: () => void): void {
  try {
    parse();
  } catch (error) {
    if (!isStackOverflow(error)) throw error;
    cursor.reportDepth();
  }
}

/** Findings of a file; a damaged one can have very many. */
const mostFindings = 300;

function byLine(diagnostics: readonly KclDiagnostic[]): KclDiagnostic[] {
  return diagnostics.toSorted((a, b) => a.position.line - b.position.line).slice(0, mostFindings);
}

/** A single expression, as in conditions: it may span lines, and `&&`, `||` and `!` are accepted. */
export function parseExpressionText(file: string, source: string): ParseResult<Expression> {
  const { tokens, diagnostics } = scan(file, source, { line: 1, column: 1 });
  const cursor = new Cursor(file, source, tokens);
  cursor.inParentheses = true;
  cursor.aliases = true;
  cursor.skipNewlines();
  let tree: Expression = { kind: "missing", at: cursor.place() };
  unlessTooDeep(cursor, () => {
    tree = parseExpression(cursor);
  });
  cursor.skipNewlines();
  if (!cursor.isKind("eof") && cursor.diagnostics.length === 0) cursor.unexpected();
  return { tree, diagnostics: [...diagnostics, ...cursor.diagnostics] };
}

/** Statements as in conditions: `&&`, `||` and `!` are accepted. */
export function parseStatementsText(file: string, source: string): ParseResult<Module> {
  const { tokens, diagnostics } = scan(file, source);
  const cursor = new Cursor(file, source, tokens);
  cursor.aliases = true;
  return parseTokens(cursor, diagnostics);
}
