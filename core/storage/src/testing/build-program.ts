/** Makes a TypeScript file of this repository runnable by plain `node`, for tests that need real processes to kill. */

import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const core = fileURLToPath(new URL("../../../", import.meta.url));

/** Bundles the sources, so that nothing has to be built before. */
export async function buildProgram(entry: string, outfile: string): Promise<void> {
  const packages = readdirSync(core, { withFileTypes: true }).filter((item) => item.isDirectory());
  const alias = Object.fromEntries(
    packages.flatMap(({ name }) => [
      [`@provisioning/${name}/testing`, `${core}${name}/src/testing/index.ts`],
      [`@provisioning/${name}`, `${core}${name}/src/index.ts`],
    ]),
  );
  await build({
    entryPoints: [entry],
    outfile,
    alias,
    // What only tests need is not reached by a program, and left out.
    external: ["vitest", "esbuild"],
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    logLevel: "error",
  });
}
