/** A global whose name does not begin with `_` is set once. */
import { kinds } from "../diagnostics/diagnostic.js";
import type { Place } from "../diagnostics/place.js";
import type { Checker } from "./checker.js";
import { targetsOf } from "./declare.js";

export function checkImmutable(checker: Checker): void {
  const first = new Map<string, Place>();
  for (const statement of checker.pkg.modules.flatMap((module) => module.body)) {
    for (const target of targetsOf(statement)) {
      const { name, at } = target;
      if (name.startsWith("_") || target.path.length > 0) continue;
      const before = first.get(name);
      if (before === undefined) first.set(name, at);
      else if (statement.kind === "assign")
        report(
          checker,
          `Can not change the value of '${name}', because it was declared immutable`,
          name,
          at,
          `The variable '${name}' is declared here`,
          before,
        );
      else if (statement.kind === "augmentedAssign")
        report(
          checker,
          `Immutable variable '${name}' is modified during compiling`,
          name,
          at,
          `The variable '${name}' is declared here firstly`,
          before,
        );
    }
  }
}

function report(checker: Checker, message: string, name: string, at: Place, detail: string, before: Place): void {
  checker.report(kinds.immutable, message, at, {
    secondary: [{ message: detail, position: before }],
    notes: [`change the variable name to '_${name}' to make it mutable`],
  });
}
