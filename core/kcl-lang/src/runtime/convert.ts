/** Packs and checks values where a type is declared: dicts become instances, and what does not fit is refused. */
import { findAttribute } from "../semantics/attribute-index.js";
import { findIndexSignature, lineage, type SchemaSymbol } from "../semantics/symbols.js";
import { type Type, typeText } from "../semantics/types.js";
import type { Place } from "../diagnostics/place.js";
import { isCallable, isNothing, peekEntriesOf, typeName } from "./inspect.js";
import type { Machine } from "./machine.js";
import { formatFloat } from "./text.js";
import { type Entry, KclDict, KclInstance, KclList, KclMultiplier, noArguments, type Value } from "./values.js";

/** `strict`: a dict must have every required attribute (arguments); otherwise they may still be completed from outside. */
export function convert(machine: Machine, value: Value, type: Type, strict = false): Value {
  if (isNothing(value) || type.kind === "any") return value;
  if (accepts(value, type)) return value;
  const packed = pack(machine, value, type, strict);
  if (packed !== undefined) return packed;
  return machine.fail(mismatchText(value, type), missingPlace(machine, value, type) ?? machine.place);
}

/** Whether a value is of a type as it stands, without packing. */
export function accepts(value: Value, type: Type): boolean {
  if (isNothing(value)) return true;
  switch (type.kind) {
    case "any":
      return true;
    case "none":
      return false;
    case "bool":
    case "str":
      return (
        typeof value === (type.kind === "bool" ? "boolean" : "string") && (type.literal === undefined || type.literal === value)
      );
    case "int":
      return typeof value === "bigint" && (type.literal === undefined || type.literal === value);
    case "float":
      return type.literal === undefined ? typeof value === "number" || typeof value === "bigint" : value === type.literal;
    case "multiplier":
      return (
        value instanceof KclMultiplier &&
        (type.literal === undefined || (type.literal.value === value.raw && type.literal.unit === value.unit))
      );
    case "list":
      return (
        value instanceof KclList && (type.item.kind === "any" || value.peekItems().every((item) => accepts(item, type.item)))
      );
    case "dict":
      return acceptsDict(value, type);
    case "union":
      return type.members.some((member) => accepts(value, member));
    case "schema":
      return value instanceof KclInstance && value.schema.symbolIs(type.schema);
    case "function":
      return isCallable(value);
    default:
      return true;
  }
}

function acceptsDict(value: Value, type: Type & { kind: "dict" }): boolean {
  const entries = peekEntriesOf(value);
  if (entries === undefined) return false;
  if (type.value.kind === "any" && (type.key.kind === "any" || type.key.kind === "str")) return true;
  for (const [key, entry] of entries) if (!accepts(key, type.key) || !accepts(entry.value, type.value)) return false;
  return true;
}

/** The value as one of the type, or undefined when it does not fit. */
function pack(machine: Machine, value: Value, type: Type, strict: boolean): Value {
  switch (type.kind) {
    case "list":
      return value instanceof KclList ? packList(machine, value, type.item, strict) : undefined;
    case "dict":
      return value instanceof KclDict && keysFit(value, type.key) ? packDict(machine, value, type.value, strict) : undefined;
    case "schema":
      if (!(value instanceof KclDict) || schemaProblems(value, type.schema, strict).length > 0) return undefined;
      return buildFrom(machine, value, type.schema);
    case "union":
      return packUnion(machine, value, type, strict);
    default:
      return accepts(value, type) ? value : undefined;
  }
}

/** A dict that only lacks attributes is found out at the end of the schema's body, and reported there. */
function missingPlace(machine: Machine, value: Value, type: Type): Place | undefined {
  if (type.kind !== "schema" || !(value instanceof KclDict) || schemaProblems(value, type.schema, false).length > 0)
    return undefined;
  machine.schemaClass(type.schema).build(machine, value, noArguments, undefined, false);
  return machine.lastBuilt;
}

/** As a schema expression: what is built on the way may lack attributes that the dict completes. */
function buildFrom(machine: Machine, dict: KclDict, schema: SchemaSymbol): Value {
  machine.schemaDepth++;
  const instance = machine.schemaClass(schema).build(machine, dict, noArguments, undefined);
  machine.schemaDepth--;
  return instance;
}

function keysFit(value: KclDict, key: Type): boolean {
  for (const name of value.peekEntries().keys()) if (!accepts(name, key)) return false;
  return true;
}

function packUnion(machine: Machine, value: Value, type: Type & { kind: "union" }, strict: boolean): Value {
  if (type.members.some((member) => accepts(value, member))) return value;
  for (const member of type.members) {
    if (!couldHold(value, member)) continue;
    const packed = pack(machine, value, member, strict);
    if (packed !== undefined) return packed;
  }
  return undefined;
}

/** Whether packing may succeed, tested before anything is built. */
function couldHold(value: Value, type: Type): boolean {
  if (isNothing(value)) return true;
  switch (type.kind) {
    case "schema":
      if (value instanceof KclInstance) return accepts(value, type);
      return (
        value instanceof KclDict && schemaProblems(value, type.schema, true).length === 0 && couldHoldEntries(value, type.schema)
      );
    case "list":
      return value instanceof KclList && value.peekItems().every((item) => couldHold(item, type.item));
    case "dict":
      return value instanceof KclDict && [...value.peekEntries().values()].every((entry) => couldHold(entry.value, type.value));
    case "union":
      return type.members.some((member) => couldHold(value, member));
    default:
      return accepts(value, type);
  }
}

