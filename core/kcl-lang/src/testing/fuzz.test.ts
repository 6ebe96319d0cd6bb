/** The short form of `npm run fuzz:kcl`: damaged programs give a value or a diagnostic. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { damagedProgram, judge, type Specimen } from "./index.js";

const root = fileURLToPath(new URL("../../../../", import.meta.url));
const inputs = 3_000;

function corpus(): Specimen[] {
  const files = ["kcl", "examples", "../shared/kcl-conformance/cases"].flatMap((folder) => kclFiles(join(root, folder)));
  return files.map((path) => ({ main: "/case/main.k", files: { "/case/main.k": readFileSync(path, "utf8") } }));
}

function kclFiles(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".k") && !name.includes("node_modules"))
      .sort()
      .map((name) => join(folder, name));
  } catch {
    return [];
  }
}

it(`gives a value or a diagnostic for ${inputs} damaged programs`, { timeout: 60_000 }, () => {
  const seed = Number(process.env.PROVISIONING_SEED ?? Date.now() % 1_000_000);
  const specimens = corpus();
  for (let index = 0; index < inputs; index++) {
    const { finding } = judge(damagedProgram(specimens, seed, index));
    expect(finding, `PROVISIONING_SEED=${seed}, program ${index}`).toBeUndefined();
  }
});
