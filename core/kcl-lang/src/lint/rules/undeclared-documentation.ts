/** A documentation that describes an attribute which the schema does not have. */
import { flatten, targetsOf } from "../../semantics/declare.js";
import { readDocumentation } from "../../document/documentation.js";
import type { SchemaStatement } from "../../syntax/ast.js";
import { similarNames } from "../../diagnostics/suggest.js";
import type { Rule } from "../rule.js";

export const undeclaredDocumentation: Rule = {
  code: "W1010",
  name: "UndeclaredDocumentationWarning",
  inspect({ files }, warn) {
    for (const { tree } of files) {
      for (const statement of flatten(tree.body)) {
        if (statement.kind !== "schema" || !isSelfContained(statement)) continue;
        const declared = attributesOf(statement);
        for (const name of readDocumentation(statement.documentation ?? "").attributes.keys()) {
          if (declared.includes(name)) continue;
          const close = similarNames(name, declared)[0];
          warn(`the documentation of '${statement.name}' describes '${name}', which is no attribute of it`, statement.nameAt, {
            suggestions: [close === undefined ? "remove it from the documentation" : `did it mean '${close}'?`],
          });
        }
      }
    }
  },
};

/** What parents, mixins and index signatures add is not seen here. */
function isSelfContained(schema: SchemaStatement): boolean {
  return !schema.parent && schema.mixins.length === 0 && !schema.indexSignature && !schema.host && schema.form === "schema";
}

function attributesOf(schema: SchemaStatement): string[] {
  const names = [...flatten(schema.body)].flatMap((statement) =>
    statement.kind === "attribute" ? [statement.name] : targetsOf(statement).map((target) => target.name),
  );
  return [...names, ...schema.parameters.map((parameter) => parameter.name)];
}
