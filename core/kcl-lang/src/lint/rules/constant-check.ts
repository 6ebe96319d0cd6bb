/** A check or assertion of a literal: it says the same for every value, often because a message slipped to a line of its own. */
import type { Check, Expression, Statement } from "../../syntax/ast.js";
import type { Rule } from "../rule.js";
import { walk } from "../walk.js";

export const constantCheck: Rule = {
  code: "W1011",
  name: "ConstantCheckWarning",
  inspect({ files }, warn) {
    for (const { tree } of files)
      walk(tree.body, (node) => {
        const statement = node as Statement;
        for (const { test } of checksOf(statement)) {
          if (!literals.has(test.kind)) continue;
          const isText = test.kind === "string" || test.kind === "template";
          warn("this check tests a literal, so its outcome is always the same", test.at, {
            suggestions: [isText ? "put a message behind its test, after a comma" : "test a value"],
          });
        }
      });
  },
};

const literals: ReadonlySet<Expression["kind"]> = new Set(["string", "template", "int", "float", "list", "constant"]);

function checksOf(statement: Statement): readonly Pick<Check, "test">[] {
  if (statement.kind === "assert") return [statement];
  return statement.kind === "schema" ? statement.checks : [];
}
