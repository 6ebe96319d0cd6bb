/** Fails when a source file imports what the table in `layers.mjs` does not allow, when files import each other in a circle, or when a pure zone reaches for the outside. */

import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { cruise } from "dependency-cruiser";
import { MAY_IMPORT, PORTABLE_ZONES, PURE_ZONES } from "./layers.mjs";

process.chdir(fileURLToPath(new URL("../../", import.meta.url)));

const packages = Object.keys(MAY_IMPORT);
const TEST = "\\.test\\.ts$|/src/testing/";
/** A package by name leads to its built files. */
const insideOf = (names) => names.map((name) => `^${name}/(src|dist)/`).join("|");

const layerRules = packages.map((name) => ({
  name: `${name} imports only its layers`,
  severity: "error",
  from: { path: `^${name}/src/`, pathNot: TEST },
  to: { path: insideOf(packages), pathNot: insideOf([name, ...MAY_IMPORT[name]]) },
}));

const zoneRules = [...PURE_ZONES, ...PORTABLE_ZONES].map((zone) => ({
  name: `${zone} is pure`,
  severity: "error",
  from: { path: zone, pathNot: TEST },
  to: { dependencyTypes: ["core"] },
}));

const result = await cruise(
  packages.map((name) => join(name, "src")),
  {
    validate: true,
    ruleSet: {
      forbidden: [
        ...layerRules,
        ...zoneRules,
        {
          name: "no circles",
          severity: "error",
          // The productions of a grammar, its types and its values are mutually recursive, one to a file.
          from: { pathNot: `${TEST}|^core/kcl-lang/src/(syntax|semantics|runtime|library)/` },
          to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } },
        },
        {
          name: "no import of the own index",
          severity: "error",
          from: { path: "^(core/[^/]+|extensions/providers/[^/]+)/src/(?!testing)", pathNot: "\\.test\\.ts$" },
          to: { path: "^$1/src/index\\.ts$" },
        },
        { name: "every import resolves", severity: "error", from: {}, to: { couldNotResolve: true } },
      ],
    },
    tsPreCompilationDeps: true,
    doNotFollow: { path: "node_modules|/dist/" },
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "types", "default", "node"] },
  },
  {},
  { tsConfig: { options: {} } },
);

const { summary, modules } = result.output;
if (modules.length < packages.length) throw new Error(`only ${modules.length} files were looked at`);
for (const violation of summary.violations) console.error(`${violation.from} → ${violation.to}: ${violation.rule.name}`);
console.error(`${modules.length} files, ${summary.violations.length} forbidden imports`);
process.exitCode = summary.violations.length === 0 ? 0 : 1;
