/** A configuration file written in KCL: its variables are the sections. */

import type { EvaluatedKcl } from "@provisioning/config";
import { loadProgram, runProgram } from "@provisioning/kcl-lang";
import { DiagnosticsError, type JsonObject } from "@provisioning/model";
import { definitionInput } from "./definition-input.js";
import { pathText, platformModules } from "./evaluate-infra.js";
import { type FileView, toDiagnostic } from "./kcl-diagnostic.js";
import type { PlatformLayout } from "./layout.js";

/** `file` is absolute. @throws DiagnosticsError KCL_… */
export async function evaluateConfig(platform: PlatformLayout, file: string, text: string): Promise<EvaluatedKcl> {
  const view: FileView = { isOwn: (path) => path === file, display: (path) => path, modules: await platformModules(platform) };
  const loaded = loadProgram(definitionInput(platform.kclDir, [file], { file, text }));
  if (!loaded.ok) throw new DiagnosticsError(loaded.diagnostics.map((found) => toDiagnostic(found, view)));
  const ran = runProgram(loaded.program, {});
  if (!ran.ok) throw new DiagnosticsError(ran.diagnostics.map((found) => toDiagnostic(found, view)));
  return { value: ran.value as JsonObject, positionOf: (path) => ran.sources.get(pathText(path)) };
}
