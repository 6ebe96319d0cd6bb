/** What a package declares: variables, schemas, type aliases, imports. */
import type { Place } from "../diagnostics/place.js";
import type { AttributeStatement, Module, SchemaStatement, Statement, TypeAliasStatement } from "../syntax/ast.js";
import { ownAttributes } from "./attribute-index.js";
import type { Type } from "./types.js";

/** What an import name stands for. */
export type ImportTarget =
  | { readonly kind: "package"; readonly path: string }
  | { readonly kind: "system"; readonly name: string }
  | { readonly kind: "missing"; readonly path: string };

export interface VariableSymbol {
  readonly name: string;
  /** Where it is assigned first. */
  readonly at: Place;
  readonly statements: readonly Statement[];
}

export interface AttributeSymbol {
  readonly name: string;
  readonly at: Place;
  readonly type: Type;
  readonly optional: boolean;
  readonly hasValue: boolean;
  readonly owner: SchemaSymbol;
  readonly statement?: AttributeStatement;
}

export interface SchemaSymbol {
  readonly name: string;
  readonly pkg: PackageSymbols;
  readonly statement: SchemaStatement;
  /** Set once all packages are declared. */
  parent: SchemaSymbol | undefined;
  host: SchemaSymbol | undefined;
  mixins: readonly SchemaSymbol[];
  /** Own attributes, declared or assigned in the body. */
  attributes: ReadonlyMap<string, AttributeSymbol>;
  indexSignature: IndexSignatureSymbol | undefined;
}

export interface IndexSignatureSymbol {
  readonly at: Place;
  readonly alias: string | undefined;
  readonly key: Type;
  readonly value: Type;
  readonly anyOther: boolean;
}

export interface PackageSymbols {
  readonly path: string;
  readonly modules: readonly Module[];
  readonly variables: ReadonlyMap<string, VariableSymbol>;
  readonly schemas: ReadonlyMap<string, SchemaSymbol>;
  readonly aliases: ReadonlyMap<string, { readonly statement: TypeAliasStatement }>;
  /** By file, then by the name used in it. */
  readonly imports: ReadonlyMap<string, ReadonlyMap<string, ImportTarget>>;
}

export interface ProgramSymbols {
  readonly packages: ReadonlyMap<string, PackageSymbols>;
}

/** The import a name stands for in a file; other files' imports count where this file has none. */
export function findImport(pkg: PackageSymbols, file: string, name: string): ImportTarget | undefined {
  const own = pkg.imports.get(file)?.get(name);
  if (own !== undefined) return own;
  for (const imports of pkg.imports.values()) {
    const found = imports.get(name);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The schema and its ancestors, nearest first. Ends at a cycle. */
export function lineage(schema: SchemaSymbol): readonly SchemaSymbol[] {
  const chain = new Set<SchemaSymbol>();
  for (let at: SchemaSymbol | undefined = schema; at !== undefined && !chain.has(at); at = at.parent) chain.add(at);
  return [...chain];
}

export function isDescendant(schema: SchemaSymbol, ancestor: SchemaSymbol): boolean {
  let mark: SchemaSymbol | undefined;
  let steps = 0;
  for (let at: SchemaSymbol | undefined = schema; at !== undefined && at !== mark; at = at.parent) {
    if (at === ancestor) return true;
    // In a circle the mark is met again; it moves on so that it lies inside at last.
    if ((++steps & (steps - 1)) === 0) mark = at;
  }
  return false;
}

/** Names from the oldest ancestor on. */
export function attributeNames(schema: SchemaSymbol): string[] {
  const names = new Set<string>();
  for (const one of lineage(schema).toReversed()) for (const name of ownAttributes(one).keys()) names.add(name);
  return [...names];
}

export function findIndexSignature(schema: SchemaSymbol): IndexSignatureSymbol | undefined {
  const path: SchemaSymbol[] = [];
  let found: IndexSignatureSymbol | undefined;
  let at: SchemaSymbol | undefined = schema;
  for (; at !== undefined && found === undefined && !signatures.has(at); at = at.parent) {
    found = at.indexSignature ?? at.host?.indexSignature;
    // None until it is known to be otherwise: so a circle has an end.
    signatures.set(at, undefined);
    path.push(at);
  }
  if (found === undefined && at !== undefined) found = signatures.get(at);
  for (const one of path) signatures.set(one, found);
  return found;
}

/** Asked for very often, and fixed once the schemas of a program are linked. */
const signatures = new WeakMap<SchemaSymbol, IndexSignatureSymbol | undefined>();

/** The package of single expressions: names given from outside come before imports and builtins. */
export const expressionPackage = "__expression__";
