/** A workflow document from its file, every part with its place. */

import { readFile } from "node:fs/promises";
import { basename, extname, relative } from "node:path";
import { readDataFile } from "@provisioning/kcl-lang";
import {
  type Diagnostic,
  DiagnosticsError,
  type DocumentPlaces,
  isName,
  type Json,
  ProvisioningError,
  type SourcePosition,
} from "@provisioning/model";
import { plainJson } from "../kcl/plain-json.js";

export interface DocumentFile {
  readonly value: Json;
  readonly places: DocumentPlaces;
  /** Of a document that has no name of its own. */
  readonly defaultName: string;
  /** Adds the line of source that each finding is about. */
  readonly withSource: (findings: readonly Diagnostic[]) => readonly Diagnostic[];
}

/** Larger ones are hardly written by people. */
const MAX_KIB = 4_096;

/** Places are shown relative to the workspace, when the file is inside. @throws DiagnosticsError, ProvisioningError WORKFLOW_FILE_MISSING */
export async function readDocumentFile(file: string, workspaceDir: string, maxKib = MAX_KIB): Promise<DocumentFile> {
  const shown = file.startsWith(`${workspaceDir}/`) ? relative(workspaceDir, file) : file;
  const text = await readFile(file, "utf8").catch((cause: unknown) => {
    throw new ProvisioningError(
      {
        code: "WORKFLOW_FILE_MISSING",
        message: `There is no file ${file} that could be read.`,
        hint: "Name the YAML, JSON or KCL file that defines the workflow.",
      },
      { cause },
    );
  });
  const lines = text.split("\n");
  const withSource = (findings: readonly Diagnostic[]) => findings.map((finding) => withLine(finding, shown, lines));
  const refuse = (summary: string, position: SourcePosition = { file: shown, line: 1, column: 1 }): never => {
    throw new DiagnosticsError(withSource([{ severity: "error", code: "WORKFLOW_DOCUMENT_INVALID", summary, position }]));
  };
  if (text.length > maxKib * 1024)
    return refuse(`The file has more than ${maxKib} KiB; workflows.max_document_kib of the configuration sets the limit.`);
  const { documents, diagnostics } = readDataFile(shown, text);
  const [wrong] = diagnostics;
  if (wrong !== undefined) return refuse(`The file cannot be read: ${wrong.message}.`, { ...wrong.position, file: shown });
  const [document, second] = documents;
  if (document === undefined) return refuse("The file is empty.");
  if (second !== undefined)
    return refuse("The file holds several documents; a workflow is one.", placeIn(shown, second.placeOf([])));
  const name = basename(file, extname(file)).toLowerCase();
  return {
    value: plainJson(document.value),
    places: (path) => placeIn(shown, document.placeOf(path, typeof path.at(-1) === "string" ? "key" : "value")),
    defaultName: isName(name) ? name : "workflow",
    withSource,
  };
}

function placeIn(file: string, { line, column }: SourcePosition): SourcePosition {
  return { file, line, column };
}

function withLine(finding: Diagnostic, file: string, lines: readonly string[]): Diagnostic {
  const sourceLine = finding.position?.file === file ? lines[finding.position.line - 1] : undefined;
  return sourceLine === undefined ? finding : { ...finding, sourceLine };
}
