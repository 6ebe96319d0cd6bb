/** Dict literals and schema configurations: keys against attributes, values against their types. */
import { kinds } from "../diagnostics/diagnostic.js";
import type { Place } from "../diagnostics/place.js";
import type { ConfigEntry, ConfigExpression, KeyedEntry, SchemaExpression } from "../syntax/ast.js";
import { isAssignable } from "./assignable.js";
import { type Checker, didYouMean } from "./checker.js";
import { checkSchemaArguments } from "./infer-call.js";
import { inferExpression, requireAssignable } from "./infer-expression.js";
import { findAttribute } from "./attribute-index.js";
import { attributeNames, findIndexSignature, type SchemaSymbol } from "./symbols.js";
import { anyType, bounded, type DictType, strType, type Type, typeText, unionOf } from "./types.js";

/** What the entries of a literal are checked against. */
interface Expectation {
  readonly schema?: SchemaSymbol;
  readonly value?: Type;
  /** Where the dict's type is declared. */
  readonly definedAt?: Place | undefined;
}

interface Collected {
  readonly keys: Type[];
  readonly values: Type[];
  readonly entries: Map<string, { type: Type; at: Place }>;
  open: boolean;
}

export function inferConfig(checker: Checker, node: ConfigExpression, expected: Type, definedAt?: Place): Type {
  const expectation = expectationOf(checker, node, expected);
  const collected = checkEntries(checker, node, { ...expectation, definedAt });
  if (expectation.schema !== undefined) return { kind: "schema", schema: expectation.schema };
  const { keys, values, entries, open } = collected;
  return bounded({
    kind: "dict",
    key: keys.length === 0 ? anyType : unionOf(keys),
    value: unionOf(values),
    ...(!open && { entries }),
  });
}

/** In a union a literal is checked against a member only if there is one schema or dict it can be. */
function expectationOf(checker: Checker, node: ConfigExpression, expected: Type): Expectation {
  if (expected.kind === "schema") return { schema: expected.schema };
  if (expected.kind === "dict") return { value: expected.value };
  if (expected.kind !== "union") return {};
  const keyed = expected.members.filter((member) => member.kind === "schema" || member.kind === "dict");
  if (keyed.length === 1) return expectationOf(checker, node, keyed[0]!);
  reportInNone(checker, node, keyed);
  const fitting = keyed.filter((member) => member.kind === "schema" && quietlyFits(checker, node, member.schema));
  return fitting.length === 1 ? expectationOf(checker, node, fitting[0]!) : {};
}

/** A key that no schema of a union knows. */
function reportInNone(checker: Checker, node: ConfigExpression, members: readonly Type[]): void {
  const schemas = members.flatMap((member) => (member.kind === "schema" ? [member.schema] : []));
  if (
    schemas.length === 0 ||
    schemas.length < members.length ||
    schemas.some((schema) => findIndexSignature(schema) !== undefined)
  )
    return;
  for (const entry of node.entries) {
    const name =
      entry.kind === "entry" && entry.key.kind !== "name" ? undefined : entry.kind === "entry" ? staticKey(entry) : undefined;
    if (name === undefined || entry.kind !== "entry" || schemas.some((schema) => findAttribute(schema, name) !== undefined))
      continue;
    const names = schemas.map((schema) => JSON.stringify(schema.name)).join(", ");
    checker.report(kinds.compile, `Cannot add member '${name}' to 'schemas [${names}]'`, entry.at);
  }
}

function quietlyFits(checker: Checker, node: ConfigExpression, schema: SchemaSymbol): boolean {
  const type = checker.quietly(() => inferConfig(checker, node, anyType));
  return isAssignable(type, { kind: "schema", schema });
}

function checkEntries(checker: Checker, node: ConfigExpression, expectation: Expectation): Collected {
  const collected: Collected = { keys: [], values: [], entries: new Map(), open: false };
  checker.within("config", [], () => {
    for (const entry of node.entries) checkEntry(checker, entry, expectation, collected);
  });
  return collected;
}

function staticKey(entry: KeyedEntry): string | undefined {
  if (entry.key.kind === "name") return entry.key.name;
  return entry.key.kind === "string" ? entry.key.value : undefined;
}

function checkEntry(checker: Checker, entry: ConfigEntry, expectation: Expectation, collected: Collected): void {
  if (entry.kind === "ifEntry") {
    inferExpression(checker, entry.condition);
    for (const one of [...entry.whenTrue, ...entry.otherwise]) checkEntry(checker, one, expectation, collected);
  } else if (entry.kind === "unpack") checkUnpack(checker, entry.value, entry.at, expectation, collected);
  else checkKeyed(checker, entry, expectation, collected);
}

function checkUnpack(
  checker: Checker,
  value: SchemaExpression["schema"],
  at: Place,
  expectation: Expectation,
  collected: Collected,
): void {
  const type = inferExpression(
    checker,
    value,
    expectation.schema === undefined ? anyType : { kind: "schema", schema: expectation.schema },
  );
  if (!["any", "none", "union", "dict", "schema"].includes(type.kind))
    checker.report(kinds.compile, `only dict and schema can be used ** unpack, got '${typeText(type)}'`, value.at);
  if (expectation.schema !== undefined && type.kind === "dict") checkKnownEntries(checker, type, expectation.schema, at);
  if (type.kind !== "dict") collected.open = true;
  else {
    collected.keys.push(type.key);
    collected.values.push(type.value);
    if (type.entries === undefined) collected.open = true;
    for (const [name, known] of type.entries ?? []) collected.entries.set(name, known);
  }
  if (type.kind === "schema" || type.kind === "any" || type.kind === "union") {
    collected.keys.push(strType);
    collected.values.push(anyType);
  }
}

