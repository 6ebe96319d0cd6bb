/** One of two loop variables that nothing reads. */
import type { Expression, Generator, LoopVariable } from "../../syntax/ast.js";
import { type Reads, readsOf } from "../reads.js";
import type { Rule, Warn } from "../rule.js";
import { walk } from "../walk.js";

export const unusedLoopVariable: Rule = {
  code: "W1006",
  name: "UnusedLoopVariableWarning",
  inspect({ files }, warn) {
    for (const { tree } of files)
      walk(tree.body, (node) => {
        const one = node as Expression;
        if (one.kind === "quantifier") inspectVariables(one.variables, readsOf([one.test, one.condition]), warn);
        if (one.kind === "listComprehension") inspectGenerators(one.generators, [one.item], warn);
        if (one.kind === "dictComprehension") inspectGenerators(one.generators, [one.key, one.value], warn);
      });
  },
};

/** A variable may be read by its own conditions, by the clauses behind it and by the item. */
function inspectGenerators(generators: readonly Generator[], item: readonly Expression[], warn: Warn): void {
  generators.forEach((generator, index) => {
    inspectVariables(generator.variables, readsOf([generator.conditions, generators.slice(index + 1), item]), warn);
  });
}

function inspectVariables(variables: readonly LoopVariable[], reads: Reads, warn: Warn): void {
  const [first, second] = variables;
  if (first === undefined || second === undefined) return;
  const isUnused = ({ name, plain }: LoopVariable): boolean =>
    plain && !name.startsWith("_") && !reads.names.has(name) && !reads.keys.has(name);
  if (isUnused(second))
    warn(`the loop variable '${second.name}' is not used`, second.at, {
      suggestions: [`leave it out if '${first.name}' is a key, or call it '_'`],
    });
  else if (isUnused(first))
    warn(`the loop variable '${first.name}' is not used`, first.at, {
      suggestions: ["leave it out for a list, or call it '_' for a dict"],
    });
}
