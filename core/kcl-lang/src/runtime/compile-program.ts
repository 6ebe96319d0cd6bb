/** Compiles all packages of a program. */
import { resolveTypeNode } from "../semantics/resolve-type.js";
import type { PackageSymbols, ProgramSymbols } from "../semantics/symbols.js";
import type { Type } from "../semantics/types.js";
import { flatten } from "../semantics/declare.js";
import { compileBody } from "./compile-body.js";
import { compileSchema } from "./compile-schema.js";
import type { PackageCode } from "./package.js";
import type { StaticScope } from "./static-scope.js";

export function compileProgram(program: ProgramSymbols): PackageCode[] {
  return [...program.packages.values()].map((pkg) => compilePackage(program, pkg));
}

function compilePackage(program: ProgramSymbols, pkg: PackageSymbols): PackageCode {
  const scope: StaticScope = { kind: "package", program, pkg, parent: undefined };
  const statements = pkg.modules.flatMap((module) => module.body);
  return {
    path: pkg.path,
    body: compileBody(statements, scope),
    schemas: new Map([...pkg.schemas.values()].map((schema) => [schema, compileSchema(schema.statement, scope)])),
    types: annotatedTypes(program, pkg),
    imports: importedPackages(pkg),
  };
}

function annotatedTypes(program: ProgramSymbols, pkg: PackageSymbols): Map<string, Type> {
  const types = new Map<string, Type>();
  for (const module of pkg.modules) {
    for (const statement of flatten(module.body)) {
      if (statement.kind !== "assign" || statement.type === undefined) continue;
      const first = statement.targets[0];
      if (first !== undefined && first.path.length === 0) types.set(first.name, resolveTypeNode(program, pkg, statement.type));
    }
  }
  return types;
}

function importedPackages(pkg: PackageSymbols): string[] {
  const paths = new Set<string>();
  for (const imports of pkg.imports.values())
    for (const target of imports.values()) if (target.kind === "package") paths.add(target.path);
  return [...paths];
}
