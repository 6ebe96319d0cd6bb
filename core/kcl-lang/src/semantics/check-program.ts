/** All checks of a program, in the order in which they are reported: packages in order of import, the main package last. */
import { type KclDiagnostic, kinds } from "../diagnostics/diagnostic.js";
import { isStackOverflow } from "../diagnostics/failure.js";
import type { Statement } from "../syntax/ast.js";
import { checkAnnotations } from "./check-annotations.js";
import { checkImmutable } from "./check-immutable.js";
import { checkSchemas } from "./check-schemas.js";
import { checkStatement } from "./check-statements.js";
import { Checker } from "./checker.js";
import type { PackageSymbols, ProgramSymbols } from "./symbols.js";

export function checkProgram(program: ProgramSymbols): KclDiagnostic[] {
  const findings: KclDiagnostic[] = [];
  for (const pkg of program.packages.values()) {
    const checker = new Checker(program, pkg);
    checkImmutable(checker);
    checkSchemas(checker);
    checker.annotations = checkAnnotations(checker);
    for (const statement of pkg.modules.flatMap((module) => module.body)) checkUnlessTooDeep(checker, pkg, statement);
    findings.push(...checker.findings);
  }
  return findings;
}

/** A statement whose expressions exhaust the stack is a finding, and the others are checked. */
function checkUnlessTooDeep(checker: Checker, pkg: PackageSymbols, statement: Statement): void {
  try {
    checkStatement(checker, statement);
  } catch (error) {
    if (!isStackOverflow(error)) throw error;
    checker.startAgain(pkg);
    checker.report(kinds.syntax, "the program is nested too deeply", statement.at);
  }
}
