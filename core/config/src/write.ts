/** Changes values in a configuration file of YAML. Comments and all other keys stay. */

import { randomBytes } from "node:crypto";
import { open, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { ConfigSyntaxError } from "./layer.js";

/**
 * `values` by dotted path. Durable when it resolves; after a crash the file is the old one or the new one.
 * @throws ConfigSyntaxError, nothing is written then
 */
export async function writeConfig(file: string, values: ReadonlyMap<string, string | number>): Promise<void> {
  const { parseDocument } = await import("yaml");
  const document = parseDocument(await readFile(file, "utf8"));
  for (const [key, value] of values) {
    try {
      document.setIn(key.split("."), value);
    } catch (cause) {
      throw new ConfigSyntaxError({ file, line: 1, column: 1 }, `${key} cannot be set in it`, { cause });
    }
  }
  await replaceFile(file, document.toString());
}

async function replaceFile(file: string, text: string): Promise<void> {
  const { mode } = await stat(file);
  const draft = `${file}.${process.pid}.${randomBytes(4).toString("hex")}`;
  try {
    await writeFile(draft, text, { flush: true, mode });
    await rename(draft, file);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
  const folder = await open(dirname(file), "r");
  await folder.sync().finally(() => folder.close());
}
