/** Evaluates the definition of an infra: `infra/<name>/*.k`, or the single file `infra/<name>.k`. */

import { readdir, stat } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import { loadProgram, type Program, runProgram, type Saying } from "@provisioning/kcl-lang";
import {
  type Diagnostic,
  DiagnosticsError,
  type InfraName,
  type Json,
  type JsonObject,
  nearest,
  ProvisioningError,
  infraName,
  isName,
  type SourcePosition,
} from "@provisioning/model";
import { definitionInput } from "./definition-input.js";
import { type FileView, toDiagnostic } from "./kcl-diagnostic.js";
import type { PlatformLayout, WorkspaceLayout } from "./layout.js";
import { type InfraSettings, type PositionLookup, readSettings } from "./settings.js";

export interface EvaluatedInfra {
  readonly settings: InfraSettings;
  /** Files that were evaluated, relative to the workspace. */
  readonly files: readonly string[];
  /** Everybody who says something about the value at a path (`["settings", "servers", 0, "plan"]`), the earliest first. */
  sayingsOf(path: readonly (string | number)[]): readonly DefinitionSaying[];
}

/** One place of a definition, or of what it imports, that says something about a value. */
export interface DefinitionSaying {
  readonly place?: SourcePosition;
  /** Absent: it was replaced before anybody evaluated it. */
  readonly value?: Json;
  /** How it is written there, from its place to the end of the line. */
  readonly text?: string;
  /** The schema that has it as a default. */
  readonly schema?: string;
  /** Of a file that the definition imports. */
  readonly isImported: boolean;
  /** `part`: the value is put together from several. */
  readonly fate: Saying["fate"];
  readonly lostTo?: SourcePosition;
}

export class InfraUnknownError extends ProvisioningError {
  constructor(name: string, known: readonly string[]) {
    const suggestion = nearest(name, known);
    super({
      code: "INFRA_UNKNOWN",
      message: `There is no infra ${JSON.stringify(name)} in this workspace.`,
      hint:
        suggestion === undefined
          ? `Its infras: ${known.join(", ") || "none; write one at infra/<name>/main.k"}.`
          : `Did you mean ${suggestion}?`,
    });
  }
}

/** Names of the infras in the workspace, sorted. */
export async function listInfras(layout: WorkspaceLayout): Promise<readonly InfraName[]> {
  const entries = await readdir(layout.infraDir, { withFileTypes: true }).catch(() => []);
  const names = entries.flatMap((entry) => {
    if (entry.isDirectory()) return [entry.name];
    return entry.name.endsWith(".k") && !entry.name.startsWith("_") ? [entry.name.slice(0, -2)] : [];
  });
  return [...new Set(names.filter(isName))].sort().map(infraName);
}

/** The wanted infra, or the only one there is. @throws InfraUnknownError, ProvisioningError INFRA_AMBIGUOUS */
export async function chooseInfra(layout: WorkspaceLayout, wanted: string | undefined): Promise<InfraName> {
  const known = await listInfras(layout);
  if (wanted !== undefined) {
    const found = known.find((name) => name === wanted);
    if (found === undefined) throw new InfraUnknownError(wanted, known);
    return found;
  }
  const [only, ...others] = known;
  if (only === undefined) throw new InfraUnknownError("", known);
  if (others.length === 0) return only;
  throw new ProvisioningError({
    code: "INFRA_AMBIGUOUS",
    message: `This workspace has ${known.length} infras: ${known.join(", ")}.`,
    hint: `Say which one, for example: --infra ${only}`,
  });
}

