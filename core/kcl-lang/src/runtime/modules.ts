/** Packages and system modules as values behind an import name. */
import { systemModule } from "../library/registry.js";
import { resolveNamed } from "../semantics/resolve-type.js";
import type { ImportTarget, ProgramSymbols, SchemaSymbol } from "../semantics/symbols.js";
import { KclModule } from "./values.js";

export function moduleValue(program: ProgramSymbols, target: ImportTarget): KclModule {
  if (target.kind === "system") {
    const members = systemModule(target.name);
    const get: KclModule["get"] = (machine, name) => {
      if (members?.has(name)) return members.get(name);
      return machine.fail(`attribute '${name}' not found in 'module '${target.name}''`);
    };
    return new KclModule(target.name, get, (name) => members?.has(name) ?? false);
  }
  const pkg = program.packages.get(target.path);
  const has = (name: string): boolean => pkg !== undefined && (pkg.variables.has(name) || schemaOf(name) !== undefined);
  const schemaOf = (name: string): SchemaSymbol | undefined => {
    const type = pkg && resolveNamed(program, pkg, "", [name]);
    return type?.kind === "schema" ? type.schema : undefined;
  };
  const get: KclModule["get"] = (machine, name) => {
    const schema = schemaOf(name);
    if (pkg?.variables.has(name)) return machine.packages.get(pkg.path)!.scope.read(machine, name);
    return schema === undefined ? undefined : machine.schemaClass(schema);
  };
  return new KclModule(target.path, get, has);
}
