/** A module that one file imports twice, or two modules under one name. */
import type { ImportStatement } from "../../syntax/ast.js";
import type { Rule } from "../rule.js";
import { importsOf } from "./imports.js";

export const repeatedImport: Rule = {
  code: "W1002",
  name: "ReimportWarning",
  inspect({ files }, warn) {
    for (const file of files) {
      const paths = new Map<string, ImportStatement>();
      const names = new Map<string, ImportStatement>();
      for (const statement of importsOf(file)) {
        const [samePath, sameName] = [paths.get(statement.path), names.get(statement.name)];
        if (samePath !== undefined)
          warn(`module '${statement.path}' is imported a second time`, statement.at, {
            secondary: [{ message: "it is imported here", position: samePath.at }],
            suggestions: [`use the name '${samePath.name}' and remove this import`],
          });
        else if (sameName !== undefined)
          warn(`the name '${statement.name}' stands for two modules; the last one counts`, statement.at, {
            secondary: [{ message: `it is '${sameName.path}' here`, position: sameName.at }],
            suggestions: [`give it a name of its own: import ${statement.path} as …`],
          });
        paths.set(statement.path, samePath ?? statement);
        names.set(statement.name, statement);
      }
    }
  },
};
