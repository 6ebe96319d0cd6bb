/** The packages of SurrealDB for tests: installed once into a cache folder of the repository, because they are not part of the platform. */

import { execFile } from "node:child_process";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);

const STORAGE_PACKAGE = fileURLToPath(new URL("../../package.json", import.meta.url));
const CACHE = fileURLToPath(new URL("../../../../.cache/", import.meta.url));
const NAMES = ["surrealdb", "@surrealdb/node", "ws"];

export interface SurrealPackages {
  /** With `node_modules` in it. Empty when there can be none. */
  readonly folder: string;
  /** Why there can be none on this machine. */
  readonly reason: string | undefined;
}

/** In CI there have to be packages. */
export async function surrealPackages(): Promise<SurrealPackages> {
  try {
    return { folder: await installed(), reason: undefined };
  } catch (error) {
    const reason = `The packages of SurrealDB cannot be installed: ${error instanceof Error ? error.message : String(error)}`;
    if (process.env["CI"] !== undefined) throw new Error(reason, { cause: error });
    return { folder: "", reason };
  }
}

/** Of several who install at once each works in a folder of its own; the first to be ready gives it its name. */
async function installed(): Promise<string> {
  const manifest = JSON.parse(await readFile(STORAGE_PACKAGE, "utf8")) as { peerDependencies: Record<string, string> };
  const wanted = NAMES.map((name) => `${name}@${manifest.peerDependencies[name]}`);
  const folder = `${CACHE}${wanted.join("+").replaceAll("/", "-")}`;
  if (await isThere(folder)) return folder;
  const own = `${folder}.${process.pid}`;
  await mkdir(own, { recursive: true });
  await writeFile(`${own}/package.json`, '{ "private": true }\n');
  try {
    await run("npm", ["install", "--no-save", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", own, ...wanted], {
      cwd: dirname(own),
    });
    await rename(own, folder).catch(async (error: unknown) => {
      if (!(await isThere(folder))) throw error;
    });
  } finally {
    await rm(own, { recursive: true, force: true });
  }
  return folder;
}

function isThere(folder: string): Promise<boolean> {
  return readFile(`${folder}/node_modules/surrealdb/package.json`).then(
    () => true,
    () => false,
  );
}
