/** Dict literals, which are also the configurations of schema expressions. */
import type { ConfigEntry, ConfigExpression, ConfigOperator, DictComprehension, Expression } from "./ast.js";
import type { Cursor } from "./cursor.js";
import { parseExpression } from "./parse-expression.js";
import { branchFollows, namedByKeyword, inBrackets, parseGenerators } from "./parse-primary.js";
import type { Token } from "./token.js";

/** config = "{" [entries | entry comprehension] "}" */
export function parseConfig(p: Cursor): ConfigExpression | DictComprehension {
  const at = p.place();
  const start = p.next();
  const config = inBrackets(p, "{", (): ConfigExpression | DictComprehension => {
    const entries = parseEntries(p);
    if (!p.isKeyword("for") || entries.length !== 1) return { kind: "config", at, entries };
    return dictComprehension(p, at, entries[0]!);
  });
  p.skipNewlines();
  if (!p.acceptOp("}")) {
    if (!lacksOperator(p)) p.expected(["}"]);
    if (!p.isOp(")") && !p.isOp("]")) recover(p);
  }
  p.mark("entries", start);
  return config;
}

/** Whether it was reported at this place that an entry has no operator: then the brace is not missing as well. */
function lacksOperator(p: Cursor): boolean {
  return p.isReported && p.diagnostics.at(-1)!.message.startsWith(`expected one of [":"`);
}

function dictComprehension(p: Cursor, at: ConfigExpression["at"], entry: ConfigEntry): ConfigExpression | DictComprehension {
  const generators = parseGenerators(p);
  if (entry.kind !== "entry") {
    p.report("dict comprehension needs a key and a value");
    return { kind: "config", at, entries: [entry] };
  }
  return { kind: "dictComprehension", at, key: entry.key, value: entry.value, operator: entry.operator, generators };
}

function recover(p: Cursor): void {
  let depth = 0;
  for (; !p.isKind("eof"); p.next()) {
    if (p.isOp("{")) depth++;
    if (p.isOp("}") && depth-- === 0) {
      p.next();
      return;
    }
    if (p.isKind("newline") && !p.token.inBrackets) return;
  }
}

/** entries = entry { ("," | newline) entry } */
function parseEntries(p: Cursor): ConfigEntry[] {
  const entries: ConfigEntry[] = [];
  skipSeparators(p);
  while (!p.isOp("}") && !p.isKind("eof") && !p.isKeyword("for")) {
    const before = p.position;
    entries.push(parseEntry(p));
    if (p.position === before) break;
    if (!p.isKind("newline") && !p.isOp(",") && !p.isOp("}") && !p.isKeyword("for") && !p.isKeyword("if")) break;
    skipSeparators(p);
  }
  return entries;
}

function skipSeparators(p: Cursor): void {
  while (p.isKind("newline") || p.isOp(",")) p.next();
}

/** entry = "**" expression | if_entry | key (":" | "=" | "+=") expression */
function parseEntry(p: Cursor): ConfigEntry {
  const start = p.token;
  const entry = parseAnyEntry(p);
  p.mark("entry", start);
  return entry;
}

function parseAnyEntry(p: Cursor): ConfigEntry {
  const at = p.place();
  if (p.isOp("**")) {
    p.mark("prefix", p.next());
    return { kind: "unpack", at: p.place(), value: parseExpression(p) };
  }
  const isName = namedByKeyword(p, [":", "=", "+="]);
  if (p.isKeyword("if") && !isName) {
    return p.nested(
      () => parseIfEntry(p),
      () => ({ kind: "unpack", at, value: { kind: "missing", at } }),
    );
  }
  const key: Expression = isName ? { kind: "name", at, name: p.next().text } : parseExpression(p);
  const operator = parseOperator(p);
  if (operator === undefined)
    return { kind: "entry", at, key, bare: key.kind === "name", operator: ":", value: { kind: "missing", at } };
  p.skipNewlines();
  return nestKey(key, operator, parseExpression(p));
}

