/** The documentation of a KCL package as it crosses a wire. */

import type { AttributeDocument, CheckDocument, FileDocument, PackageDocument, SchemaDocument } from "@provisioning/kcl-lang";
import * as z from "zod/mini";

const text = z.exactOptional(z.string());

const attributeSchema: z.ZodMiniType<AttributeDocument> = z.strictObject({
  name: z.string(),
  type: z.string(),
  required: z.boolean(),
  default: text,
  description: z.string(),
  deprecated: text,
  from: text,
});

const checkSchema: z.ZodMiniType<CheckDocument> = z.strictObject({ test: z.string(), condition: text, message: text });

export const schemaSchema: z.ZodMiniType<SchemaDocument> = z.strictObject({
  name: z.string(),
  form: z.enum(["schema", "mixin", "protocol", "rule"]),
  line: z.int(),
  description: z.string(),
  deprecated: text,
  parameters: z.array(z.string()),
  parent: text,
  mixins: z.array(z.string()),
  host: text,
  attributes: z.array(attributeSchema),
  indexSignature: z.exactOptional(z.strictObject({ key: z.string(), type: z.string(), default: text })),
  checks: z.array(checkSchema),
  examples: z.string(),
  sections: z.array(z.strictObject({ title: z.string(), text: z.string() })),
});

const fileSchema: z.ZodMiniType<FileDocument> = z.strictObject({
  path: z.string(),
  description: z.string(),
  schemas: z.array(schemaSchema),
});

export const packageDocumentSchema: z.ZodMiniType<PackageDocument> = z.strictObject({ files: z.array(fileSchema) });
