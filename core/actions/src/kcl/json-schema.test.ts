import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { jsonSchemasOf } from "./json-schema.js";

it("tells each schema of a file as JSON Schema", () => {
  const file = fileURLToPath(new URL("../../../../kcl/workflows.k", import.meta.url));
  const schemas = jsonSchemasOf(file, (name) => `#/components/schemas/${name}`);
  expect(schemas.WorkflowDef).toMatchObject({
    type: "object",
    required: ["name", "operations"],
    properties: {
      name: { type: "string" },
      type: { enum: ["batch", "sequential", "parallel"] },
      operations: { type: "array", items: { $ref: "#/components/schemas/OperationDef" } },
      rollback_strategy: { $ref: "#/components/schemas/RollbackStrategy" },
      templates: { type: "array", items: { type: "string" } },
    },
  });
  expect(schemas.OperationDef).toMatchObject({ properties: { timeout: { type: "integer" }, parallel: { type: "boolean" } } });
});
