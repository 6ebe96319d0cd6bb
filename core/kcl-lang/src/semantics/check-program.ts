/** All checks of a program, in the order in which they are reported. */
import type { KclDiagnostic } from "../diagnostics/diagnostic.js";
import type { ProgramSymbols } from "./symbols.js";

export function checkProgram(_program: ProgramSymbols): KclDiagnostic[] {
  return [];
}
