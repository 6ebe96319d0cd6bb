/** `provisioning.query`: reads what the platform knows with a SELECT. The first row gives the outputs. */

import type { Json, JsonObject } from "@provisioning/model";
import { jsonObjectSchema } from "@provisioning/model/wire";
import * as z from "zod/mini";
import { didYouMean, type StepInput } from "@provisioning/planner";
import { parseQuery, QuerySyntaxError, type SelectQuery } from "./query/parse.js";
import { runQuery } from "./query/run.js";
import { loadTable, tableColumns, tableNames } from "./query/tables.js";
import { remembered } from "./remembered.js";
import { defineTask } from "./task.js";

interface QueryParams {
  readonly query: string;
}

interface QueryOutput extends JsonObject {
  readonly rows: readonly JsonObject[];
  /** Of the first row, what was not selected and later steps need. */
  readonly besides?: JsonObject;
}

/** Longer ones are not written by people. */
const MAX_LENGTH = 20_000;

const tryParse = remembered((text): SelectQuery | QuerySyntaxError => {
  try {
    return parseQuery(text);
  } catch (error) {
    if (error instanceof QuerySyntaxError) return error;
    throw error;
  }
});

export const query = defineTask<QueryParams, QueryOutput>({
  name: "provisioning.query",
  summary: "Reads servers, taskservs, networks, resources, runs, operations or a table of the workspace with a SELECT.",
  effect: "read",
  params: z.strictObject({ query: z.string().check(z.minLength(1), z.maxLength(MAX_LENGTH)) }),
  output: z.strictObject({
    rows: z.array(jsonObjectSchema),
    besides: z.exactOptional(jsonObjectSchema),
  }) as unknown as z.ZodMiniType<QueryOutput>,
  programs: ["query"],
  check(params, { ownTables }) {
    const parsed = tryParse(params.query);
    if (parsed instanceof QuerySyntaxError) return [{ path: ["query"], summary: parsed.message }];
    const columns = tableColumns(parsed.table);
    if (columns === undefined) {
      const own = ownTables();
      if (own.includes(parsed.table)) return [];
      const summary = `there is no table ${parsed.table}.`;
      return [{ path: ["query"], summary, hint: didYouMean(parsed.table, tableNames(own), "There are") }];
    }
    return parsed.uses
      .filter((name) => !columns.includes(name.split(".")[0] as string))
      .map((name) => ({
        path: ["query"],
        summary: `${parsed.table} has no column ${name}.`,
        hint: didYouMean(name, columns, "It has"),
      }));
  },
  needs: (params) => {
    const parsed = tryParse(params.query);
    return parsed instanceof QuerySyntaxError ? [] : parsed.names;
  },
  gives: (params) => {
    const parsed = tryParse(params.query);
    if (parsed instanceof QuerySyntaxError) return [];
    return [...(parsed.columns ?? tableColumns(parsed.table) ?? []), "rows"];
  },
  offers: (params, { ownColumns }) => {
    const parsed = tryParse(params.query);
    return parsed instanceof QuerySyntaxError ? [] : (tableColumns(parsed.table) ?? ownColumns(parsed.table));
  },
  async run(context, params) {
    const parsed = parseQuery(params.query);
    const table = await loadTable(context, parsed);
    const valueOf = (name: string) => context.values[name] as Json;
    const rows = runQuery(parsed, table, valueOf);
    const { outputs = [] } = context.operation.operation.input as unknown as StepInput;
    const columns = outputs.filter((name) => name !== "rows" && parsed.columns?.includes(name) === false);
    if (columns.length === 0) return { rows };
    const [first = {}] = runQuery({ ...parsed, columns, limit: Math.min(parsed.limit ?? 1, 1) }, table, valueOf);
    return { rows, besides: Object.fromEntries(Object.entries(first).filter(([, value]) => value !== null)) };
  },
  outputs: ({ rows, besides }) => ({ ...besides, ...(rows as readonly JsonObject[])[0], rows: rows as Json }),
});
