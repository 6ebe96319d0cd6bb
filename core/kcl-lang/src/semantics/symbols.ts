/** What a package declares: variables, schemas, type aliases, imports. */
import type { Place } from "../diagnostics/place.js";
import type { AttributeStatement, Module, SchemaStatement, Statement, TypeAliasStatement } from "../syntax/ast.js";
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
  const known = lineages.get(schema);
  if (known !== undefined) return known;
  const chain = new Set<SchemaSymbol>();
  for (let at: SchemaSymbol | undefined = schema; at !== undefined && !chain.has(at); at = at.parent) chain.add(at);
  const found = [...chain];
  lineages.set(schema, found);
  return found;
}

/** Asked for very often, and fixed once the schemas of a program are linked. */
const lineages = new WeakMap<SchemaSymbol, readonly SchemaSymbol[]>();

export function isDescendant(schema: SchemaSymbol, ancestor: SchemaSymbol): boolean {
  return lineage(schema).includes(ancestor);
}

/** An attribute of the schema, its mixins, its host protocol or its ancestors. */
export function findAttribute(schema: SchemaSymbol, name: string): AttributeSymbol | undefined {
  let inferred: AttributeSymbol | undefined;
  for (const one of lineage(schema)) {
    for (const source of [one, ...one.mixins, ...(one.host ? [one.host] : [])]) {
      const found = source.attributes.get(name);
      if (found?.statement !== undefined) return found;
      inferred ??= found;
    }
  }
  return inferred;
}

export function attributeNames(schema: SchemaSymbol): string[] {
  const names = new Set<string>();
  for (const one of lineage(schema).toReversed()) {
    for (const source of [one, ...one.mixins, ...(one.host ? [one.host] : [])])
      for (const name of source.attributes.keys()) names.add(name);
  }
  return [...names];
}

export function findIndexSignature(schema: SchemaSymbol): IndexSignatureSymbol | undefined {
  for (const one of lineage(schema)) {
    if (one.indexSignature !== undefined) return one.indexSignature;
    if (one.host?.indexSignature !== undefined) return one.host.indexSignature;
  }
  return undefined;
}

/** The package of single expressions: names given from outside come before imports and builtins. */
export const expressionPackage = "__expression__";
