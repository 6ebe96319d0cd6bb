/** What a taskserv can be configured with: its fields, types, defaults and what they mean, as its schema says. */

import { join } from "node:path";
import { documentPackage, loadProgram, type SchemaDocument } from "@provisioning/kcl-lang";
import { createNodeHost } from "@provisioning/kcl-lang/node";
import { nearest, ProvisioningError, type TaskservName, taskservName } from "@provisioning/model";
import { taskservNameSchema } from "@provisioning/model/wire";
import { loadTaskservCatalog, platformPackages } from "@provisioning/workspace";
import * as z from "zod/mini";
import { defineAction } from "../action.js";
import { schemaSchema } from "../kcl/package-document.js";
import { extensionRoots } from "./extension-roots.js";

export interface TaskservSchemaInput {
  readonly taskserv: string;
}

export interface TaskservSchema {
  readonly taskserv: TaskservName;
  readonly version: string;
  readonly description: string;
  /** Absolute. */
  readonly file: string;
  /** `Config` first; then the schemas that it uses. */
  readonly schemas: readonly SchemaDocument[];
}

export const showTaskservSchema = defineAction<TaskservSchemaInput, TaskservSchema>({
  name: "catalog.schema",
  cedar: { action: "showTaskservSchema", resource: "Catalog" },
  effect: "read",
  summary: "Tells what a taskserv can be configured with.",
  input: z.strictObject({ taskserv: z.string() }),
  output: z.strictObject({
    taskserv: taskservNameSchema,
    version: z.string(),
    description: z.string(),
    file: z.string(),
    schemas: z.array(schemaSchema),
  }),
  async run(context, { taskserv }) {
    const catalog = await loadTaskservCatalog(await extensionRoots(context));
    const extension = catalog.get(taskservName(taskserv));
    if (extension === undefined) throw new TaskservUnknownError(taskserv, [...catalog.keys()]);
    const file = join(extension.dir, "schema.k");
    const loaded = loadProgram({ host: createNodeHost(), files: [file], ...platformPackages(context.platform.kclDir) });
    if (!loaded.ok) throw new SchemaBrokenError(taskserv, loaded.diagnostics[0]?.message ?? "it cannot be read");
    const schemas = documentPackage(loaded.program).files.flatMap((document) => document.schemas);
    const { name, version, description } = extension.manifest;
    return {
      taskserv: taskservName(name),
      version,
      description,
      file,
      schemas: schemas.toSorted((left, right) => Number(right.name === "Config") - Number(left.name === "Config")),
    };
  },
});

class TaskservUnknownError extends ProvisioningError {
  constructor(name: string, known: readonly string[]) {
    const suggestion = nearest(name, known);
    super({
      code: "TASKSERV_UNKNOWN",
      message: `There is no taskserv ${name}.`,
      hint: suggestion === undefined ? "See all with: provisioning taskserv list --all" : `Did you mean ${suggestion}?`,
    });
  }
}

class SchemaBrokenError extends ProvisioningError {
  constructor(name: string, reason: string) {
    super({
      code: "TASKSERV_SCHEMA",
      message: `The schema of ${name} is broken: ${reason}`,
      hint: "Look at it with: provisioning kcl lint",
    });
  }
}
