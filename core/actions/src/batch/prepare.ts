/** From the file of a workflow to what it means for an infra: read, planned and compiled, with nothing touched. */

import { createHash } from "node:crypto";
import { dirname } from "node:path";
import {
  type Address,
  type BatchWorkflow,
  canonicalJson,
  type Diagnostic,
  DiagnosticsError,
  type JsonObject,
  type Plan,
  ProvisioningError,
} from "@provisioning/model";
import {
  type BatchScope,
  type CompiledBatch,
  compileBatch,
  makePlan,
  regionProblems,
  type ResourceView,
} from "@provisioning/planner";
import type { StorageMode } from "@provisioning/storage";
import {
  evaluateWorkflow,
  evaluateWorkflowDefinition,
  knownProviders,
  listInfras,
  type WorkspaceLayout,
} from "@provisioning/workspace";
import type { ActionContext } from "../context.js";
import type { PlannedInfra } from "../infra/plan.js";
import { kclConditions } from "../run/conditions.js";
import { secretProblems, withSecrets } from "../secrets/workflow-secrets.js";
import { type InfraSession, openInfraSession, openWorkspaceSession, withSource } from "../session.js";
import { findFile, infraAround } from "./find-file.js";
import type { BatchInput } from "./input.js";
import { monitoringProblems } from "./monitoring.js";
import { expandTemplates } from "./templates.js";

export interface NamedBatch {
  readonly session: InfraSession;
  readonly workflow: BatchWorkflow;
}

/** The caller closes the session. @throws DiagnosticsError, ProvisioningError WORKFLOW_… */
export async function openBatch(context: ActionContext, input: BatchInput, mode: StorageMode): Promise<NamedBatch> {
  const { workspace } = await openWorkspaceSession(context);
  const { layout } = workspace;
  const { workflow, around, folder = layout.root } = await readBatch(context, layout, input);
  const refused = secretProblems(workflow);
  if (refused.length > 0) throw new DiagnosticsError(await withSource(refused, layout.root));
  const infra = input.infra ?? around ?? (await infraOfClusters(workflow, layout));
  const session = await openInfraSession(context, {
    ...(infra === undefined ? {} : { infra }),
    mode,
    definition: "use",
    ...(mode === "write" ? { lock: "enforce" } : {}),
  });
  try {
    const expanded = await expandTemplates(session, workflow, folder);
    return { session: withSecrets(session, expanded.secrets), workflow: expanded };
  } catch (error) {
    await session.close();
    throw error;
  }
}

/** A cluster is an infra: the first one that the workflow names is what it is about. */
async function infraOfClusters({ operations }: BatchWorkflow, layout: WorkspaceLayout): Promise<string | undefined> {
  const clusters = operations.flatMap(({ target, items }) => (target === "cluster" ? items : []));
  if (clusters.length === 0) return undefined;
  const known = await listInfras(layout);
  // Of a name that there is not is told at its place, by whatever infra.
  return clusters.find((name) => known.some((infra) => infra === name)) ?? known[0];
}

interface ReadBatch {
  readonly workflow: BatchWorkflow;
  /** Where it was written. */
  readonly folder?: string;
  /** The infra that its file lies in. */
  readonly around?: string | undefined;
}

async function readBatch(context: ActionContext, layout: WorkspaceLayout, input: BatchInput): Promise<ReadBatch> {
  const { definition, workflow: wanted } = input;
  if ((input.file === undefined) === (definition === undefined)) throw new WorkflowNotNamedError();
  if (definition !== undefined) {
    return { workflow: await evaluateWorkflowDefinition(context.platform, definition, layout.root) };
  }
  const file = await findFile(context, layout, input.file ?? "");
  const named = { file, workspaceDir: layout.root, ...(wanted === undefined ? {} : { wanted }) };
  return { workflow: await evaluateWorkflow(context.platform, named), around: infraAround(layout, file), folder: dirname(file) };
}

class WorkflowNotNamedError extends ProvisioningError {
  constructor() {
    super({
      code: "WORKFLOW_FILE_MISSING",
      message: "Either a file or a definition is the workflow.",
      hint: "Name a file in `file`, or send the workflow in `definition`.",
    });
  }
}

/** @throws DiagnosticsError with all that keeps the workflow from being carried out */
export async function compileFor(
  { session, workflow }: NamedBatch,
  { plan, uses }: Pick<PlannedInfra, "plan" | "uses">,
  { purpose = "run" }: { readonly purpose?: "run" | "forecast" } = {},
): Promise<CompiledBatch> {
  const compiled = compileBatch(workflow, await scopeOf(session, plan, uses));
  const regions = regionProblems(workflow);
  // A forecast shows what would wait for what all the same.
  const told = purpose === "forecast" ? regions : [];
  const refused = purpose === "forecast" ? [] : regions;
  await refuse(session, [...compiled.problems, ...refused, ...monitoringProblems(workflow, session.config)]);
  for (const { summary } of told) session.context.report({ type: "warning", text: `It cannot be carried out: ${summary}` });
  for (const text of compiled.notes) session.context.report({ type: "note", text });
  return compiled;
}

/** The plan as records have it: nobody is asked, no server is looked at. */
export function planFromRecords(session: InfraSession): Plan {
  const there = session.records.list().filter(({ status }) => status === "ready");
  const view: ResourceView = { status: "present", fields: [], steps: [], faults: [] };
  return makePlan({
    infra: session.infra,
    desired: session.desired.resources,
    recorded: session.records.list(),
    observed: new Map(there.map(({ address }) => [address, view])),
  });
}

/** Equal for workflows that say the same, wherever they are written. */
export function workflowDigest(workflow: BatchWorkflow): string {
  return createHash("sha256")
    .update(canonicalJson(withoutPlaces(workflow)))
    .digest("hex");
}

/** What it says, with every default filled in. */
export function withoutPlaces(workflow: BatchWorkflow): JsonObject {
  return JSON.parse(JSON.stringify(workflow, (key, value: unknown) => (PLACES.has(key) ? undefined : value))) as JsonObject;
}

const PLACES: ReadonlySet<string> = new Set(["position", "positions", "dataPath"]);

async function refuse(session: InfraSession, problems: readonly Diagnostic[]): Promise<void> {
  if (problems.length > 0) throw new DiagnosticsError(await withSource(problems, session.workspace.layout.root));
}

async function scopeOf(session: InfraSession, plan: Plan, uses: PlannedInfra["uses"]): Promise<BatchScope> {
  const { desired, records, catalog } = session;
  const roots = [session.context.platform.extensionsDir, session.workspace.layout.extensionsDir];
  const rules = new Map<Address, boolean>(desired.servers.map((server) => [server.address, server.protect]));
  return {
    infra: session.infra,
    plan,
    servers: desired.servers,
    recorded: records.list(),
    knownTaskservs: [...catalog.keys()],
    knownProviders: await knownProviders(roots),
    knownInfras: await listInfras(session.workspace.layout),
    isProtected: (address) => rules.get(address) ?? records.get(address)?.spec.protect === true,
    isClustered: (taskserv) => catalog.get(taskserv)?.manifest.clustered ?? false,
    usesOf: (address) => uses.get(address) ?? [],
    checkCondition: (expression) => kclConditions.check(expression),
  };
}
