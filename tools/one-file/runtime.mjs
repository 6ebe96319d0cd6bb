/** The runtime that becomes part of the one-file build: installed once into the repository's cache, because nothing else needs it. */

import { existsSync } from "node:fs";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { runQuietly } from "../run/exec.mjs";
import { root } from "../run/prepare.mjs";
import { SetupError } from "../run/report.mjs";

const VERSION = "1.4.5";
const SYSTEMS = {
  "linux-x64": "linux-x64",
  "linux-arm64": "linux-aarch64",
  "darwin-x64": "darwin-x64",
  "darwin-arm64": "darwin-aarch64",
};

/** Where no registry can be reached that is to be known within seconds. */
const SOON = ["--fetch-retries=1", "--fetch-retry-mintimeout=1000"];

/** Where a program is built for unless something else is asked for. */
export const ownSystem = `${process.platform}-${process.arch}`;

/** Path of the runtime for a system, by Node's names (`linux-x64`). Of several who install at once the first to be ready wins. @throws SetupError */
export async function installedRuntime(system) {
  const name = SYSTEMS[system];
  if (name === undefined)
    throw new SetupError(`There is no runtime for ${system}. There are: ${Object.keys(SYSTEMS).join(", ")}.`);
  const wanted = `@oven/bun-${name}@${VERSION}`;
  const folder = join(root, ".cache", wanted.replace("/", "-"));
  const program = join("node_modules", "@oven", `bun-${name}`, "bin", "bun");
  if (existsSync(join(folder, program))) return join(folder, program);
  const own = `${folder}.${process.pid}`;
  await mkdir(own, { recursive: true });
  await writeFile(join(own, "package.json"), '{ "private": true }\n');
  try {
    const words = ["--no-save", "--no-audit", "--no-fund", "--ignore-scripts", "--force", ...SOON, "--prefix", own];
    await runQuietly("npm", ["install", ...words, wanted], { cwd: own });
    await rename(own, folder).catch((error) => {
      if (!existsSync(join(folder, program))) throw error;
    });
  } finally {
    await rm(own, { recursive: true, force: true });
  }
  return join(folder, program);
}
