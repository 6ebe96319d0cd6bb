/** Evaluates the KCL file of a batch workflow and finds the workflow in it. */

import { join, relative } from "node:path";
import { stat } from "node:fs/promises";
import { type JsonValue, type LoadInput, loadProgram, runProgram } from "@provisioning/kcl-lang";
import {
  type BatchWorkflow,
  DiagnosticsError,
  type JsonObject,
  nearest,
  ProvisioningError,
  type SourcePosition,
} from "@provisioning/model";
import { definitionInput } from "./definition-input.js";
import { pathText, platformModules } from "./evaluate-infra.js";
import { type FileView, toDiagnostic } from "./kcl-diagnostic.js";
import type { PlatformLayout } from "./layout.js";
import type { PositionLookup } from "./settings.js";
import { isWorkflow, readWorkflow } from "./workflow-settings.js";

export interface WorkflowFile {
  /** Absolute. */
  readonly file: string;
  /** Places are shown relative to it, when the file is inside. */
  readonly workspaceDir: string;
  /** Of the variable or of the workflow in it; needed when the file has several. */
  readonly wanted?: string;
}

/**
 * @throws DiagnosticsError with everything that is wrong with the file
 * @throws ProvisioningError WORKFLOW_FILE_MISSING, WORKFLOW_NONE, WORKFLOW_AMBIGUOUS, WORKFLOW_UNKNOWN
 */
export async function evaluateWorkflow(platform: PlatformLayout, workflow: WorkflowFile): Promise<BatchWorkflow> {
  await requireFile(workflow.file);
  return evaluate(platform, workflow, definitionInput(platform.kclDir, [workflow.file]), {});
}

/** A workflow that somebody sent as plain data, checked by the same schema. @throws DiagnosticsError with everything that is wrong with it */
export async function evaluateWorkflowDefinition(
  platform: PlatformLayout,
  definition: JsonObject,
  workspaceDir: string,
): Promise<BatchWorkflow> {
  const file = join(workspaceDir, "sent.k");
  const input = definitionInput(platform.kclDir, [file], { file, text: SENT });
  return evaluate(platform, { file, workspaceDir }, input, { definition });
}

const SENT = `import workflows

workflow = workflows.WorkflowDef {**option("definition")}
`;

async function evaluate(
  platform: PlatformLayout,
  { file, workspaceDir, wanted }: WorkflowFile,
  input: LoadInput,
  given: Readonly<Record<string, JsonObject>>,
): Promise<BatchWorkflow> {
  const display = (path: string) => (path.startsWith(`${workspaceDir}/`) ? relative(workspaceDir, path) : path);
  const isOwn = (path: string) => !path.startsWith(`${platform.kclDir}/`);
  const view: FileView = { isOwn, display, modules: await platformModules(platform) };
  const loaded = loadProgram(input);
  if (!loaded.ok) throw new DiagnosticsError(loaded.diagnostics.map((item) => toDiagnostic(item, view)));
  const ran = runProgram(loaded.program, { arguments: given as Readonly<Record<string, JsonValue>> });
  if (!ran.ok) throw new DiagnosticsError(ran.diagnostics.map((item) => toDiagnostic(item, view)));
  const positionOf: PositionLookup = (path) => {
    const source = ran.sources.get(pathText(path));
    return source === undefined ? undefined : { ...source, file: display(source.file) };
  };
  const found = Object.entries(ran.value as JsonObject).flatMap(([variable, value]) =>
    isWorkflow(value) ? [readWorkflow(value, [variable], positionOf)].map((workflow) => ({ variable, workflow })) : [],
  );
  return choose(found, display(file), wanted);
}

interface Found {
  readonly variable: string;
  readonly workflow: BatchWorkflow;
}

function choose(found: readonly Found[], file: string, wanted: string | undefined): BatchWorkflow {
  const known = found.flatMap(({ variable, workflow }) => [variable, workflow.name]);
  if (wanted !== undefined) {
    const named = found.find(({ variable, workflow }) => variable === wanted || workflow.name === wanted);
    if (named !== undefined) return named.workflow;
    const suggestion = nearest(wanted, known);
    throw new ProvisioningError({
      code: "WORKFLOW_UNKNOWN",
      message: `${file} has no workflow ${JSON.stringify(wanted.slice(0, 80))}.`,
      hint: suggestion === undefined ? `It has: ${namesOf(found) || "none"}.` : `Did you mean ${suggestion}?`,
    });
  }
  const [only, ...others] = found;
  if (only === undefined) {
    throw new ProvisioningError({
      code: "WORKFLOW_NONE",
      message: `${file} defines no workflow.`,
      hint: "Write: import workflows, then a variable: deploy = workflows.WorkflowDef { name = …, operations = […] }",
    });
  }
  if (others.length === 0) return only.workflow;
  throw new ProvisioningError({
    code: "WORKFLOW_AMBIGUOUS",
    message: `${file} defines ${found.length} workflows: ${namesOf(found)}.`,
    hint: `Say which one, for example: --workflow ${only.variable}`,
  });
}

function namesOf(found: readonly Found[]): string {
  return found.map(({ variable, workflow }) => `${variable} ("${workflow.name}")${placeText(workflow.position)}`).join(", ");
}

function placeText(position: SourcePosition | undefined): string {
  return position === undefined ? "" : ` at line ${position.line}`;
}

async function requireFile(file: string): Promise<void> {
  const isFile = await stat(file).then(
    (found) => found.isFile(),
    () => false,
  );
  if (isFile) return;
  throw new ProvisioningError({
    code: "WORKFLOW_FILE_MISSING",
    message: `There is no file ${file}.`,
    hint: "Name the KCL file that defines the workflow.",
  });
}
