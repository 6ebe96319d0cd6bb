/**
 * Compiles workflow documents for a workspace. Everything that has to be looked up is looked up once, so that a service can compile many
 * documents without touching the disk.
 */

import { isSecretReference } from "@provisioning/config";
import { namesUsed } from "@provisioning/kcl-lang";
import {
  type DocumentPlaces,
  type InfraName,
  infraName,
  type Json,
  type JsonObject,
  type WorkflowDocument,
} from "@provisioning/model";
import {
  type CompiledWorkflow,
  compileWorkflow,
  readWorkflowDocument,
  type TaskRules,
  type WorkflowScope,
} from "@provisioning/planner";
import { chooseInfra, InfraUnknownError, listInfras, loadTaskservCatalog } from "@provisioning/workspace";
import { runOptions } from "../run/options.js";
import type { WorkspaceSession } from "../session.js";
import { remembered } from "../tasks/remembered.js";
import { ownColumns, ownTables } from "../tasks/query/tables.js";
import { rulesOf } from "../tasks/task-rules.js";
import { loadTask, loadedTask, taskNames } from "../tasks/task-table.js";

export interface CompileOptions {
  readonly places?: DocumentPlaces;
  readonly defaultName?: string;
  /** Values of names that the workflow uses. */
  readonly variables?: JsonObject;
  /** Default: the only infra of the workspace. */
  readonly infra?: string;
}

export interface CompiledDocument extends CompiledWorkflow {
  readonly document: WorkflowDocument;
  readonly infra: InfraName;
}

export interface WorkflowCompiler {
  /** Does not throw for what a document says: look at `problems`. @throws InfraUnknownError, ProvisioningError INFRA_AMBIGUOUS */
  compile(value: Json, options?: CompileOptions): CompiledDocument;
}

/** Of a run in a workspace that has no infra. */
const NO_INFRA = infraName("workspace");

/** Tasks that work on an infra: which one must be clear. */
const ON_INFRA: ReadonlySet<string> = new Set(["provisioning.deploy-taskservs", "provisioning.health-check"]);

/** `environment`: `all` for who owns it. Default: what the configuration allows whoever sends something to a service. */
export async function createWorkflowCompiler(
  { context, workspace, config }: WorkspaceSession,
  { environment = "allowed" }: { readonly environment?: "all" | "allowed" } = {},
): Promise<WorkflowCompiler> {
  const { layout } = workspace;
  const [infras, catalog] = await Promise.all([
    listInfras(layout),
    loadTaskservCatalog([context.platform.extensionsDir, layout.extensionsDir]),
    ...taskNames.map((name) => loadTask(name)),
  ]);
  const facts = {
    ownTables: () => ownTables(layout.root),
    ownColumns: (table: string) => ownColumns(layout.root, table),
    taskservs: [...catalog.keys()],
  };
  const rules = new Map<string, TaskRules>();
  for (const name of taskNames) {
    const task = loadedTask(name);
    if (task !== undefined) rules.set(name, rulesOf(task, facts));
  }
  const mayUse = usable(environment === "all" ? "*" : config.get("workflows.service_environment"));
  const { timeoutMs, retry, parallelLimit, priority } = runOptions(config);
  // It tells which infra is missing, or that one has to be chosen.
  const ambiguous = infras.length > 1 ? await chooseInfra(layout, undefined).catch((error: unknown) => error) : undefined;
  const infraFor = (document: WorkflowDocument, wanted: string | undefined): InfraName => {
    const found = infras.find((name) => name === wanted);
    if (found !== undefined) return found;
    if (wanted !== undefined) throw new InfraUnknownError(wanted, infras);
    const isNeeded = document.steps.some(({ task, params }) => ON_INFRA.has(task) && params.infra === undefined);
    if (isNeeded && ambiguous !== undefined) throw ambiguous as Error;
    return infras.length === 1 ? (infras[0] as InfraName) : NO_INFRA;
  };
  return {
    compile(value, { places, defaultName, variables = {}, infra: wanted } = {}) {
      const read = readWorkflowDocument(value, {
        ...(places === undefined ? {} : { places }),
        ...(defaultName === undefined ? {} : { defaultName }),
      });
      const infra = infraFor(read.document, wanted);
      const scope: WorkflowScope = {
        infra,
        task: (name) => rules.get(name),
        knownTasks: taskNames,
        variables,
        isServed: environment === "allowed",
        isInEnvironment: (name) => mayUse(name) && context.environment[name] !== undefined,
        isSecretReference,
        namesIn,
        defaults: { timeoutMs, retry, parallelLimit, priority },
      };
      const compiled = compileWorkflow(read.document, scope, {
        problems: read.problems,
        ...(places === undefined ? {} : { places }),
      });
      return { ...compiled, document: read.document, infra };
    },
  };
}

function usable(allowed: string): (name: string) => boolean {
  if (allowed.trim() === "*") return () => true;
  const names = new Set(allowed.split(",").map((name) => name.trim()));
  return (name) => names.has(name);
}

/** Longer ones are programs. */
const MAX_CONDITION = 4_000;

const namesIn = remembered((expression): readonly string[] | string => {
  if (expression.trim() === "") return "it is empty.";
  if (expression.length > MAX_CONDITION) return `it has more than ${MAX_CONDITION} characters.`;
  const used = namesUsed(expression, "expression");
  if (used.ok) return used.names;
  return used.diagnostics.map(({ message, position }) => `${message} (column ${position.column}).`).join(" ");
});