/** `history`: tell what lost, too. @throws DiagnosticsError with every finding and its place; InfraUnknownError */
export async function evaluateInfra(
  platform: PlatformLayout,
  layout: WorkspaceLayout,
  name: InfraName,
  { history = false }: { readonly history?: boolean } = {},
): Promise<EvaluatedInfra> {
  const files = await infraFiles(layout, name);
  const isOwn = (file: string) => file.startsWith(`${layout.root}/`);
  const display = (file: string) => (isOwn(file) ? relative(layout.root, file) : file);
  const view: FileView = { isOwn, display, modules: await platformModules(platform) };
  const loaded = loadProgram(definitionInput(platform.kclDir, files));
  if (!loaded.ok) throw new DiagnosticsError(loaded.diagnostics.map((item) => toDiagnostic(item, view)));
  const ran = runProgram(loaded.program, { history });
  if (!ran.ok) throw new DiagnosticsError(ran.diagnostics.map((item) => toDiagnostic(item, view)));

  const values = ran.value as JsonObject;
  const positionOf: PositionLookup = (path) => {
    const source = ran.sources.get(pathText(path));
    if (source !== undefined) return { ...source, file: display(source.file) };
    return path.length === 1 ? { file: display(files[0] ?? layout.infraDir), line: 1, column: 1 } : undefined;
  };
  const withLine = (finding: Diagnostic): Diagnostic => {
    const { file, line } = finding.position ?? { file: "", line: 0 };
    const sourceLine = loaded.program.sources.get(resolve(layout.root, file))?.split("\n")[line - 1];
    return sourceLine === undefined ? finding : { ...finding, sourceLine };
  };
  const { settings, diagnostics } = readSettings(values.settings, positionOf);
  if (diagnostics.length > 0 || settings === undefined) throw new DiagnosticsError(diagnostics.map(withLine));
  if (settings.name !== name) {
    const position = positionOf(["settings", "infra", "name"]);
    const finding: Diagnostic = {
      severity: "error",
      code: "INFRA_NAME",
      summary: `infra/${name} says that its name is ${settings.name}.`,
      hint: `Set infra.name to "${name}", or rename the folder.`,
      ...(position === undefined ? {} : { position }),
    };
    throw new DiagnosticsError([withLine(finding)]);
  }
  return {
    settings,
    files: files.map((file) => view.display(file)),
    sayingsOf: (path) => ran.sayingsOf(path).map((saying) => toDefinitionSaying(saying, loaded.program, files, display)),
  };
}

function toDefinitionSaying(
  { place, lostTo, value, schema, fate }: Saying,
  { sources }: Program,
  files: readonly string[],
  display: (file: string) => string,
): DefinitionSaying {
  const line = place === undefined ? undefined : sources.get(place.file)?.split("\n")[place.line - 1];
  const text =
    place === undefined
      ? undefined
      : Array.from(line ?? "")
          .slice(place.column - 1)
          .join("")
          .trim();
  return {
    ...(place === undefined ? {} : { place: { ...place, file: display(place.file) } }),
    ...(value === undefined ? {} : { value: value as Json }),
    ...(text === undefined ? {} : { text }),
    ...(schema === undefined ? {} : { schema }),
    isImported: place !== undefined && !files.includes(place.file),
    fate,
    ...(lostTo === undefined ? {} : { lostTo: { ...lostTo, file: display(lostTo.file) } }),
  };
}

export async function platformModules(platform: PlatformLayout): Promise<readonly string[]> {
  const files = await readdir(platform.kclDir);
  return files.filter((file) => file.endsWith(".k")).map((file) => `provisioning.${file.slice(0, -2)}`);
}

/** As the language writes paths: `settings.servers[0].plan`. */
export function pathText(path: readonly (string | number)[]): string {
  return path.map((part, index) => (typeof part === "number" ? `[${part}]` : index === 0 ? part : `.${part}`)).join("");
}

async function infraFiles(layout: WorkspaceLayout, name: InfraName): Promise<readonly string[]> {
  const dir = join(layout.infraDir, name);
  const isDirectory = await stat(dir).then(
    (found) => found.isDirectory(),
    () => false,
  );
  const single = join(layout.infraDir, `${name}.k`);
  if (!isDirectory) return [single];
  const files = (await readdir(dir)).filter(isDefinition).sort();
  // The folder may hold the configuration alone.
  const isSingle = files.length === 0 && (await stat(single).catch(() => undefined))?.isFile() === true;
  return isSingle ? [single] : files.map((file) => join(dir, file));
}

/** `config.k` is the infra's layer of the configuration. */
function isDefinition(file: string): boolean {
  return file.endsWith(".k") && file !== "config.k" && !file.startsWith("_") && !file.endsWith("_test.k");
}
