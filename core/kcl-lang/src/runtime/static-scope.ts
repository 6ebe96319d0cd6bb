/** Which names are known where, at compile time. Each scope below a package has one environment at run time. */
import type { PackageSymbols, ProgramSymbols } from "../semantics/symbols.js";

export type StaticScope =
  | { readonly kind: "package"; readonly program: ProgramSymbols; readonly pkg: PackageSymbols; readonly parent: undefined }
  | BodyScope
  | { readonly kind: "lambda" | "loop"; readonly names: ReadonlyMap<string, number>; readonly parent: StaticScope }
  | { readonly kind: "config"; readonly keys: ReadonlySet<string>; readonly deferred: boolean; readonly parent: StaticScope };

/** A schema's body: attributes are looked up in the instance, then come parameters. */
interface BodyScope {
  readonly kind: "body";
  readonly names: ReadonlyMap<string, number>;
  readonly parent: StaticScope;
}

export function packageOf(scope: StaticScope): { readonly program: ProgramSymbols; readonly pkg: PackageSymbols } {
  let at = scope;
  while (at.kind !== "package") at = at.parent;
  return at;
}

export function slots(names: Iterable<string>): Map<string, number> {
  const map = new Map<string, number>();
  for (const name of names) if (!map.has(name)) map.set(name, map.size);
  return map;
}

/** Whether a bare key is a loop variable, whose value is then the key. */
export function isLoopVariable(scope: StaticScope, name: string): boolean {
  for (let at: StaticScope | undefined = scope; at !== undefined; at = at.parent) {
    if (at.kind === "loop" && at.names.has(name)) return true;
    if ((at.kind === "lambda" || at.kind === "body") && at.names.has(name)) return false;
  }
  return false;
}
