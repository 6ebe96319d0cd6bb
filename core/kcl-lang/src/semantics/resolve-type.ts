/** Type annotations to types. Names that stand for nothing become `any`; the checker reports them. */
import type { LiteralValue, TypeNode } from "../syntax/ast.js";
import type { PackageSymbols, ProgramSymbols } from "./symbols.js";
import { findImport } from "./symbols.js";
import {
  anyType,
  boolType,
  dictOf,
  floatType,
  intType,
  listOf,
  multiplierType,
  noneType,
  strType,
  type Type,
  unionOf,
} from "./types.js";

const basicTypes = { bool: boolType, int: intType, float: floatType, str: strType } as const;

export function resolveTypeNode(program: ProgramSymbols, pkg: PackageSymbols, node: TypeNode): Type {
  const resolve = (inner: TypeNode | undefined): Type => (inner === undefined ? anyType : resolveTypeNode(program, pkg, inner));
  switch (node.kind) {
    case "anyType":
      return anyType;
    case "basicType":
      return basicTypes[node.name];
    case "literalType":
      return literalType(node.value);
    case "listType":
      return listOf(resolve(node.item));
    case "dictType":
      return dictOf(node.key === undefined ? anyType : resolve(node.key), resolve(node.value));
    case "unionType":
      return unionOf(node.members.map(resolve));
    case "functionType": {
      const parameters = node.parameters.map((type) => ({ name: "", type: resolve(type), optional: false }));
      return { kind: "function", parameters, result: resolve(node.result) };
    }
    default:
      return resolveNamed(program, pkg, node.at.file, node.path) ?? anyType;
  }
}

/** The type behind a dotted name; undefined when there is none. */
export function resolveNamed(
  program: ProgramSymbols,
  pkg: PackageSymbols,
  file: string,
  path: readonly string[],
): Type | undefined {
  const [first, ...rest] = path;
  if (first === undefined) return undefined;
  if (rest.length === 0) {
    const alias = pkg.aliases.get(first);
    const aliased = alias && resolveAlias(program, pkg, alias);
    if (aliased !== undefined) return aliased;
    const schema = pkg.schemas.get(first);
    return schema === undefined ? undefined : { kind: "schema", schema };
  }
  const target = findImport(pkg, file, first);
  if (target?.kind === "system") return target.name === "units" && rest[0] === "NumberMultiplier" ? multiplierType : undefined;
  if (target?.kind === "package") {
    const other = program.packages.get(target.path);
    return other && resolveNamed(program, other, file, rest);
  }
  const qualified = program.packages.get(path.slice(0, -1).join("."));
  return qualified && resolveNamed(program, qualified, file, path.slice(-1));
}

type Alias = PackageSymbols["aliases"] extends ReadonlyMap<string, infer Found> ? Found : never;

/** What aliases stand for, as far as that did not depend on where a circle of them was entered. */
const resolved = new WeakMap<Alias, Type>();

/** Aliases being resolved inside each other, and how often one of them was asked for again. */
const open = new Set<Alias>();
let circles = 0;

/** The type an alias stands for; undefined where it is part of itself. */
function resolveAlias(program: ProgramSymbols, pkg: PackageSymbols, alias: Alias): Type | undefined {
  const known = resolved.get(alias);
  if (known !== undefined) return known;
  if (open.has(alias)) {
    circles++;
    return undefined;
  }
  const before = circles;
  open.add(alias);
  try {
    const type = resolveTypeNode(program, pkg, alias.statement.type);
    if (circles === before) resolved.set(alias, type);
    return type;
  } finally {
    open.delete(alias);
  }
}

function literalType(value: LiteralValue): Type {
  switch (value.kind) {
    case "int":
      return value.unit === undefined
        ? { kind: "int", literal: value.value }
        : { kind: "multiplier", literal: { value: value.value, unit: value.unit } };
    case "float":
      return { kind: "float", literal: value.value };
    case "str":
      return { kind: "str", literal: value.value };
    case "bool":
      return { kind: "bool", literal: value.value };
    default:
      return noneType;
  }
}
