/** All checks of a program, in the order in which they are reported: packages in order of import, the main package last. */
import type { KclDiagnostic } from "../diagnostics/diagnostic.js";
import { checkAnnotations } from "./check-annotations.js";
import { checkImmutable } from "./check-immutable.js";
import { checkSchemas } from "./check-schemas.js";
import { checkStatement } from "./check-statements.js";
import { Checker } from "./checker.js";
import type { ProgramSymbols } from "./symbols.js";

export function checkProgram(program: ProgramSymbols): KclDiagnostic[] {
  const findings: KclDiagnostic[] = [];
  for (const pkg of program.packages.values()) {
    const checker = new Checker(program, pkg);
    checkImmutable(checker);
    checkSchemas(checker);
    checker.annotations = checkAnnotations(checker);
    for (const statement of pkg.modules.flatMap((module) => module.body)) checkStatement(checker, statement);
    findings.push(...checker.findings);
  }
  return findings;
}
