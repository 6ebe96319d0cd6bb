/** `npm run test:one-file`: makes the one-file build and runs the tests of commands with it in the place of the built command. */

import { join } from "node:path";
import { run } from "../run/exec.mjs";
import { root } from "../run/prepare.mjs";
import { main, sayHeading } from "../run/report.mjs";

const TESTS = [
  "core/cli/src/commands/kcl.test.ts",
  "core/cli/src/commands/kcl-conformance.test.ts",
  "core/cli/src/commands/storage.test.ts",
  "tests/guides.test.ts",
  "tests/quickstart.test.ts",
  "tests/workflow-documents.test.ts",
  "tests/batch.test.ts",
  "tests/storage-choice.test.ts",
];

await main(async () => {
  const wanted = process.argv.slice(2);
  if ((await run(process.execPath, [join(root, "tools/one-file/build.mjs")], { cwd: root })) !== 0) return 1;
  sayHeading("Tests");
  const env = { ...process.env, PROVISIONING_COMMAND: join(root, "core/cli/one-file/provisioning") };
  const vitest = join(root, "node_modules/vitest/vitest.mjs");
  return run(process.execPath, [vitest, "run", ...(wanted.length === 0 ? TESTS : wanted)], { cwd: root, env });
});
