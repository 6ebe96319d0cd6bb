/** The programs that are damaged: the reference cases where they are beside the repository, and our own KCL. */

import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));
const cases = join(root, "../shared/kcl-conformance/cases");

/** Largest file that takes part: small ones run more often. */
const LARGEST_FILE = 20_000;

/** @returns {import("@provisioning/kcl-lang/testing").Specimen[]} in a stable order */
export function readCorpus() {
  return [...filesBelow(cases), ...filesBelow(join(root, "kcl")), ...filesBelow(join(root, "examples"))]
    .filter((path) => path.endsWith(".k"))
    .map(specimenOf)
    .filter(({ main, files }) => files[main].length <= LARGEST_FILE);
}

/** A file with what stands in and below its folder, moved to `/case`. */
function specimenOf(path) {
  const folder = dirname(path);
  const files = {};
  for (const file of filesBelow(folder))
    if (/\.(k|mod|yaml|json)$/.test(file)) files[join("/case", relative(folder, file))] = readFileSync(file, "utf8");
  return { main: join("/case", relative(folder, path)), files };
}

function filesBelow(folder) {
  let entries;
  try {
    entries = readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
  return entries
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return entry.name === "node_modules" ? [] : filesBelow(path);
      return entry.isFile() ? [path] : [];
    });
}
