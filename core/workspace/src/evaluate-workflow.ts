/** Evaluates the KCL file of a batch workflow and finds the workflow in it. */

import { join, relative } from "node:path";
import { stat } from "node:fs/promises";
import { type JsonValue, type LoadInput, loadProgram, type Program, runProgram, validateValue } from "@provisioning/kcl-lang";
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
import { type FileView, findingDiagnostic, toDiagnostic } from "./kcl-diagnostic.js";
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
  const view = await viewOf(platform, workflow.workspaceDir);
  return read(workflow, view, run(load(definitionInput(platform.kclDir, [workflow.file]), view), view));
}

/**
 * A workflow that somebody sent as plain data, checked by the same schema. It has no places: what is wrong is told with the path
 * of its field. @throws DiagnosticsError with everything that is wrong with it
 */
export async function evaluateWorkflowDefinition(
  platform: PlatformLayout,
  definition: JsonObject,
  workspaceDir: string,
): Promise<BatchWorkflow> {
  const file = join(workspaceDir, "sent.k");
  const text = `import provisioning.workflows\n\n${SENT} = workflows.WorkflowDef {**option("definition")}\n`;
  const view = await viewOf(platform, workspaceDir);
  const program = load(definitionInput(platform.kclDir, [file], { file, text }), view);
  const findings = validateValue(program, "workflows.WorkflowDef", definition as JsonValue);
  if (findings.length > 0) throw new DiagnosticsError(findings.map((finding) => findingDiagnostic(finding, definition)));
  const { value } = run(program, view, { definition: definition as JsonValue });
  return readWorkflow(value[SENT] as JsonObject, [], () => undefined);
}

const SENT = "workflow";

async function viewOf(platform: PlatformLayout, workspaceDir: string): Promise<FileView> {
  return {
    display: (path) => (path.startsWith(`${workspaceDir}/`) ? relative(workspaceDir, path) : path),
    isOwn: (path) => !path.startsWith(`${platform.kclDir}/`),
    modules: await platformModules(platform),
  };
}

function load(input: LoadInput, view: FileView): Program {
  const loaded = loadProgram(input);
  if (!loaded.ok) throw new DiagnosticsError(loaded.diagnostics.map((item) => toDiagnostic(item, view)));
  return loaded.program;
}

interface Ran {
  readonly value: JsonObject;
  readonly positionOf: PositionLookup;
}

function run(program: Program, view: FileView, given: Readonly<Record<string, JsonValue>> = {}): Ran {
  const ran = runProgram(program, { arguments: given, listsReplace: true });
  if (!ran.ok) throw new DiagnosticsError(ran.diagnostics.map((item) => toDiagnostic(item, view)));
  const positionOf: PositionLookup = (path) => {
    const source = ran.sources.get(pathText(path));
    // What nobody wrote is a default of a shipped schema, which is no place to show.
    return source === undefined || !view.isOwn(source.file) ? undefined : { ...source, file: view.display(source.file) };
  };
  return { value: ran.value as JsonObject, positionOf };
}

function read({ file, wanted }: WorkflowFile, view: FileView, { value, positionOf }: Ran): BatchWorkflow {
  const found = Object.entries(value).flatMap(([variable, item]) =>
    isWorkflow(item) ? [{ variable, workflow: readWorkflow(item, [variable], positionOf) }] : [],
  );
  return choose(found, view.display(file), wanted);
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