/** The entries of an unpacked dict against the schema it is unpacked into. */
function checkKnownEntries(checker: Checker, type: DictType, schema: SchemaSymbol, at: Place): void {
  const signature = findIndexSignature(schema);
  for (const [name, entry] of type.entries ?? []) {
    const attribute = findAttribute(schema, name);
    if (attribute === undefined && signature === undefined) {
      const secondary = [{ message: "config attribute is defined here", position: entry.at }];
      checker.report(
        kinds.compile,
        `Cannot add member '${name}' to schema '${schema.name}'${didYouMean(name, attributeNames(schema))}`,
        at,
        { secondary },
      );
    } else if (attribute?.type.kind === "schema" && entry.type.kind === "dict")
      checkKnownEntries(checker, entry.type, attribute.type.schema, at);
  }
}

/** A key is a local variable for later entries; its type is left open, since merging may change it. */
function checkKeyed(checker: Checker, entry: KeyedEntry, expectation: Expectation, collected: Collected): void {
  const key = keyOf(checker, entry);
  const name = key.name;
  const target = targetOf(checker, entry, key, expectation);
  const expected = entry.index === undefined || entry.operator === "+=" ? target.type : itemType(target.type);
  const value = inferValue(checker, entry, expected, target.definedAt);
  requireAssignable(checker, value, expected, entry.at, target.definedAt);
  if (name !== undefined) checker.scope?.names.set(name, anyType);
  collected.keys.push(name === undefined ? key.type : { kind: "str", literal: name });
  collected.values.push(value);
  if (name === undefined) collected.open = true;
  else collected.entries.set(name, { type: entry.index === undefined ? value : anyType, at: entry.at });
}

function inferValue(checker: Checker, entry: KeyedEntry, expected: Type, definedAt: Place | undefined): Type {
  return inferExpression(checker, entry.value, expected, definedAt);
}

function itemType(type: Type): Type {
  return type.kind === "list" ? type.item : anyType;
}

interface Key {
  /** Where it is known before the run. */
  readonly name: string | undefined;
  readonly type: Type;
}

/** The static key of an entry; a computed one must be a string. */
function keyOf(checker: Checker, entry: KeyedEntry): Key {
  const loop = entry.key.kind === "name" ? loopType(checker, entry.key.name) : undefined;
  const name = loop === undefined ? staticKey(entry) : undefined;
  if (name !== undefined) return { name, type: strType };
  const type = loop ?? inferExpression(checker, entry.key);
  requireKey(checker, type, entry.at);
  return { name: type.kind === "str" ? type.literal : undefined, type: type.kind === "any" ? strType : type };
}

export function requireKey(checker: Checker, type: Type, at: Place): void {
  const isText = type.kind === "union" ? type.members.some((member) => member.kind === "str") : type.kind === "str";
  if (!isText && type.kind !== "any")
    checker.report(kinds.illegalAttribute, `A attribute must be string type, got '${typeText(type)}'`, at);
}

/** The type of a loop variable that a bare key refers to. */
function loopType(checker: Checker, name: string): Type | undefined {
  for (let scope = checker.scope; scope !== undefined; scope = scope.parent) {
    if (scope.kind === "loop" && scope.names.has(name)) return scope.names.get(name);
    if (scope.kind === "lambda" && scope.names.has(name)) return undefined;
  }
  return undefined;
}

/** What an entry's value must be: the attribute's type, the index signature's, the dict's. */
function targetOf(
  checker: Checker,
  entry: KeyedEntry,
  { name, type }: Key,
  expectation: Expectation,
): { type: Type; definedAt: Place | undefined } {
  const { schema } = expectation;
  if (type.kind !== "str" && type.kind !== "union") return { type: anyType, definedAt: undefined };
  if (schema === undefined) return { type: expectation.value ?? anyType, definedAt: expectation.definedAt };
  if (name === undefined) return { type: anyType, definedAt: undefined };
  const attribute = findAttribute(schema, name);
  if (attribute !== undefined) return { type: attribute.type, definedAt: attribute.at };
  const signature = findIndexSignature(schema);
  if (signature !== undefined && isAssignable({ kind: "str", literal: name }, signature.key))
    return { type: signature.value, definedAt: undefined };
  reportUnknownMember(checker, schema, name, entry.at);
  return { type: anyType, definedAt: undefined };
}

export function reportUnknownMember(checker: Checker, schema: SchemaSymbol, name: string, at: Place): void {
  const signature = findIndexSignature(schema);
  const known = signature === undefined ? attributeNames(schema) : literalKeys(signature.key);
  checker.report(kinds.compile, `Cannot add member '${name}' to schema '${schema.name}'${didYouMean(name, known)}`, at);
}

function literalKeys(key: Type): string[] {
  const members = key.kind === "union" ? key.members : [key];
  return members.flatMap((member) => (member.kind === "str" && member.literal !== undefined ? [member.literal] : []));
}

const neverSchema: ReadonlySet<Type["kind"]> = new Set(["bool", "int", "float", "str", "multiplier", "list", "function"]);

export function inferSchemaExpression(checker: Checker, node: SchemaExpression): Type {
  const target = inferExpression(checker, node.schema);
  const schema = target.kind === "schemaValue" || target.kind === "schema" ? target.schema : undefined;
  if (target.kind === "schemaValue") checkSchemaArguments(checker, target.schema, node.args, node.keywords, node.at);
  else {
    for (const arg of node.args) inferExpression(checker, arg);
  }
  if (schema === undefined) {
    if (neverSchema.has(target.kind)) checker.report(kinds.compile, `Invalid schema type '${typeText(target)}'`, node.schema.at);
    inferConfig(checker, node.config, anyType);
    return anyType;
  }
  return inferConfig(checker, node.config, { kind: "schema", schema });
}
