import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const root = fileURLToPath(new URL(".", import.meta.url));

/** Tests run on the sources: every workspace package resolves to its `src`. */
const alias = readdirSync(`${root}core`)
  .flatMap((name) => [
    { find: new RegExp(`^@provisioning/${name}$`), replacement: `${root}core/${name}/src/index.ts` },
    { find: new RegExp(`^@provisioning/${name}/testing$`), replacement: `${root}core/${name}/src/testing/index.ts` },
    { find: new RegExp(`^@provisioning/${name}/wire$`), replacement: `${root}core/${name}/src/wire/index.ts` },
    { find: new RegExp(`^@provisioning/${name}/client$`), replacement: `${root}core/${name}/src/client/index.ts` },
    { find: new RegExp(`^@provisioning/${name}/node$`), replacement: `${root}core/${name}/src/node-host.ts` },
  ])
  .concat(
    { find: /^@provisioning\/provider-local$/, replacement: `${root}extensions/providers/local/src/index.ts` },
    { find: /^@provisioning\/orchestrator$/, replacement: `${root}platform/orchestrator/src/index.ts` },
  );

export default defineConfig({
  resolve: { alias },
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          include: [
            "{core,platform,tools}/*/src/**/*.test.ts",
            "extensions/providers/*/src/**/*.test.ts",
            "extensions/taskservs/**/*.test.ts",
          ],
          exclude: ["**/*.container.test.ts"],
          // What hangs is found all the same; a machine that does other things as well is no failure.
          testTimeout: 20_000,
          hookTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          name: "container",
          include: ["{core,platform,extensions}/**/*.container.test.ts", "tests/**/*.test.ts"],
          exclude: ["**/node_modules/**", "**/dist/**"],
          globalSetup: ["tests/support/engine-setup.ts"],
          // Servers mostly wait for packages and boots: two files at once, after the unit tests.
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
          testTimeout: 600_000,
          hookTimeout: 300_000,
        },
      },
    ],
  },
});
