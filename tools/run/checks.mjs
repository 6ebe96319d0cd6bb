/** The checks that need no running: format, lint, types of tests, layers, dead code. */

import { join } from "node:path";
import { runQuietly } from "./exec.mjs";
import { root } from "./prepare.mjs";
import { sayFailure, step } from "./report.mjs";

const bin = (name) => join(root, "node_modules", ".bin", name);
const compiler = join(root, "node_modules/typescript7/bin/tsc");

const CHECKS = [
  { title: "Format", command: bin("biome"), args: ["format"] },
  { title: "Lint", command: bin("oxlint"), args: ["--type-aware", "--deny-warnings"] },
  { title: "Types of tests", command: process.execPath, args: [compiler, "-p", "tsconfig.tests.json"] },
  { title: "Layers", command: process.execPath, args: ["tools/check-layers/check-layers.mjs"] },
  { title: "Dead code", command: bin("knip"), args: [] },
];

/** Runs all of them, also after a failure, and returns how many failed. */
export async function runChecks() {
  let failed = 0;
  for (const { title, command, args } of CHECKS) {
    try {
      await step(title, () => runQuietly(command, args, { cwd: root }));
    } catch (error) {
      failed += 1;
      sayFailure(`${title}: ${String(error instanceof Error ? error.message : error)}`);
    }
  }
  return failed;
}