function parseOperator(p: Cursor): ConfigOperator | undefined {
  if (p.token.inBrackets && p.isKind("newline")) skipToOperator(p);
  for (const operator of [":", "=", "+="] as const) if (p.acceptOp(operator)) return operator;
  p.expected([":", "=", "+="]);
  return undefined;
}

function skipToOperator(p: Cursor): void {
  let distance = 0;
  while (p.peek(distance).kind === "newline") distance++;
  const after = p.peek(distance);
  if (p.isOp(":", after) || p.isOp("=", after) || p.isOp("+=", after)) p.skipNewlines();
}

/** `a.b.c = v` is `a: {b: {c = v}}`; the operator belongs to the innermost key. */
function nestKey(key: Expression, operator: ConfigOperator, value: Expression): ConfigEntry {
  const steps = keyPath(key);
  if (steps === undefined) return { kind: "entry", at: key.at, key, bare: false, operator, value };
  const [first, ...rest] = steps;
  let inner: { operator: ConfigOperator; value: Expression } = { operator, value };
  for (const step of rest.reverse()) {
    const entry: ConfigEntry = {
      kind: "entry",
      at: step.at,
      key: { kind: "name", at: step.at, name: step.name },
      bare: true,
      ...inner,
      ...indexOf(step),
    };
    inner = { operator: ":", value: { kind: "config", at: step.at, entries: [entry] } };
  }
  return {
    kind: "entry",
    at: key.at,
    key: { kind: "name", at: first!.at, name: first!.name },
    bare: true,
    ...inner,
    ...indexOf(first!),
  };
}

interface KeyStep {
  readonly name: string;
  readonly at: Expression["at"];
  readonly index?: Expression;
}

function indexOf(step: KeyStep): { index?: Expression } {
  return step.index === undefined ? {} : { index: step.index };
}

/** The parts of `a.b[0].c`, or undefined when the key is computed. */
function keyPath(key: Expression): KeyStep[] | undefined {
  if (key.kind === "name") return [{ name: key.name, at: key.at }];
  if (key.kind === "selector" && !key.optional) {
    const outer = keyPath(key.value);
    return outer && [...outer, { name: key.name, at: key.nameAt }];
  }
  if (key.kind !== "subscript" || key.optional || !isListPosition(key.index)) return undefined;
  const steps = keyPath(key.value);
  const last = steps?.pop();
  if (steps === undefined || last === undefined || last.index !== undefined) return undefined;
  return [...steps, { ...last, index: key.index }];
}

function isListPosition(index: Expression): boolean {
  return index.kind === "int" || (index.kind === "unary" && index.operator === "-" && index.value.kind === "int");
}

/** if_entry = "if" expression ":" entries [("elif" …) | ("else" ":" entries)] */
function parseIfEntry(p: Cursor): ConfigEntry {
  const at = p.place();
  const start = p.next();
  const condition = parseExpression(p);
  p.expectOp(":");
  const whenTrue = parseEntryBlock(p, start);
  let otherwise: ConfigEntry[] = [];
  if (branchFollows(p, "elif")) otherwise = [parseIfEntry(p)];
  else if (branchFollows(p, "else")) {
    const word = p.next();
    p.expectOp(":");
    otherwise = parseEntryBlock(p, word);
  }
  return { kind: "ifEntry", at, condition, whenTrue, otherwise };
}

/** The entries behind a colon: the one on the same line, or the following lines that start right of the word. */
function parseEntryBlock(p: Cursor, word: Token): ConfigEntry[] {
  const entries: ConfigEntry[] = [];
  const first = p.firstOfBlock;
  if (!p.isKind("newline")) {
    entries.push(parseEntry(p));
    p.mark("block", first, word);
    return entries;
  }
  for (;;) {
    const position = p.position;
    skipSeparators(p);
    const ends = p.isOp("}") || p.isKind("eof") || p.isKeyword("elif") || p.isKeyword("else");
    if (ends || (p.token.column <= word.column && entries.length > 0)) {
      p.rewind(position, p.diagnostics.length);
      p.mark("block", first, word);
      return entries;
    }
    const before = p.position;
    entries.push(parseEntry(p));
    if (p.position === before) return entries;
  }
}
