/** A global, parameter or loop variable with the name of an import: the module cannot be read under that name there. */
import { flatten, targetsOf } from "../../semantics/declare.js";
import type { Generator, LambdaExpression, QuantifierExpression, SchemaStatement } from "../../syntax/ast.js";
import type { Place } from "../../diagnostics/place.js";
import type { LintedFile, Rule } from "../rule.js";
import { walk } from "../walk.js";
import { importsOf } from "./imports.js";

export const hiddenImport: Rule = {
  code: "W1004",
  name: "HiddenImportWarning",
  inspect({ files }, warn) {
    for (const file of files) {
      const imports = new Map(importsOf(file).map((statement) => [statement.name, statement]));
      for (const { name, at } of declarationsOf(file)) {
        const hidden = imports.get(name);
        if (hidden === undefined) continue;
        warn(`'${name}' hides the module that is imported under this name`, at, {
          secondary: [{ message: `'${hidden.path}' is imported here`, position: hidden.at }],
          suggestions: [`rename it, or import the module under another name: import ${hidden.path} as …`],
        });
      }
    }
  },
};

interface Declaration {
  readonly name: string;
  readonly at: Place;
}

function declarationsOf(file: LintedFile): Declaration[] {
  const found: Declaration[] = [];
  for (const statement of flatten(file.tree.body))
    found.push(...targetsOf(statement).filter((target) => target.path.length === 0));
  walk(file.tree.body, (node) => {
    const one = node as LambdaExpression | SchemaStatement | QuantifierExpression | (Generator & { readonly kind?: undefined });
    if (one.kind === "lambda" || one.kind === "schema") found.push(...one.parameters);
    else if (one.kind === "quantifier" || (one.kind === undefined && "variables" in one)) found.push(...one.variables);
  });
  return found;
}
