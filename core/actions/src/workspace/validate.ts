/** Looks at everything that is written in a workspace and tells all that is wrong with it. Nobody is asked but the definitions and the records. */

import { type Diagnostic, DiagnosticsError, type InfraName, ProvisioningError, type WorkspaceName } from "@provisioning/model";
import { workspaceNameSchema } from "@provisioning/model/wire";
import { listInfras, loadTaskservCatalog, withDependencies, type WorkspaceLayout } from "@provisioning/workspace";
import * as z from "zod/mini";
import { defineAction } from "../action.js";
import { validateBatch } from "../batch/validate.js";
import { type ConfigFinding, configFindingSchema, toFinding } from "../config/reading.js";
import { validateConfig } from "../config/validate.js";
import type { ActionContext } from "../context.js";
import { compileAll } from "../infra/compile-all.js";
import { openInfraSession } from "../session.js";
import { validateWorkflow } from "../workflow/validate.js";
import { findHere } from "./find-here.js";
import { registryOf, toInfo } from "./info.js";
import { workflowFiles } from "./workflow-files.js";

export interface ValidateWorkspaceInput {
  /** All of the list whose folders are there. */
  readonly all?: boolean;
}

export interface WorkspaceValidation {
  /** There are no errors; there may be warnings. */
  readonly ok: boolean;
  readonly workspaces: readonly ValidatedWorkspace[];
}

export interface ValidatedWorkspace {
  readonly name: WorkspaceName;
  readonly path: string;
  readonly ok: boolean;
  readonly parts: readonly ValidatedPart[];
}

/** A part that was looked at. */
export interface ValidatedPart {
  readonly kind: "configuration" | "extensions" | "infra" | "workflow";
  /** Of an infra; or the file of a workflow, relative to the workspace. */
  readonly name: string;
  readonly ok: boolean;
  readonly findings: readonly ConfigFinding[];
}

const partSchema: z.ZodMiniType<ValidatedPart> = z.strictObject({
  kind: z.enum(["configuration", "extensions", "infra", "workflow"]),
  name: z.string(),
  ok: z.boolean(),
  findings: z.array(configFindingSchema),
});

export const validateWorkspace = defineAction<ValidateWorkspaceInput, WorkspaceValidation>({
  name: "workspace.validate",
  cedar: { action: "validateWorkspace", resource: "Workspace" },
  effect: "read",
  summary: "Checks the configuration, the extensions, every infra and every workflow of a workspace, or of all in the list.",
  input: z.strictObject({ all: z.exactOptional(z.boolean()) }),
  output: z.strictObject({
    ok: z.boolean(),
    workspaces: z.array(
      z.strictObject({ name: workspaceNameSchema, path: z.string(), ok: z.boolean(), parts: z.array(partSchema) }),
    ),
  }),
  async run(context, { all = false }) {
    const places = all
      ? (await Promise.all((await registryOf(context).list()).map(toInfo))).filter(({ presence }) => presence === "there")
      : [(await findHere(context)).info];
    const workspaces: ValidatedWorkspace[] = [];
    // One after the other: each evaluates everything it has.
    for (const { path } of places) workspaces.push(await validateOne({ ...context, workspace: path, currentDir: path }));
    return { ok: workspaces.every(({ ok }) => ok), workspaces };
  },
});

async function validateOne(context: ActionContext): Promise<ValidatedWorkspace> {
  const { info, layout } = await findHere(context);
  const { findings } = await validateConfig.run(context, {});
  const configuration = partOf("configuration", "all layers", findings);
  const parts = [configuration, await partFor("extensions", "taskservs", () => readExtensions(context, layout))];
  // Nothing can be evaluated with a configuration that cannot be read.
  if (configuration.ok) {
    const infras = await listInfras(layout);
    for (const infra of infras) parts.push(await partFor("infra", infra, () => readInfra(context, infra)));
    for (const file of await workflowFiles(layout))
      parts.push(await partFor("workflow", file, () => readWorkflow(context, file, infras)));
  }
  return { name: info.name, path: info.path, ok: parts.every(({ ok }) => ok), parts };
}

async function readExtensions({ platform }: ActionContext, { extensionsDir }: WorkspaceLayout): Promise<void> {
  const catalog = await loadTaskservCatalog([platform.extensionsDir, extensionsDir]);
  await withDependencies(platform.kclDir, catalog, catalog.keys());
}

async function readInfra(context: ActionContext, infra: InfraName): Promise<void> {
  const session = await openInfraSession(context, { infra, mode: "read", definition: "use" });
  try {
    await compileAll(session);
  } finally {
    await session.close();
  }
}

/** A workflow that does not lie in an infra has to hold for one of them. */
async function readWorkflow(context: ActionContext, file: string, infras: readonly InfraName[]): Promise<void> {
  if (!file.endsWith(".k")) {
    await validateWorkflow.run(context, { file });
    return;
  }
  const isInside = file.startsWith("infra/");
  const failures: unknown[] = [];
  for (const infra of isInside || infras.length < 2 ? [undefined] : infras) {
    try {
      await validateBatch.run(context, { file, ...(infra === undefined ? {} : { infra }) });
      return;
    } catch (error) {
      failures.push(error);
    }
  }
  throw failures.toSorted((left, right) => weightOf(left) - weightOf(right))[0];
}

/** The infra that was meant is the one with which least is wrong. */
function weightOf(error: unknown): number {
  return error instanceof DiagnosticsError ? error.diagnostics.length : 0;
}

async function partFor(kind: ValidatedPart["kind"], name: string, look: () => Promise<void>): Promise<ValidatedPart> {
  try {
    await look();
    return partOf(kind, name, []);
  } catch (error) {
    if (error instanceof DiagnosticsError) return partOf(kind, name, error.diagnostics.map(lenient).map(toFinding));
    if (!(error instanceof ProvisioningError)) throw error;
    const { code, message: summary, hint } = error;
    return partOf(kind, name, [{ severity: "error", code, summary, ...(hint === undefined ? {} : { hint }) }]);
  }
}

/** What is given when a workflow is started is not there yet. */
function lenient(finding: Diagnostic): Diagnostic {
  return finding.code === "WORKFLOW_VARIABLE_UNBOUND" ? { ...finding, severity: "warning" } : finding;
}

function partOf(kind: ValidatedPart["kind"], name: string, findings: readonly ConfigFinding[]): ValidatedPart {
  return { kind, name, ok: findings.every(({ severity }) => severity !== "error"), findings };
}
