/** Makes a workspace folder, from the platform's template or from an example. What is already there is never overwritten. */

import { copyFile, mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ProvisioningError, type WorkspaceName } from "@provisioning/model";
import { type WorkspaceLayout, workspaceLayout } from "./layout.js";

export interface InitOptions {
  readonly name: WorkspaceName;
  readonly dir: string;
  /** Folder to copy: the platform's template or an example workspace. */
  readonly templateDir: string;
  /** Only tell what would be written. */
  readonly check?: boolean;
}

/** Placeholder for the workspace's name in template files. */
const NAME_PLACEHOLDER = "__WORKSPACE__";

/** Returns the files that were written, relative to `dir`. A folder that is a workspace already only gets what is missing. */
export async function initWorkspace(options: InitOptions): Promise<readonly string[]> {
  const source = await stat(options.templateDir).catch(() => undefined);
  if (!source?.isDirectory()) {
    throw new ProvisioningError({
      code: "TEMPLATE_MISSING",
      message: `There is no folder ${options.templateDir} to make a workspace from.`,
      hint: "Give --from the path of a folder with infra/ and config/.",
    });
  }
  const write = options.check !== true;
  const layout = workspaceLayout(options.dir);
  if (write) await makeFolders(options.dir, layout);
  const written: string[] = [];
  await copyMissing({ name: options.name, write, written }, options.templateDir, options.dir, "");
  await writeMissing({ write, written }, join(options.dir, ".gitignore"), "runtime/\n", ".gitignore");
  return written;
}

async function makeFolders(root: string, layout: WorkspaceLayout): Promise<void> {
  for (const dir of [layout.infraDir, join(root, "config"), layout.extensionsDir]) await mkdir(dir, { recursive: true });
  await mkdir(layout.runtimeDir, { recursive: true, mode: 0o700 });
}

interface Writing {
  /** Nothing is written without it, only told. */
  readonly write: boolean;
  readonly written: string[];
}

async function copyMissing(
  writing: Writing & { readonly name: WorkspaceName },
  from: string,
  to: string,
  prefix: string,
): Promise<void> {
  const { name, write, written } = writing;
  if (write) await mkdir(to, { recursive: true });
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const relative = prefix === "" ? entry.name : `${prefix}/${entry.name}`;
    if (relative === "runtime" || entry.isSymbolicLink()) continue;
    const source = join(from, entry.name);
    const target = join(to, entry.name);
    if (entry.isDirectory()) await copyMissing(writing, source, target, relative);
    else if (await isMissing(target)) {
      if (write) await copyNamed(source, target, name);
      written.push(relative);
    }
  }
}

async function copyNamed(source: string, target: string, name: WorkspaceName): Promise<void> {
  const content = await readFile(source);
  if (content.includes(NAME_PLACEHOLDER)) await writeFile(target, content.toString("utf8").replaceAll(NAME_PLACEHOLDER, name));
  else await copyFile(source, target);
}

async function writeMissing({ write, written }: Writing, file: string, content: string, relative: string): Promise<void> {
  if (!(await isMissing(file))) return;
  if (write) await writeFile(file, content);
  written.push(relative);
}

function isMissing(path: string): Promise<boolean> {
  return stat(path).then(
    () => false,
    () => true,
  );
}
