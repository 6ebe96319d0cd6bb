/** The tables that queries read: what is recorded of resources and runs, and tables that a workspace keeps itself. */

import { readdirSync, readFileSync, statSync } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import {
  isJsonObject,
  type Json,
  type JsonObject,
  parseAddress,
  ProvisioningError,
  type ResourceRecord,
} from "@provisioning/model";
import { didYouMean } from "@provisioning/planner";
import type { RunSummary, Storage } from "@provisioning/storage";
import { replay } from "@provisioning/workflow";
import { findWorkspace, openRegistry, userPaths } from "@provisioning/workspace";
import type { ActionContext } from "../../context.js";
import type { TaskContext } from "../task.js";
import type { SelectQuery } from "./parse.js";

const RESOURCE = ["infra", "address", "kind", "name", "provider", "status", "run", "updated_at", "spec"] as const;

const COLUMNS: Readonly<Record<string, readonly string[]>> = {
  servers: [...RESOURCE, "plan", "addresses"],
  taskservs: [...RESOURCE, "server"],
  networks: RESOURCE,
  resources: [...RESOURCE, "depends_on"],
  runs: ["id", "name", "infra", "status", "purpose", "created_at", "updated_at", "operations", "completed", "failed"],
  operations: ["run", "run_name", "infra", "id", "title", "action", "status", "attempts"],
};

/** Newest first; a workflow asks about what happened lately. */
const MAX_RUNS = 10_000;
/** Of these the events are read. */
const MAX_RUNS_WITH_OPERATIONS = 100;
/** A table of one's own is read as a whole. */
const MAX_TABLE_BYTES = 16 * 1024 * 1024;

/** Absent for tables whose columns are known only when they are read. */
export function tableColumns(table: string): readonly string[] | undefined {
  return Object.hasOwn(COLUMNS, table) ? COLUMNS[table] : undefined;
}

export function tableNames(own: readonly string[]): readonly string[] {
  return [...Object.keys(COLUMNS), ...own];
}

/** Files `metrics/<table>.json` of a workspace: each a list of objects, written by whatever measures. */
export function ownTables(workspaceDir: string): readonly string[] {
  try {
    const files = readdirSync(join(workspaceDir, "metrics"));
    return files.filter((file) => /^[A-Za-z_]\w*\.json$/.test(file)).map((file) => file.slice(0, -".json".length));
  } catch {
    return [];
  }
}

/** As the rows have them now. Empty for a table that is not there or not valid. */
export function ownColumns(workspaceDir: string, table: string): readonly string[] {
  if (!ownTables(workspaceDir).includes(table)) return [];
  const file = join(workspaceDir, "metrics", `${table}.json`);
  try {
    if (statSync(file).size > MAX_TABLE_BYTES) return [];
    return [...new Set((parseRows(readFileSync(file, "utf8")) ?? []).flatMap((row) => Object.keys(row)))];
  } catch {
    return [];
  }
}

/** @throws ProvisioningError QUERY_TABLE_UNKNOWN, QUERY_TABLE_INVALID */
export async function loadTable({ action, storage }: TaskContext, { table }: SelectQuery): Promise<readonly JsonObject[]> {
  switch (table) {
    case "servers":
      return (await recordsOf(storage, "server")).map((record) => ({
        ...resourceRow(record),
        plan: record.spec.plan ?? null,
        addresses: record.attributes.addresses ?? null,
      }));
    case "taskservs":
      return (await recordsOf(storage, "taskserv")).map((record) => {
        const parsed = parseAddress(record.address);
        return { ...resourceRow(record), server: parsed.kind === "taskserv" ? parsed.server : null };
      });
    case "networks":
      return (await recordsOf(storage, "network")).map(resourceRow);
    case "resources":
      return (await recordsOf(storage)).map((record) => ({ ...resourceRow(record), depends_on: record.dependsOn }));
    case "runs":
      return (await newestRuns(storage, MAX_RUNS)).map(runRow);
    case "operations":
      return operationRows(storage);
    default:
      return ownTable(action, table);
  }
}

