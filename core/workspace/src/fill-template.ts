/** Files from a folder of templates, with names in the place of `__PLACEHOLDERS__`. */

import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";

/** A file as it is to be written. */
export interface TemplateFile {
  /** Relative to where it goes. */
  readonly path: string;
  readonly content: string;
}

/** Sorted by path. `values`: by the name of the placeholder, `NAME` for `__NAME__`, in contents and in names of files. */
export async function fillTemplate(dir: string, values: Readonly<Record<string, string>>): Promise<readonly TemplateFile[]> {
  const entries = await readdir(dir, { withFileTypes: true, recursive: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath ?? entry.path, entry.name));
  return Promise.all(
    files.sort().map(async (file) => ({
      path: fill(relative(dir, file), values),
      content: fill(await readFile(file, "utf8"), values),
    })),
  );
}

/** What is there is never overwritten. Gives the paths that were written. */
export async function writeTemplate(dir: string, files: readonly TemplateFile[]): Promise<readonly string[]> {
  const written: string[] = [];
  for (const { path, content } of files) {
    const target = join(dir, path);
    await mkdir(dirname(target), { recursive: true });
    try {
      await writeFile(target, content, { flag: "wx" });
      written.push(path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
  }
  return written;
}

/** A placeholder that nobody gives stays as it is: a test of the templates would show it. */
function fill(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(/__([A-Z]+)__/g, (found, name: string) => values[name] ?? found);
}
