/** Installs the packages of a peer into a folder of the cache, with exact versions and without running anything of them. */

import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const CACHE = fileURLToPath(new URL("../../../.cache/peers/", import.meta.url));

/** @returns the folder, or why there is none */
export function install(packages) {
  const wanted = Object.entries(packages).map(([name, version]) => `${name}@${version}`);
  const folder = join(CACHE, wanted.join("+").replaceAll("/", "-"));
  if (existsSync(folder)) return { folder };
  const own = `${folder}.${process.pid}`;
  mkdirSync(own, { recursive: true });
  writeFileSync(join(own, "package.json"), '{ "private": true }\n');
  writeFileSync(join(own, "entry.mjs"), `export * from ${JSON.stringify(Object.keys(packages)[0])};\n`);
  const words = ["install", "--no-save", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix", own, ...wanted];
  const { status, stderr, error } = spawnSync("npm", words, { cwd: own, encoding: "utf8" });
  if (status !== 0) {
    rmSync(own, { recursive: true, force: true });
    const errors = (stderr ?? "").split("\n").filter((line) => line.startsWith("npm error"));
    return { reason: error?.message ?? `${wanted.join(", ")}: ${errors.slice(0, 2).join(" ") || `npm ended with ${status}`}` };
  }
  renameSync(own, folder);
  return { folder };
}

/** What the first package in the folder exports. */
export function load(folder) {
  return import(pathToFileURL(join(folder, "entry.mjs")).href);
}