async function recordsOf({ resources }: Storage, kind?: ResourceRecord["kind"]): Promise<readonly ResourceRecord[]> {
  const lists = await Promise.all((await resources.listInfras()).map((infra) => resources.list(infra)));
  const records = lists.flat().map(({ record }) => record);
  return kind === undefined ? records : records.filter((record) => record.kind === kind);
}

function resourceRow({ infra, address, kind, provider, status, runId, updatedAt, spec }: ResourceRecord): JsonObject {
  const name = address.slice(address.lastIndexOf(".") + 1);
  return { infra, address, kind, name, provider, status, run: runId, updated_at: new Date(updatedAt).toISOString(), spec };
}

async function newestRuns({ runs }: Storage, most: number): Promise<readonly RunSummary[]> {
  const found: RunSummary[] = [];
  let cursor: string | undefined;
  do {
    const page = await runs.list(cursor === undefined ? {} : { cursor });
    found.push(...page.runs);
    cursor = page.next;
  } while (cursor !== undefined && found.length < most);
  return found.slice(0, most);
}

function runRow({
  id,
  name,
  infra,
  status,
  labels,
  createdAt,
  updatedAt,
  operations,
  completed,
  failed,
}: RunSummary): JsonObject {
  return {
    id,
    name,
    infra,
    status,
    purpose: labels.purpose ?? null,
    created_at: new Date(createdAt).toISOString(),
    updated_at: new Date(updatedAt).toISOString(),
    operations,
    completed,
    failed,
  };
}

async function operationRows(storage: Storage): Promise<readonly JsonObject[]> {
  const rows: JsonObject[] = [];
  for (const { id } of await newestRuns(storage, MAX_RUNS_WITH_OPERATIONS)) {
    const { definition, operations } = replay((await storage.runs.load(id)).events);
    for (const { id: operation, title, action } of definition.operations) {
      const state = operations.get(operation);
      const { infra, name } = definition;
      const attempts = "attempt" in state ? state.attempt : 0;
      rows.push({ run: id, run_name: name, infra, id: operation, title, action, status: state.status, attempts });
    }
  }
  return rows;
}

async function ownTable(context: ActionContext, table: string): Promise<readonly JsonObject[]> {
  const registry = openRegistry(userPaths(context.environment).configFile, context.clock);
  const wanted = context.workspace === undefined ? {} : { wanted: context.workspace };
  const { layout } = await findWorkspace({ currentDir: context.currentDir, ...wanted }, registry);
  const own = ownTables(layout.root);
  if (!own.includes(table)) {
    throw new ProvisioningError({
      code: "QUERY_TABLE_UNKNOWN",
      message: `There is no table ${JSON.stringify(table.slice(0, 80))}.`,
      hint: `${didYouMean(table, tableNames(own), "There are")} A table of your own is a file metrics/<table>.json with a list of objects.`,
    });
  }
  const file = join(layout.root, "metrics", `${table}.json`);
  if ((await stat(file)).size > MAX_TABLE_BYTES) throw tableInvalid(table, `it is larger than ${MAX_TABLE_BYTES} bytes`);
  const rows = parseRows(await readFile(file, "utf8"));
  if (rows === undefined) throw tableInvalid(table, "it is not a JSON list of objects");
  return rows;
}

function parseRows(text: string): readonly JsonObject[] | undefined {
  try {
    const value = JSON.parse(text) as Json;
    return Array.isArray(value) && (value as readonly Json[]).every(isJsonObject) ? (value as readonly JsonObject[]) : undefined;
  } catch {
    return undefined;
  }
}

function tableInvalid(table: string, reason: string): ProvisioningError {
  return new ProvisioningError({
    code: "QUERY_TABLE_INVALID",
    message: `The file metrics/${table}.json cannot be used: ${reason}.`,
    hint: 'Write a list of objects, for example [{"role": "developer", "queue_depth": 12}].',
  });
}
