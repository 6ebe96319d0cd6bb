/** A private global (`_name`) or a variable of a lambda that nothing reads. Other globals are output. */
import { flatten, targetsOf } from "../../semantics/declare.js";
import type { LambdaExpression, Statement, Target } from "../../syntax/ast.js";
import { readsOf } from "../reads.js";
import type { LintedPackage, Rule, Warn } from "../rule.js";
import { walk } from "../walk.js";

export const unusedVariable: Rule = {
  code: "W1005",
  name: "UnusedVariableWarning",
  inspect(pkg, warn) {
    inspectGlobals(pkg, warn);
    for (const file of pkg.files)
      walk(file.tree.body, (node) => {
        if (node.kind === "lambda") inspectLambda(node as LambdaExpression, warn);
      });
  },
};

function inspectGlobals({ files }: LintedPackage, warn: Warn): void {
  const seen = new Set<string>();
  for (const target of files.flatMap((file) => plainTargets(file.tree.body))) {
    const { name, at } = target;
    if (!name.startsWith("_") || name === "_" || seen.has(name)) continue;
    seen.add(name);
    if (files.some(({ reads }) => reads.names.has(name) || reads.members.has(name))) continue;
    warn(`the private variable '${name}' is not used`, at, {
      suggestions: ["remove it, or drop the leading '_' to make it part of the output"],
    });
  }
}

/** The last statement is the lambda's value, an assignment included. */
function inspectLambda(lambda: LambdaExpression, warn: Warn): void {
  const reads = readsOf(lambda.body);
  const results = new Set(lastStatements(lambda.body));
  const seen = new Set<string>();
  for (const statement of flatten(lambda.body)) {
    for (const { name, at, path } of results.has(statement) ? [] : targetsOf(statement)) {
      if (path.length > 0 || name === "_" || seen.has(name) || reads.names.has(name)) continue;
      seen.add(name);
      warn(`the variable '${name}' of this lambda is not used`, at, { suggestions: ["remove it"] });
    }
  }
}

function lastStatements(body: readonly Statement[]): Statement[] {
  const last = body.at(-1);
  if (last === undefined) return [];
  return last.kind === "if" ? [...lastStatements(last.body), ...lastStatements(last.otherwise)] : [last];
}

function plainTargets(body: readonly Statement[]): Target[] {
  return [...flatten(body)].flatMap((statement) => targetsOf(statement).filter((target) => target.path.length === 0));
}
