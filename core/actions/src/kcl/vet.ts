/** Checks data files against a KCL schema. */

import { vetData } from "@provisioning/kcl-lang";
import * as z from "zod/mini";
import { defineAction } from "../action.js";
import { existing, kclFiles, type MachineAccess, machineAccessShape, readText } from "./files.js";
import { type KclFinding, kclFindingSchema, kclFindingShape, toFinding } from "./finding.js";

export interface KclVetInput extends MachineAccess {
  /** YAML and JSON files, from the current folder; `-` is `standardInput`. */
  readonly data: readonly string[];
  readonly standardInput?: string;
  /** Files with the schema. */
  readonly files: readonly string[];
  /** Default: the first schema. */
  readonly schema?: string;
  /** The data also becomes a global of this name. */
  readonly attribute?: string;
  /** Default: by the name of each file; YAML for standard input. */
  readonly format?: "yaml" | "json";
}

export interface KclVetReport {
  /** Everything fits. */
  readonly ok: boolean;
  readonly schema?: string;
  /** Documents that were looked at. */
  readonly documents: number;
  readonly findings: readonly (KclFinding & { readonly document: number; readonly path: string })[];
  /** The schema's files are at fault; no data was looked at then. */
  readonly broken: readonly KclFinding[];
}

export const vetKcl = defineAction<KclVetInput, KclVetReport>({
  name: "kcl.vet",
  cedar: { action: "vetKcl", resource: "Machine" },
  effect: "read",
  summary: "Checks YAML and JSON files against a KCL schema.",
  input: z.strictObject({
    data: z.array(z.string()),
    standardInput: z.exactOptional(z.string()),
    files: z.array(z.string()),
    schema: z.exactOptional(z.string()),
    attribute: z.exactOptional(z.string()),
    format: z.exactOptional(z.enum(["yaml", "json"])),
    ...machineAccessShape,
  }),
  output: z.strictObject({
    ok: z.boolean(),
    schema: z.exactOptional(z.string()),
    documents: z.int(),
    findings: z.array(z.strictObject({ ...kclFindingShape, document: z.int(), path: z.string() })),
    broken: z.array(kclFindingSchema),
  }),
  run: async (context, { data, standardInput, files: schemaFiles, schema, attribute, format, ...access }) => {
    const files = kclFiles(context, access);
    const texts = await Promise.all(
      data.map(async (file) => ({
        file: file === "-" ? "<stdin>" : file,
        text: file === "-" ? (standardInput ?? "") : await readText(context, file),
        ...(format === undefined ? {} : { format }),
      })),
    );
    const result = vetData({
      ...files,
      schemaFiles: existing(context, files, schemaFiles),
      data: texts,
      ...(schema === undefined ? {} : { schema }),
      ...(attribute === undefined ? {} : { attribute }),
    });
    if (!result.ok) return { ok: false, documents: 0, findings: [], broken: result.diagnostics.map(toFinding) };
    const findings = result.findings.map(({ document, path, diagnostic }) => ({ ...toFinding(diagnostic), document, path }));
    const used = result.schema === undefined ? {} : { schema: result.schema };
    return { ok: findings.length === 0, ...used, documents: result.documents, findings, broken: [] };
  },
});
