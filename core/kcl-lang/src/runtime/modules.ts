/** Packages and system modules as values behind an import name. */
import { systemModule } from "../library/registry.js";
import type { ImportTarget, ProgramSymbols } from "../semantics/symbols.js";
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
  const has = (name: string): boolean => pkg !== undefined && (pkg.variables.has(name) || pkg.schemas.has(name));
  const get: KclModule["get"] = (machine, name) => {
    const schema = pkg?.schemas.get(name);
    if (pkg?.variables.has(name)) return machine.packages.get(pkg.path)!.scope.read(machine, name);
    return schema === undefined ? undefined : machine.schemaClass(schema);
  };
  return new KclModule(target.path, get, has);
}
