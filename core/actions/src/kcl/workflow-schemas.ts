/** What a batch workflow is, as JSON Schema: `WorkflowDef` and the schemas that it uses. */

import type { JsonObject } from "@provisioning/model";

/** @param refer how one schema names another */
export async function workflowSchemas(
  file: string,
  refer: (name: string) => string,
): Promise<Readonly<Record<string, JsonObject>>> {
  // The language is large, and few ask.
  const { jsonSchemasOf } = await import("./json-schema.js");
  const all = jsonSchemasOf(file, refer);
  const used = new Set(["WorkflowDef"]);
  for (const name of used) {
    const text = JSON.stringify(all[name]);
    for (const other of Object.keys(all)) if (text.includes(JSON.stringify(refer(other)))) used.add(other);
  }
  return Object.fromEntries(Object.entries(all).filter(([name]) => used.has(name)));
}
