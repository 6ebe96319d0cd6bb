/** From what somebody named or sent to a workflow that can be carried out; nothing is touched. */

import { type Diagnostic, DiagnosticsError } from "@provisioning/model";
import { findFile, infraAround } from "../batch/find-file.js";
import type { ActionContext } from "../context.js";
import { openWorkspaceSession, type WorkspaceSession } from "../session.js";
import { type CompiledDocument, createWorkflowCompiler } from "./compiler.js";
import { chosenOf, type WorkflowInput } from "./input.js";
import { readDocumentFile } from "./read-file.js";

export interface PreparedWorkflow {
  readonly session: WorkspaceSession;
  readonly compiled: CompiledDocument;
}

interface ChosenWorkflow extends PreparedWorkflow {
  /** All that is wrong with it, in the order of the text. */
  readonly problems: readonly Diagnostic[];
}

/** @throws DiagnosticsError with all problems of the workflow and their places */
export async function prepareWorkflow(context: ActionContext, input: WorkflowInput): Promise<PreparedWorkflow> {
  const { problems, ...prepared } = await compileChosen(context, input);
  if (problems.length > 0) throw new DiagnosticsError(problems);
  return prepared;
}

/** @throws DiagnosticsError when the file cannot be read as a document */
export async function compileChosen(context: ActionContext, input: WorkflowInput): Promise<ChosenWorkflow> {
  const chosen = chosenOf(input);
  const session = await openWorkspaceSession(context);
  const compiler = await createWorkflowCompiler(session, { environment: context.service === undefined ? "all" : "allowed" });
  const { variables = {}, infra } = input;
  if ("document" in chosen) {
    const compiled = compiler.compile(chosen.document, { variables, ...(infra === undefined ? {} : { infra }) });
    return { session, compiled, problems: compiled.problems };
  }
  const { layout } = session.workspace;
  const file = await findFile(context, layout, chosen.file);
  const { value, places, defaultName, withSource } = await readDocumentFile(
    file,
    layout.root,
    session.config.get("workflows.max_document_kib"),
  );
  const around = infra ?? infraAround(layout, file);
  const options = { places, defaultName, variables, ...(around === undefined ? {} : { infra: around }) };
  const compiled = compiler.compile(value, options);
  return { session, compiled, problems: withSource(byPlace(compiled.problems)) };
}

function byPlace(problems: CompiledDocument["problems"]): CompiledDocument["problems"] {
  return problems.toSorted((a, b) => (a.position?.line ?? 0) - (b.position?.line ?? 0));
}
