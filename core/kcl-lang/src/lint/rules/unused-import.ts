/** An import that nothing reads. */
import type { Rule } from "../rule.js";
import { importsOf } from "./imports.js";

export const unusedImport: Rule = {
  code: "W1001",
  name: "UnusedImportWarning",
  inspect({ files }, warn) {
    for (const file of files) {
      for (const statement of importsOf(file)) {
        const isRead = files.some((other) => {
          const holds = other === file || !importsOf(other).some((own) => own.name === statement.name);
          return holds && other.reads.names.has(statement.name);
        });
        if (!isRead)
          warn(`module '${statement.path}' is imported as '${statement.name}' but not used`, statement.at, {
            suggestions: ["remove this import"],
          });
      }
    }
  },
};
