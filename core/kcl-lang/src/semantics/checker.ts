/** What all checks share: the program, the package at hand, the names in scope, and a place for findings. */
import { diagnostic, type DiagnosticDetails, type DiagnosticKind, type KclDiagnostic, kinds } from "../diagnostics/diagnostic.js";
import type { Place } from "../diagnostics/place.js";
import { similarNames } from "../diagnostics/suggest.js";
import { builtinFunctions } from "../library/builtins.js";
import type { Statement } from "../syntax/ast.js";
import { targetsOf } from "./declare.js";
import type { Annotation } from "./check-annotations.js";
import { inferExpression } from "./infer-expression.js";
import { resolveNamed, resolveTypeNode } from "./resolve-type.js";
import { findAttribute } from "./attribute-index.js";
import {
  attributeNames,
  findImport,
  findIndexSignature,
  type PackageSymbols,
  type ProgramSymbols,
  type SchemaSymbol,
  type VariableSymbol,
} from "./symbols.js";
import { anyType, dictOf, type Type, widen } from "./types.js";

/** Names of a lambda, loop, literal or schema. */
export interface LocalScope {
  readonly kind: "lambda" | "loop" | "config" | "schema";
  readonly names: Map<string, Type>;
  readonly schema?: SchemaSymbol;
  readonly parent: LocalScope | undefined;
}

/** Local names that a suggestion is looked for among. */
const mostLocalNames = 500;

/** Findings of a package; a damaged one can have very many. */
const mostFindings = 300;

/** Variables whose types depend on each other in a row; beyond that a type is left open. */
const longestTypeChain = 50;

export class Checker {
  private depth = 0;
  readonly findings: KclDiagnostic[] = [];
  private readonly seen = new Set<string>();
  private readonly variableTypes = new Map<VariableSymbol, Type>();
  private muted = 0;
  /** Of the variables of the package; set before its statements are checked. */
  annotations: ReadonlyMap<string, Annotation> = new Map();
  scope: LocalScope | undefined;

  constructor(
    readonly program: ProgramSymbols,
    public pkg: PackageSymbols,
  ) {}

  /** Whether more findings would help nobody. */
  get isFull(): boolean {
    return this.findings.length >= mostFindings;
  }

  /** Forgets where it was, after a statement that could not be checked to its end. */
  startAgain(pkg: PackageSymbols): void {
    this.pkg = pkg;
    this.muted = 0;
    this.depth = 0;
    this.scope = undefined;
  }

  report(kind: DiagnosticKind, message: string, at: Place, details: DiagnosticDetails = {}): void {
    const key = `${kind.code} ${at.file}:${at.line}:${at.column} ${message}`;
    if (this.muted > 0 || this.isFull || this.seen.has(key)) return;
    this.seen.add(key);
    this.findings.push(diagnostic(kind, message, at, details));
  }

  /** Runs something without reporting: types that are needed before their turn. */
  quietly<T>(run: () => T): T {
    this.muted++;
    const result = run();
    this.muted--;
    return result;
  }

  within<T>(kind: LocalScope["kind"], names: Iterable<readonly [string, Type]>, run: () => T, schema?: SchemaSymbol): T {
    const outer = this.scope;
    this.scope = { kind, names: new Map(names), parent: outer, ...(schema && { schema }) };
    const result = run();
    this.scope = outer;
    return result;
  }

  resolve(node: Parameters<typeof resolveTypeNode>[2] | undefined): Type {
    return node === undefined ? anyType : resolveTypeNode(this.program, this.pkg, node);
  }

  /** The type of a name; an unknown one is reported. */
  nameType(name: string, at: Place): Type {
    const local = this.localType(name);
    if (local !== undefined) return local;
    const global = this.globalType(this.pkg, name, at.file);
    if (global !== undefined) return global;
    if (this.isFull) return anyType;
    const known = [...this.pkg.variables.keys(), ...this.pkg.schemas.keys(), ...builtinFunctions.keys(), ...this.localNames()];
    this.report(kinds.compile, `name '${name}' is not defined${didYouMean(name, known)}`, at);
    return anyType;
  }

  private localType(name: string): Type | undefined {
    for (let scope = this.scope; scope !== undefined; scope = scope.parent) {
      const found = scope.names.get(name);
      if (found !== undefined) return found;
      const type = scope.schema && this.memberType(scope.schema, name);
      if (type !== undefined) return type;
    }
    return undefined;
  }

