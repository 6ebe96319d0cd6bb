/** `== None`: None is compared by `is`. */
import type { Expression } from "../../syntax/ast.js";
import type { Rule } from "../rule.js";
import { walk } from "../walk.js";

export const noneComparison: Rule = {
  code: "W1007",
  name: "NoneComparisonWarning",
  inspect({ files }, warn) {
    for (const { tree } of files)
      walk(tree.body, (node) => {
        const one = node as Expression;
        if (one.kind !== "compare") return;
        let left = one.first;
        for (const { operator, value } of one.rest) {
          const none = nullText(left) ?? nullText(value);
          if ((operator === "==" || operator === "!=") && none !== undefined) {
            const better = operator === "==" ? "is" : "is not";
            warn(`${none} is compared by '${operator}'`, one.at, { suggestions: [`write '… ${better} ${none}'`] });
          }
          left = value;
        }
      });
  },
};

function nullText(expression: Expression): "None" | "Undefined" | undefined {
  if (expression.kind !== "constant") return undefined;
  if (expression.value === null) return "None";
  return expression.value === undefined ? "Undefined" : undefined;
}
