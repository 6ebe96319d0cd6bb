/**
 * `npm test`: sets up what is missing, then runs the checks, the unit tests and the tests in real containers.
 *
 * `npm test -- --project unit` (or any other option of Vitest) runs only the named tests, `npm test -- storage_integration` those of a suite.
 */

import { join } from "node:path";
import { runChecks } from "./checks.mjs";
import { run } from "./exec.mjs";
import { prepare, root } from "./prepare.mjs";
import { main, sayHeading } from "./report.mjs";

/** Tests that belong together, by the name of the suite. */
const SUITES = {
  storage_integration: ["core/storage/src/backends"],
  migration_tests: ["core/storage/src/migration", "core/actions/src/testing/migration"],
  factory_tests: ["core/storage/src/open.test.ts"],
};

await main(async () => {
  const options = process.argv.slice(2).flatMap((word) => SUITES[word] ?? [word]);
  await prepare();
  let failed = 0;
  if (options.length === 0) {
    sayHeading("Checks");
    failed += await runChecks();
  }
  sayHeading("Tests");
  const vitest = join(root, "node_modules", "vitest", "vitest.mjs");
  failed += await run(process.execPath, [vitest, "run", ...options], { cwd: root });
  return failed === 0 ? 0 : 1;
});