/** So that literals tell the members of a union apart: `kind: "a"` in one schema, `kind: "b"` in another. */
function couldHoldEntries(dict: KclDict, schema: SchemaSymbol): boolean {
  const others = findIndexSignature(schema)?.value;
  for (const [key, entry] of dict.peekEntries()) {
    const type = findAttribute(schema, key)?.type ?? others;
    if (type !== undefined && entry.operator !== "+=" && entry.index === undefined && !couldHold(entry.value, type)) return false;
  }
  return true;
}

function packList(machine: Machine, list: KclList, item: Type, strict: boolean): Value {
  const items: Value[] = [];
  for (const value of list.items) {
    const packed = isNothing(value) || accepts(value, item) ? value : pack(machine, value, item, strict);
    if (packed === undefined && value !== undefined) return undefined;
    items.push(packed);
  }
  return new KclList(items, list.places);
}

function packDict(machine: Machine, dict: KclDict, type: Type, strict: boolean): Value {
  const entries = new Map<string, Entry>();
  for (const [key, entry] of dict.entries) {
    const nothing = isNothing(entry.value) || accepts(entry.value, type);
    const isAddition = entry.operator === "+=" && entry.index !== undefined;
    const value = nothing || isAddition ? entry.value : pack(machine, entry.value, type, strict);
    if (value === undefined && entry.value !== undefined) return undefined;
    entries.set(key, { ...entry, value });
  }
  return new KclDict(entries);
}

function mismatchText(value: Value, type: Type): string {
  const problems = type.kind === "schema" ? schemaProblems(value, type.schema, true) : [];
  const details = problems.length > 0 ? `. For details:\n${problems.join("\n")}` : "";
  return `expect ${declaredText(type)}, got ${valueTypeText(value)}${details}`;
}

/** Why a dict or instance is not one of a schema. */
function schemaProblems(value: Value, schema: SchemaSymbol, strict: boolean): string[] {
  const entries = peekEntriesOf(value);
  if (entries === undefined) return [];
  const problems: string[] = [];
  if (findIndexSignature(schema) === undefined) {
    for (const key of entries.keys())
      if (findAttribute(schema, key) === undefined) problems.push(`Schema ${schema.name} does not contain attribute ${key}`);
  }
  if (!strict) return problems;
  for (const name of requiredNames(schema))
    if (isNothing(entries.get(name)?.value)) problems.push(`Schema ${schema.name}'s attribute ${name} is missing`);
  return problems;
}

/** Attributes that a dict must have to be one of a schema, from the oldest ancestor on. */
function requiredNames(schema: SchemaSymbol): readonly string[] {
  const known = required.get(schema);
  if (known !== undefined) return known;
  const line = lineage(schema);
  const given = new Set<string>();
  for (const source of line.flatMap((one) => [one, ...one.mixins]))
    for (const attribute of source.attributes.values()) if (attribute.hasValue) given.add(attribute.name);
  const names = new Set(line.toReversed().flatMap((one) => [...one.attributes.keys()]));
  const found = [...names].filter((name) => {
    const attribute = findAttribute(schema, name);
    const isOpen = attribute !== undefined && !attribute.optional && !given.has(name);
    return isOpen && !("literal" in attribute.type && attribute.type.literal !== undefined);
  });
  required.set(schema, found);
  return found;
}

/** Fixed once the schemas of a program are linked. */
const required = new WeakMap<SchemaSymbol, readonly string[]>();

/** Types as annotations write them. */
function declaredText(type: Type): string {
  switch (type.kind) {
    case "str":
      return type.literal === undefined ? "str" : `"${type.literal}"`;
    case "int":
      return type.literal === undefined ? "int" : String(type.literal);
    case "float":
      return type.literal === undefined ? "float" : formatFloat(type.literal);
    case "bool":
      return type.literal === undefined ? "bool" : type.literal ? "True" : "False";
    case "multiplier":
      return type.literal === undefined ? "units.NumberMultiplier" : `${type.literal.value}${type.literal.unit}`;
    case "list":
      return type.item.kind === "any" ? "[]" : `[${declaredText(type.item)}]`;
    case "dict":
      return `{${type.key.kind === "any" ? "" : declaredText(type.key)}:${type.value.kind === "any" ? "" : declaredText(type.value)}}`;
    case "union":
      return type.members.map(declaredText).join(" | ");
    default:
      return typeText(type);
  }
}

function valueTypeText(value: Value): string {
  if (value instanceof KclList) {
    const kinds = new Set(value.peekItems().map(valueTypeText));
    return `[${[...kinds].join(" | ")}]`;
  }
  return value instanceof KclInstance ? value.schema.qualifiedName : typeName(value);
}

/** `as`: the value must be of the type as it is; an instance of a parent is not one of a child. */
export function castTo(machine: Machine, value: Value, type: Type): Value {
  return convert(machine, value, type, true);
}
