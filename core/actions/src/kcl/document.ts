/** Documents KCL packages: their schemas, as Markdown or data. */

import { mkdir, writeFile } from "node:fs/promises";
import { basename, dirname, join, relative, resolve } from "node:path";
import { createCache, documentPackage, type PackageDocument, renderMarkdown } from "@provisioning/kcl-lang";
import * as z from "zod/mini";
import { defineAction } from "../action.js";
import type { ActionContext } from "../context.js";
import { existing, type KclFiles, kclFiles, type MachineAccess, machineAccessShape } from "./files.js";
import { type KclFinding, kclFindingSchema, toFinding } from "./finding.js";
import { packageDocumentSchema } from "./package-document.js";
import { readPackage } from "./read-package.js";
import { findSources } from "./sources.js";

export interface KclDocumentInput extends MachineAccess {
  /** A folder, with the packages below it, or a file; from the current folder. */
  readonly path: string;
  /** Folder that takes one file for each package; made when it is not there. */
  readonly output?: string;
  readonly format?: "md" | "json";
}

export interface KclDocumentReport {
  /** Every package could be read. */
  readonly ok: boolean;
  /** In order of name. A package without schemas or a text of its own is left out. */
  readonly packages: readonly { readonly name: string; readonly document: PackageDocument; readonly text: string }[];
  /** Absolute paths. */
  readonly written: readonly string[];
  readonly findings: readonly KclFinding[];
}

export const documentKcl = defineAction<KclDocumentInput, KclDocumentReport>({
  name: "kcl.document",
  cedar: { action: "documentKcl", resource: "Machine" },
  effect: "change",
  summary: "Documents the schemas of KCL packages.",
  input: z.strictObject({
    path: z.string(),
    output: z.exactOptional(z.string()),
    format: z.exactOptional(z.enum(["md", "json"])),
    ...machineAccessShape,
  }),
  output: z.strictObject({
    ok: z.boolean(),
    packages: z.array(z.strictObject({ name: z.string(), document: packageDocumentSchema, text: z.string() })),
    written: z.array(z.string()),
    findings: z.array(kclFindingSchema),
  }),
  run: async (context, { path, output, format = "md", ...access }) => {
    const packages: KclDocumentReport["packages"][number][] = [];
    const findings: KclFinding[] = [];
    for (const { name, document, problems } of await documentsAt(context, kclFiles(context, access), path)) {
      findings.push(...problems);
      if (document === undefined || isEmpty(document)) continue;
      const text = format === "md" ? renderMarkdown(name, document) : `${JSON.stringify(document, null, 2)}\n`;
      packages.push({ name, document, text });
    }
    const written = output === undefined ? [] : await writeAll(resolve(context.currentDir, output), packages, format);
    return { ok: findings.length === 0, packages, written, findings };
  },
});

interface Documented {
  readonly name: string;
  readonly document?: PackageDocument;
  readonly problems: readonly KclFinding[];
}

async function documentsAt(context: ActionContext, files: KclFiles, path: string): Promise<readonly Documented[]> {
  const [root = ""] = existing(context, files, [path]);
  const sources = await findSources(context, files, [root], isPackageFile);
  const cache = createCache();
  return [...new Set(sources.map((file) => dirname(file)))].toSorted().map((folder): Documented => {
    const below = relative(files.host.isDirectory(root) ? root : dirname(root), folder).replaceAll("/", ".");
    const name = below === "" ? basename(root).replace(/\.k$/, "") : below;
    const reading = readPackage(
      files,
      sources.filter((file) => dirname(file) === folder),
      cache,
    );
    if (!reading.ok) return { name, problems: reading.diagnostics.map(toFinding) };
    const documented = reading.programs.flatMap((program) => documentPackage(program).files);
    return { name, document: { files: documented }, problems: [] };
  });
}

function isPackageFile(name: string): boolean {
  return name.endsWith(".k") && !name.endsWith("_test.k") && !name.startsWith("_");
}

function isEmpty({ files }: PackageDocument): boolean {
  return files.every(({ schemas, description }) => schemas.length === 0 && description === "");
}

async function writeAll(folder: string, packages: KclDocumentReport["packages"], extension: string): Promise<readonly string[]> {
  await mkdir(folder, { recursive: true });
  return Promise.all(
    packages.map(async ({ name, text }) => {
      const file = join(folder, `${name}.${extension}`);
      await writeFile(file, text);
      return file;
    }),
  );
}