  /** A mixin may use what its host has, which is not known here. */
  private memberType(schema: SchemaSymbol, name: string): Type | undefined {
    const attribute = findAttribute(schema, name);
    if (attribute !== undefined) return attribute.type;
    if (findIndexSignature(schema) !== undefined && !this.isGlobal(name)) return anyType;
    const isMixin = schema.statement.form === "mixin" || schema.name.endsWith("Mixin");
    return isMixin && schema.host === undefined && !this.isGlobal(name) ? anyType : undefined;
  }

  private isGlobal(name: string): boolean {
    return (
      this.pkg.variables.has(name) ||
      this.pkg.schemas.has(name) ||
      builtinFunctions.has(name) ||
      [...this.pkg.imports.values()].some((imports) => imports.has(name))
    );
  }

  private localNames(): string[] {
    const names: string[] = [];
    for (let scope = this.scope; scope !== undefined && names.length < mostLocalNames; scope = scope.parent) {
      names.push(...scope.names.keys());
      if (scope.schema !== undefined) names.push(...attributeNames(scope.schema));
    }
    return names;
  }

  /** A variable, schema, import or builtin; undefined when there is none. */
  globalType(pkg: PackageSymbols, name: string, file: string): Type | undefined {
    const variable = pkg.variables.get(name);
    if (variable !== undefined) return this.variableType(pkg, variable);
    const schema = pkg.schemas.get(name);
    if (schema !== undefined) return { kind: "schemaValue", schema };
    const target = findImport(pkg, file, name);
    if (target?.kind === "system") return { kind: "module", path: target.name, system: true };
    if (target?.kind === "package") return { kind: "module", path: target.path, system: false };
    const alias = pkg.aliases.has(name) ? resolveNamed(this.program, pkg, file, [name]) : undefined;
    if (alias?.kind === "schema") return { kind: "schemaValue", schema: alias.schema };
    if (target !== undefined || alias !== undefined || builtinFunctions.has(name)) return anyType;
    return undefined;
  }

  /** The annotated type, else the base type of the first value. */
  variableType(pkg: PackageSymbols, variable: VariableSymbol): Type {
    const known = this.variableTypes.get(variable);
    if (known !== undefined) return known;
    if (this.depth >= longestTypeChain) return anyType;
    this.variableTypes.set(variable, anyType);
    this.depth++;
    const { scope: outerScope, pkg: outerPkg } = this;
    this.scope = undefined;
    this.pkg = pkg;
    const type = this.quietly(() => this.declaredType(variable) ?? this.firstType(variable));
    this.depth--;
    this.scope = outerScope;
    this.pkg = outerPkg;
    this.variableTypes.set(variable, type);
    return type;
  }

  private declaredType(variable: VariableSymbol): Type | undefined {
    for (const statement of variable.statements) {
      if (statement.kind === "assign" && statement.type !== undefined && isWhole(statement, variable.name))
        return this.resolve(statement.type);
      if (statement.kind === "unification") {
        const schema = inferExpression(this, statement.value.schema);
        if (schema.kind === "schemaValue") return { kind: "schema", schema: schema.schema };
      }
    }
    return undefined;
  }

  private firstType(variable: VariableSymbol): Type {
    const first = variable.statements.find((statement) => statement.kind === "assign" && isWhole(statement, variable.name));
    if (first?.kind !== "assign") return anyType;
    const type = widen(inferExpression(this, first.value));
    return variable.statements.some((statement) => changesParts(statement, variable.name)) ? withOpenParts(type) : type;
  }
}

/** Whether a statement sets a part of a variable, or merges something into it. */
function changesParts(statement: Statement, name: string): boolean {
  if (statement.kind === "augmentedAssign" && statement.operator === "|") return true;
  return targetsOf(statement).some((target) => target.name === name && target.path.length > 0);
}

/** A list or dict of which parts are set later can hold anything. */
function withOpenParts(type: Type): Type {
  if (type.kind === "dict") return dictOf(type.key, anyType);
  return type;
}

function isWhole(statement: Statement, name: string): boolean {
  return statement.kind === "assign" && statement.targets.some((target) => target.name === name && target.path.length === 0);
}

/** `, did you mean '["x"]'?`, or nothing. */
export function didYouMean(name: string, known: Iterable<string>): string {
  const similar = similarNames(name, known);
  return similar.length === 0 ? "" : `, did you mean '[${similar.map((one) => JSON.stringify(one)).join(", ")}]'?`;
}
