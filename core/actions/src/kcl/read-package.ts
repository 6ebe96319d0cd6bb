/**
 * The files of one folder are a package with one scope, or modules that know each other by import: the language has both, and a folder does
 * not say which it is. What holds in one of these readings is fine; what is wrong in both is wrong.
 */

import { type KclCache, type KclDiagnostic, loadProgram, type Program } from "@provisioning/kcl-lang";
import type { KclFiles } from "./files.js";

export type PackageReading =
  | { readonly ok: true; readonly programs: readonly Program[] }
  | { readonly ok: false; readonly diagnostics: readonly KclDiagnostic[] };

/** `members`: files of one folder. A package gives one program, modules one each. */
export function readPackage(files: KclFiles, members: readonly string[], cache: KclCache): PackageReading {
  const { host, packages, aliases, vendorFolder } = files;
  const given = { host, packages, aliases, cache, ...(vendorFolder === undefined ? {} : { vendorFolder }) };
  const whole = loadProgram({ ...given, files: members });
  if (whole.ok) return { ok: true, programs: [whole.program] };
  const modules = members.map((file) => loadProgram({ ...given, files: [file] }));
  const programs = modules.flatMap((one) => (one.ok ? [one.program] : []));
  if (programs.length === members.length) return { ok: true, programs };
  const apart = new Set(modules.flatMap((one) => (one.ok ? [] : one.diagnostics.map(keyOf))));
  const inBoth = whole.diagnostics.filter((one) => apart.has(keyOf(one)));
  return { ok: false, diagnostics: inBoth.length > 0 ? inBoth : whole.diagnostics };
}

/** Equal for the same finding. */
export function keyOf({ code, message, position }: KclDiagnostic): string {
  return [code, position.file, position.line, position.column, message].join("\n");
}
