/**
 * What an extension declares in `kcl/dependencies.k`: a variable that holds a map, or a schema whose defaults are the declaration. Either
 * way it is held against the platform's schema of the same name, which fills in what was not said. An extension without the file declares nothing.
 */

import { join } from "node:path";
import { readIfThere } from "@provisioning/config";
import {
  completeValue,
  type JsonValue,
  loadProgram,
  type Place,
  type Program,
  runProgram,
  validateValue,
} from "@provisioning/kcl-lang";
import { type Diagnostic, DiagnosticsError, isJsonObject, type JsonObject, type SourcePosition } from "@provisioning/model";
import { definitionInput } from "../definition-input.js";
import { pathText } from "../evaluate-infra.js";
import { type FileView, toDiagnostic } from "../kcl-diagnostic.js";

const DEPENDENCIES_FILE = join("kcl", "dependencies.k");

export type DependenciesSchema = "ProviderDependencies" | "TaskservDependencies";

/** All defaults filled in, all types checked. */
export interface Declared {
  readonly value: JsonObject;
  /** A finding at the place that says the value at `path`. */
  readonly problem: (path: Path, summary: string, hint?: string) => Diagnostic;
}

type Path = readonly (string | number)[];

/** `dir` is the extension's folder. Absent: it has no such file. @throws DiagnosticsError with all that is wrong in the file */
export async function readDeclared(kclDir: string, dir: string, schema: DependenciesSchema): Promise<Declared | undefined> {
  const file = join(dir, DEPENDENCIES_FILE);
  if ((await readIfThere(file)) === undefined) return undefined;
  const said = evaluate(kclDir, file, schema);
  const problem: Declared["problem"] = (path, summary, hint) => {
    const position = said.placeOf(path) ?? { file, line: 1, column: 1 };
    const sourceLine = said.program.sources.get(position.file)?.split("\n")[position.line - 1];
    return {
      severity: "error",
      code: "DEPENDENCIES_INVALID",
      summary,
      position,
      ...(hint === undefined ? {} : { hint }),
      ...(sourceLine === undefined ? {} : { sourceLine }),
    };
  };
  if (said.value === undefined) {
    const hint = `Write: import provisioning.workflows, then: dependencies = workflows.${schema} { … }`;
    throw new DiagnosticsError([problem([], `${file} declares no dependencies, or several.`, hint)]);
  }
  return { value: complete(kclDir, schema, said.value, problem), problem };
}

interface Said {
  readonly program: Program;
  /** Absent: nothing, or more than one thing. */
  readonly value?: JsonObject;
  placeOf(path: Path): SourcePosition | undefined;
}

function evaluate(kclDir: string, file: string, schema: DependenciesSchema): Said {
  const view: FileView = { display: (name) => name, isOwn: (name) => name === file, modules: ["provisioning.workflows"] };
  const loaded = loadProgram(definitionInput(kclDir, [file]));
  if (!loaded.ok) throw new DiagnosticsError(loaded.diagnostics.map((item) => toDiagnostic(item, view)));
  const { program } = loaded;
  const ran = runProgram(program);
  if (!ran.ok) throw new DiagnosticsError(ran.diagnostics.map((item) => toDiagnostic(item, view)));
  const maps = Object.entries(ran.value as JsonObject).filter((entry): entry is [string, JsonObject] => isJsonObject(entry[1]));
  const [variable, value] = maps.find(([name]) => name === "dependencies") ?? (maps.length === 1 ? maps : [])[0] ?? [];
  if (variable !== undefined && value !== undefined) {
    return { program, value, placeOf: (path) => nearestPlace(path, (part) => ran.sources.get(pathText([variable, ...part]))) };
  }
  if (maps.length > 0) return { program, placeOf: () => undefined };
  const defaults = completeValue(program, schema, {}, { history: true });
  if (defaults.ok) {
    const placeOf = (path: Path) => defaults.sayingsOf(path).findLast(({ place }) => place !== undefined)?.place;
    return { program, value: defaults.value as JsonObject, placeOf: (path) => nearestPlace(path, placeOf) };
  }
  if (defaults.diagnostics.length > 0) throw new DiagnosticsError(defaults.diagnostics.map((item) => toDiagnostic(item, view)));
  return { program, placeOf: () => undefined };
}

/** Of the value, or of the innermost thing around it that has one. */
function nearestPlace(path: Path, placeOf: (path: Path) => Place | undefined): SourcePosition | undefined {
  for (let length = path.length; length >= 0; length -= 1) {
    const place = placeOf(path.slice(0, length));
    if (place !== undefined) return place;
  }
  return undefined;
}

function complete(kclDir: string, schema: DependenciesSchema, said: JsonObject, problem: Declared["problem"]): JsonObject {
  const file = join(kclDir, "declared.k");
  const text = `import provisioning.workflows\n\ndependencies = workflows.${schema} {**option("said")}\n`;
  const loaded = loadProgram(definitionInput(kclDir, [file], { file, text }));
  if (!loaded.ok) throw new DiagnosticsError(loaded.diagnostics.map((item) => toDiagnostic(item, PLATFORM_FILES)));
  const findings = validateValue(loaded.program, `workflows.${schema}`, said as JsonValue);
  if (findings.length > 0) {
    throw new DiagnosticsError(
      findings.map(({ path, message, suggestion }) =>
        problem(
          path,
          `${path.length === 0 ? schema : pathText(path)}: ${message}`,
          suggestion === undefined ? "Correct the extension's kcl/dependencies.k." : `Did you mean ${suggestion}?`,
        ),
      ),
    );
  }
  const ran = runProgram(loaded.program, { arguments: { said: said as JsonValue }, listsReplace: true });
  if (!ran.ok) throw new DiagnosticsError(ran.diagnostics.map((item) => toDiagnostic(item, PLATFORM_FILES)));
  return (ran.value as JsonObject).dependencies as JsonObject;
}

const PLATFORM_FILES: FileView = { display: (file) => file, isOwn: () => true, modules: [] };
