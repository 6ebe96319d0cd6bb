/** An import behind other statements: it holds for the whole file, so it belongs to its head. */
import type { Rule } from "../rule.js";

export const importPosition: Rule = {
  code: "W1003",
  name: "ImportPositionWarning",
  inspect({ files }, warn) {
    for (const { tree } of files) {
      const first = tree.body.findIndex((statement) => statement.kind !== "import");
      if (first < 0) continue;
      for (const statement of tree.body.slice(first))
        if (statement.kind === "import")
          warn(`the import of '${statement.path}' stands behind other statements`, statement.at, {
            suggestions: ["move it to the head of the file"],
          });
    }
  },
};
