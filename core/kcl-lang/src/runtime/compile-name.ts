/** Reading of names: local variables, entries of enclosing literals, attributes, globals, builtins. */
import type { Place } from "../diagnostics/place.js";
import { builtinFunctions } from "../library/builtins.js";
import { similarNames } from "../diagnostics/suggest.js";
import { resolveNamed } from "../semantics/resolve-type.js";
import { expressionPackage, findImport } from "../semantics/symbols.js";
import type { Code } from "./code.js";
import { type Environment, unset } from "./environment.js";
import { moduleValue } from "./modules.js";
import type { StaticScope } from "./static-scope.js";
import type { Value } from "./values.js";

/** One place to look; `unset` means: look further out. */
type Lookup = (environment: Environment) => Value | typeof unset;

export function compileName(scope: StaticScope, name: string, at: Place): Code {
  const lookups: Lookup[] = [];
  let depth = 0;
  let inner = scope;
  for (; inner.kind !== "package"; inner = inner.parent, depth++) {
    const found = lookupsIn(inner, name, depth);
    lookups.push(...found);
    if (inner.kind === "loop" && found.length > 0) return firstOf(lookups, undefined, at);
  }
  return firstOf(lookups, globalCode(inner, name, at), at);
}

function lookupsIn(scope: Exclude<StaticScope, { kind: "package" }>, name: string, depth: number): Lookup[] {
  if (scope.kind === "config") {
    return scope.keys.has(name) ? [(environment) => entryAt(up(environment, depth), name)] : [];
  }
  const slot = scope.names.get(name);
  const local: Lookup[] = slot === undefined ? [] : [(environment) => up(environment, depth).slots[slot]];
  if (scope.kind !== "body") return local;
  const attribute: Lookup = (environment) => {
    const body = up(environment, depth);
    if (body.alias?.name === name) return body.alias.value;
    const found = body.host?.find(name);
    return found === undefined ? unset : found.value;
  };
  return [attribute, ...local];
}

function entryAt(environment: Environment, name: string): Value | typeof unset {
  const entry = environment.entries?.get(name);
  return entry === undefined ? unset : entry.value;
}

function up(environment: Environment, depth: number): Environment {
  let at = environment;
  for (let step = depth; step > 0; step--) at = at.parent!;
  return at;
}

function firstOf(lookups: readonly Lookup[], global: Code | undefined, at: Place): Code {
  if (lookups.length === 0 && global !== undefined) {
    return (machine, environment) => {
      machine.place = at;
      return global(machine, environment);
    };
  }
  return (machine, environment) => {
    machine.place = at;
    for (const lookup of lookups) {
      const value = lookup(environment);
      if (value !== unset) return value;
    }
    return global?.(machine, environment);
  };
}

function globalCode(scope: StaticScope & { kind: "package" }, name: string, at: Place): Code {
  const { pkg } = scope;
  if (pkg.variables.has(name)) return (machine) => machine.packages.get(pkg.path)!.scope.read(machine, name);
  const schema = pkg.schemas.get(name);
  if (schema !== undefined) return (machine) => machine.schemaClass(schema);
  const alias = pkg.aliases.has(name) ? resolveNamed(scope.program, pkg, at.file, [name]) : undefined;
  if (alias?.kind === "schema") return (machine) => machine.schemaClass(alias.schema);
  const outside = importOrBuiltin(scope, name, at);
  if (pkg.path === expressionPackage) {
    return (machine, environment) =>
      machine.settings.scope?.has(name) ? machine.settings.scope.get(name) : outside(machine, environment);
  }
  return outside;
}

function importOrBuiltin(scope: StaticScope & { kind: "package" }, name: string, at: Place): Code {
  const target = findImport(scope.pkg, at.file, name);
  if (target !== undefined) {
    const value = moduleValue(scope.program, target);
    return () => value;
  }
  const builtin = builtinFunctions.get(name);
  if (builtin !== undefined) return () => builtin;
  return (machine) => {
    const known = [...(machine.settings.scope?.keys() ?? []), ...builtinFunctions.keys()];
    const [suggestion] = similarNames(name, known);
    return machine.fail(`name '${name}' is not defined${suggestion === undefined ? "" : `, did you mean '${suggestion}'?`}`, at);
  };
}
