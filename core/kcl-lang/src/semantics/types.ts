/** Types: what annotations say and what the checker infers. The run time uses the same for packing and checking values. */
import type { Place } from "../diagnostics/place.js";
import type { SchemaSymbol } from "./symbols.js";

export type Type =
  | { readonly kind: "any" }
  | { readonly kind: "none" }
  | { readonly kind: "bool"; readonly literal?: boolean }
  | { readonly kind: "int"; readonly literal?: bigint }
  | { readonly kind: "float"; readonly literal?: number }
  | { readonly kind: "str"; readonly literal?: string }
  | { readonly kind: "multiplier"; readonly literal?: { readonly value: bigint; readonly unit: string } }
  | { readonly kind: "list"; readonly item: Type }
  | DictType
  | { readonly kind: "union"; readonly members: readonly Type[] }
  | { readonly kind: "schema"; readonly schema: SchemaSymbol }
  | { readonly kind: "schemaValue"; readonly schema: SchemaSymbol }
  | FunctionType
  | { readonly kind: "module"; readonly path: string; readonly system: boolean };

export interface DictType {
  readonly kind: "dict";
  readonly key: Type;
  readonly value: Type;
  /** The entries of a literal, where known. */
  readonly entries?: ReadonlyMap<string, { readonly type: Type; readonly at: Place }>;
}

export interface FunctionType {
  readonly kind: "function";
  readonly parameters: readonly { readonly name: string; readonly type: Type; readonly optional: boolean; readonly at?: Place }[];
  readonly result: Type;
  readonly variadic?: boolean;
  readonly name?: string;
}

export const anyType: Type = { kind: "any" };
export const noneType: Type = { kind: "none" };
export const boolType: Type = { kind: "bool" };
export const intType: Type = { kind: "int" };
export const floatType: Type = { kind: "float" };
export const strType: Type = { kind: "str" };
export const multiplierType: Type = { kind: "multiplier" };

export function listOf(item: Type): Type {
  return bounded({ kind: "list", item });
}

export function dictOf(key: Type, value: Type): DictType {
  return { kind: "dict", key, value };
}

/** Types of this many parts are all that the checker follows: what is beyond is open, and checked when running. */
const largestType = 1_000;

/** So many lists, dicts and functions are kept apart in a union. */
const largestUnion = 64;

/** Types share their parts: the weight is that of the tree they unfold to, which is what walking over one costs. */
const weights = new WeakMap<Type, number>();

function weightOf(type: Type): number {
  const known = weights.get(type);
  if (known !== undefined) return known;
  const weight = computeWeight(type);
  weights.set(type, weight);
  return weight;
}

function computeWeight(type: Type): number {
  const total = (types: Iterable<Type>): number => {
    let weight = 1;
    for (const one of types) weight += weightOf(one);
    return weight;
  };
  switch (type.kind) {
    case "list":
      return 1 + weightOf(type.item);
    case "dict":
      return Math.max(total([type.key, type.value]), total([...(type.entries?.values() ?? [])].map((entry) => entry.type)));
    case "union":
      return total(type.members);
    case "function":
      return total([...type.parameters.map((parameter) => parameter.type), type.result]);
    default:
      return 1;
  }
}

/** The type, or the same kind with open parts when it has grown too large. */
export function bounded(type: Type): Type {
  if (weightOf(type) <= largestType) return type;
  if (type.kind === "list") return { kind: "list", item: anyType };
  return type.kind === "dict" ? dictOf(anyType, anyType) : anyType;
}

/** A union without repetitions; a union of one is that one, of none is `any`. */
export function unionOf(types: readonly Type[]): Type {
  const literals = new Set<string>();
  const composites: Type[] = [];
  const members: Type[] = [];
  for (const type of types.flatMap((one) => (one.kind === "union" ? one.members : [one]))) {
    if (type.kind === "any") return anyType;
    const key = scalarKey(type);
    if (key === undefined) {
      if (composites.some((member) => sameType(member, type))) continue;
      if (composites.push(type) > largestUnion) return anyType;
    } else if (literals.size === literals.add(key).size) continue;
    members.push(type);
  }
  if (members.length === 0) return anyType;
  return members.length === 1 ? members[0]! : bounded({ kind: "union", members });
}

/** Equal for equal types without parts; undefined for others. */
function scalarKey(type: Type): string | undefined {
  switch (type.kind) {
    case "none":
      return "none";
    case "bool":
    case "int":
    case "float":
    case "str":
      return type.literal === undefined ? type.kind : `${type.kind} ${type.literal}`;
    default:
      return undefined;
  }
}

function sameType(left: Type, right: Type): boolean {
  if (left === right) return true;
  if (left.kind !== right.kind) return false;
  switch (left.kind) {
    case "list":
      return sameType(left.item, (right as typeof left).item);
    case "dict":
      return sameType(left.key, (right as typeof left).key) && sameType(left.value, (right as typeof left).value);
    case "union": {
      const others = (right as typeof left).members;
      return (
        left.members.length === others.length && left.members.every((member) => others.some((other) => sameType(member, other)))
      );
    }
    case "schema":
    case "schemaValue":
      return left.schema === (right as typeof left).schema;
    case "multiplier":
      return typeText(left) === typeText(right);
    case "bool":
    case "int":
    case "float":
    case "str":
      return left.literal === (right as typeof left).literal;
    case "function":
    case "module":
      return false;
    default:
      return true;
  }
}

/** Without the literal: `int(1)` is `int`. Lists, dicts and unions are widened inside. */
export function widen(type: Type): Type {
  const known = widened.get(type);
  if (known !== undefined) return known;
  const result = computeWidened(type);
  widened.set(type, result);
  return result;
}

const widened = new WeakMap<Type, Type>();

function computeWidened(type: Type): Type {
  switch (type.kind) {
    case "bool":
    case "int":
    case "float":
    case "str":
    case "multiplier":
      return type.literal === undefined ? type : ({ kind: type.kind } as Type);
    case "list":
      return listOf(widen(type.item));
    case "dict":
      return widenDict(type);
    case "union":
      return unionOf(type.members.map(widen));
    default:
      return type;
  }
}

function widenDict(type: DictType): Type {
  const entries =
    type.entries && new Map([...type.entries].map(([name, entry]) => [name, { type: widen(entry.type), at: entry.at }]));
  return bounded({ kind: "dict", key: widen(type.key), value: widen(type.value), ...(entries && { entries }) });
}

/** The text of a type in messages: `[int(1) | str(a)]`, `{str:any}`. */
export function typeText(type: Type): string {
  switch (type.kind) {
    case "none":
      return "NoneType";
    case "bool":
      return type.literal === undefined ? "bool" : `bool(${type.literal ? "True" : "False"})`;
    case "int":
    case "str":
      return type.literal === undefined ? type.kind : `${type.kind}(${type.literal})`;
    case "float":
      return type.literal === undefined
        ? "float"
        : `float(${Number.isInteger(type.literal) ? type.literal.toFixed(1) : type.literal})`;
    case "multiplier":
      return type.literal === undefined ? "number_multiplier" : `number_multiplier(${type.literal.value}${type.literal.unit})`;
    case "list":
      return `[${typeText(type.item)}]`;
    case "dict":
      return `{${typeText(type.key)}:${typeText(type.value)}}`;
    case "union":
      return type.members.map(typeText).join(" | ");
    case "schema":
    case "schemaValue":
      return type.schema.name;
    case "function":
      return `(${type.parameters.map((parameter) => typeText(parameter.type)).join(", ")}) -> ${typeText(type.result)}`;
    case "module":
      return `module '${type.path}'`;
    default:
      return "any";
  }
}
