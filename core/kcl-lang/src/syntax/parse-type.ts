/** Types as written in annotations. */
import type { LiteralValue, TypeNode } from "./ast.js";
import type { Cursor } from "./cursor.js";
import { readFloat, readInteger } from "./number-literal.js";
import { openStringToken, unescapeString } from "./string-literal.js";

/** type = basic_type { "|" basic_type } */
export function parseType(p: Cursor): TypeNode {
  return p.nested(
    () => parseUnionType(p),
    () => ({ kind: "anyType", at: p.place() }),
  );
}

function parseUnionType(p: Cursor): TypeNode {
  const at = p.place();
  const start = p.token;
  const members = [parseBasicType(p)];
  while (p.acceptOp("|")) {
    p.skipNewlines();
    members.push(parseBasicType(p));
  }
  p.mark("type", start);
  return members.length === 1 ? members[0]! : { kind: "unionType", at, members };
}

/** basic_type = "any" | "bool" | "int" | "float" | "str" | literal | list_type | dict_type | function_type | name { "." name } */
function parseBasicType(p: Cursor): TypeNode {
  const at = p.place();
  const token = p.token;
  if (token.kind === "keyword" && token.text === "any") {
    p.next();
    return { kind: "anyType", at };
  }
  if (token.kind === "name") return parseNamedType(p);
  if (p.isOp("[")) return parseListType(p);
  if (p.isOp("{")) return parseDictType(p);
  if (p.isOp("(")) return parseFunctionType(p);
  const literal = parseLiteral(p);
  if (literal !== undefined) return { kind: "literalType", at, value: literal };
  p.expected(["identifier", "literal", "(", "[", "{"]);
  return { kind: "anyType", at };
}

/** named_type = basic name | name { "." name } */
function parseNamedType(p: Cursor): TypeNode {
  const at = p.place();
  const first = p.next().text;
  if (!p.isOp(".") && (first === "bool" || first === "int" || first === "float" || first === "str"))
    return { kind: "basicType", at, name: first };
  const path = [first];
  while (p.acceptOp(".")) {
    const name = p.expectName(true);
    if (name !== undefined) path.push(name.text);
  }
  return { kind: "namedType", at, path };
}

/** literal_type = ["+" | "-"] number | string | "True" | "False" | "None" */
function parseLiteral(p: Cursor): LiteralValue | undefined {
  const token = p.token;
  if (p.isOp("-") || p.isOp("+")) {
    p.next();
    p.mark("prefix", token);
    const inner = parseLiteral(p);
    if (token.text === "+" || inner === undefined) return inner;
    if (inner.kind === "int") return { ...inner, value: -inner.value };
    return inner.kind === "float" ? { kind: "float", value: -inner.value } : inner;
  }
  if (token.kind === "int") return { kind: "int", ...readInteger(p.next().text) };
  if (token.kind === "float") return { kind: "float", value: readFloat(p.next().text) };
  if (token.kind === "string") {
    const { raw, body } = openStringToken(p.next().text);
    return { kind: "str", value: raw ? body : unescapeString(body) };
  }
  if (token.kind !== "keyword") return undefined;
  if (token.text === "True" || token.text === "False") return { kind: "bool", value: p.next().text === "True" };
  if (token.text !== "None" && token.text !== "Undefined") return undefined;
  p.next();
  return { kind: "none" };
}

/** list_type = "[" [type] "]" */
function parseListType(p: Cursor): TypeNode {
  const at = p.place();
  p.next();
  p.skipNewlines();
  if (p.acceptOp("]")) return { kind: "listType", at };
  const item = parseType(p);
  p.skipNewlines();
  p.expectOp("]");
  return { kind: "listType", at, item };
}

/** dict_type = "{" [type] [":" [type]] "}" */
function parseDictType(p: Cursor): TypeNode {
  const at = p.place();
  p.next();
  p.skipNewlines();
  if (p.acceptOp("}")) return { kind: "dictType", at };
  if (p.isOp("[") && isIndexKey(p)) return parseIndexedDictType(p, at);
  const key = p.isOp(":") ? undefined : parseType(p);
  let value: TypeNode | undefined;
  if (p.acceptOp(":") && !p.isOp("}")) value = parseType(p);
  p.skipNewlines();
  p.expectOp("}");
  return { kind: "dictType", at, ...(key && { key }), ...(value && { value }) };
}

function isIndexKey(p: Cursor): boolean {
  return p.isOp("...", p.peek()) || (p.peek().kind === "name" && p.isOp("]", p.peek(2)) && p.isOp(":", p.peek(3)));
}

/** indexed_dict_type = "{" "[" ["..."] type "]" ":" type "}" */
function parseIndexedDictType(p: Cursor, at: TypeNode["at"]): TypeNode {
  p.next();
  p.acceptOp("...");
  const key = parseType(p);
  p.expectOp("]");
  p.expectOp(":");
  const value = parseType(p);
  p.skipNewlines();
  p.expectOp("}");
  return { kind: "dictType", at, key, value };
}

/** function_type = "(" [type { "," type }] ")" ["->" type] */
function parseFunctionType(p: Cursor): TypeNode {
  const at = p.place();
  p.next();
  p.skipNewlines();
  const parameters: TypeNode[] = [];
  while (!p.isOp(")") && !p.isKind("eof")) {
    parameters.push(parseType(p));
    p.skipNewlines();
    if (!p.acceptOp(",")) break;
    p.skipNewlines();
  }
  p.expectOp(")");
  if (p.acceptOp("->")) return { kind: "functionType", at, parameters, result: parseType(p) };
  return parameters.length === 1 ? parameters[0]! : { kind: "functionType", at, parameters };
}
