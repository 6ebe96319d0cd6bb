/** First pass over all packages: finds what each declares and links schemas to their parents, mixins and hosts. */
import type { Expression, IfStatement, Module, SchemaStatement, Statement, Target, TypeAliasStatement } from "../syntax/ast.js";
import { resolveTypeNode } from "./resolve-type.js";
import type { AttributeSymbol, ImportTarget, PackageSymbols, ProgramSymbols, SchemaSymbol, VariableSymbol } from "./symbols.js";
import { findImport } from "./symbols.js";
import { anyType, type Type } from "./types.js";

export interface PackageInput {
  readonly path: string;
  readonly modules: readonly Module[];
  readonly imports: ReadonlyMap<string, ReadonlyMap<string, ImportTarget>>;
}

export function declareProgram(inputs: Iterable<PackageInput>): ProgramSymbols {
  const packages = new Map<string, PackageSymbols>();
  for (const input of inputs) packages.set(input.path, declarePackage(input));
  const program: ProgramSymbols = { packages };
  const schemas = [...packages.values()].flatMap((pkg) => [...pkg.schemas.values()]);
  for (const schema of schemas) linkSchema(program, schema);
  for (const schema of schemas) declareAttributes(program, schema);
  return program;
}

function declarePackage(input: PackageInput): PackageSymbols {
  const variables = new Map<string, VariableSymbol & { statements: Statement[] }>();
  const schemas = new Map<string, SchemaSymbol>();
  const aliases = new Map<string, { statement: TypeAliasStatement }>();
  const pkg: PackageSymbols = { ...input, variables, schemas, aliases };
  for (const module of input.modules) {
    for (const statement of flatten(module.body)) {
      if (statement.kind === "schema") {
        if (!schemas.has(statement.name)) schemas.set(statement.name, emptySchema(pkg, statement));
      } else if (statement.kind === "typeAlias") aliases.set(statement.name, { statement });
      for (const target of targetsOf(statement)) {
        const known = variables.get(target.name);
        if (known === undefined) variables.set(target.name, { name: target.name, at: target.at, statements: [statement] });
        else known.statements.push(statement);
      }
    }
  }
  return pkg;
}

function emptySchema(pkg: PackageSymbols, statement: SchemaStatement): SchemaSymbol {
  return {
    name: statement.name,
    pkg,
    statement,
    parent: undefined,
    host: undefined,
    mixins: [],
    attributes: new Map(),
    indexSignature: undefined,
  };
}

type PlainStatement = Exclude<Statement, IfStatement>;

/** Statements of a body including those inside `if`, in order. */
export function flatten(body: readonly Statement[], found: PlainStatement[] = []): readonly PlainStatement[] {
  for (const statement of body) {
    if (statement.kind !== "if") found.push(statement);
    else {
      flatten(statement.body, found);
      flatten(statement.otherwise, found);
    }
  }
  return found;
}

export function targetsOf(statement: Statement): readonly Target[] {
  switch (statement.kind) {
    case "assign":
      return statement.targets;
    case "augmentedAssign":
    case "unification":
      return [statement.target];
    default:
      return [];
  }
}

function linkSchema(program: ProgramSymbols, schema: SchemaSymbol): void {
  const { statement, pkg } = schema;
  schema.parent = statement.parent && findSchema(program, pkg, statement.parent);
  schema.host = statement.host && findSchema(program, pkg, statement.host);
  schema.mixins = statement.mixins.flatMap((mixin) => findSchema(program, pkg, mixin) ?? []);
}

/** The schema a (dotted) name stands for in a package. */
function findSchema(program: ProgramSymbols, pkg: PackageSymbols, name: Expression): SchemaSymbol | undefined {
  const type = schemaNameType(program, pkg, name);
  return type?.kind === "schema" ? type.schema : undefined;
}

function schemaNameType(program: ProgramSymbols, pkg: PackageSymbols, name: Expression): Type | undefined {
  if (name.kind === "name") return resolveTypeNode(program, pkg, { kind: "namedType", at: name.at, path: [name.name] });
  if (name.kind !== "selector" || name.value.kind !== "name") return undefined;
  const target = findImport(pkg, name.at.file, name.value.name);
  if (target === undefined) return undefined;
  return resolveTypeNode(program, pkg, { kind: "namedType", at: name.at, path: [name.value.name, name.name] });
}

function declareAttributes(program: ProgramSymbols, schema: SchemaSymbol): void {
  const { statement, pkg } = schema;
  const attributes = new Map<string, AttributeSymbol>();
  for (const line of flatten(statement.body)) {
    if (line.kind === "attribute") {
      const type = resolveTypeNode(program, pkg, line.type);
      attributes.set(line.name, {
        name: line.name,
        at: line.at,
        type,
        optional: line.optional,
        hasValue: line.value !== undefined,
        owner: schema,
        statement: line,
      });
    } else if (line.kind === "unification" && !attributes.get(line.target.name)?.statement) {
      const owner = findSchema(program, pkg, line.value.schema);
      const type: Type = owner === undefined ? anyType : { kind: "schema", schema: owner };
      const stand = {
        kind: "attribute" as const,
        at: line.at,
        name: line.target.name,
        optional: false,
        type: { kind: "anyType" as const, at: line.at },
        decorators: [],
      };
      attributes.set(line.target.name, {
        name: line.target.name,
        at: line.at,
        type,
        optional: false,
        hasValue: true,
        owner: schema,
        statement: stand,
      });
    } else {
      for (const target of targetsOf(line)) {
        if (attributes.has(target.name)) continue;
        const declared = line.kind === "assign" && line.type !== undefined ? resolveTypeNode(program, pkg, line.type) : anyType;
        attributes.set(target.name, {
          name: target.name,
          at: target.at,
          type: declared,
          optional: true,
          hasValue: true,
          owner: schema,
        });
      }
    }
  }
  schema.attributes = attributes;
  const signature = statement.indexSignature;
  if (signature === undefined) return;
  schema.indexSignature = {
    at: signature.at,
    alias: signature.alias,
    anyOther: signature.anyOther,
    key: resolveTypeNode(program, pkg, signature.key),
    value: resolveTypeNode(program, pkg, signature.value),
  };
}
