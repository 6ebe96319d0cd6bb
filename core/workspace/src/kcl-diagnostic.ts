/** Findings of the language in the platform's form. */

import type { KclDiagnostic, SecondaryFinding, ValidationFinding } from "@provisioning/kcl-lang";
import { type Diagnostic, type Json, nearest } from "@provisioning/model";

/** A file as the user knows it, and whether it is the user's own. */
export interface FileView {
  display(file: string): string;
  isOwn(file: string): boolean;
  /** What the platform offers to import, such as `provisioning.settings`. */
  readonly modules: readonly string[];
}

export function toDiagnostic(finding: KclDiagnostic, files: FileView): Diagnostic {
  const { text, suggestion } = splitSuggestion(finding.origin?.message ?? finding.message);
  const { position, sourceLine } = placeOf(finding, files);
  const advice =
    finding.code === MODULE_MISSING
      ? [moduleHint(sourceLine, files.modules)]
      : [...(finding.suggestions ?? []), ...(finding.notes ?? [])];
  const meant = suggestion ?? choiceMeant(text);
  const hints = [...(meant === undefined ? [] : [`Did you mean ${meant}?`]), ...advice];
  return {
    severity: finding.severity,
    code: `KCL_${finding.code}`,
    summary: `${finding.name}: ${text}`,
    position: { ...position, file: files.display(position.file) },
    ...(sourceLine === undefined ? {} : { sourceLine }),
    ...(hints.length === 0 ? {} : { hint: hints.join(" ") }),
  };
}

/** A finding in `data`, which has paths and no places. */
export function findingDiagnostic({ kind, path, message, suggestion }: ValidationFinding, data: Json): Diagnostic {
  const { text } = splitSuggestion(message);
  const written = path.reduce<Json | undefined>((value, step) => (isContainer(value) ? value[step] : undefined), data);
  const meant = suggestion ?? (typeof written === "string" ? choiceMeant(text, written) : undefined);
  return {
    severity: "error",
    code: FINDING_CODES[kind],
    summary: path.length === 0 ? text : `${fieldPath(path)}: ${text}`,
    ...(meant === undefined ? {} : { hint: `Did you mean ${meant}?` }),
  };
}

/** As the language calls the same in a file. */
const FINDING_CODES: Readonly<Record<ValidationFinding["kind"], string>> = {
  type: "KCL_E2G22",
  unknown: "KCL_E2L23",
  required: "KCL_E3M38",
  check: "KCL_E3M38",
};

/** `operations[0].items`. */
function fieldPath(path: ValidationFinding["path"]): string {
  return path.map((step, index) => (typeof step === "number" ? `[${step}]` : `${index === 0 ? "" : "."}${step}`)).join("");
}

type Container = Readonly<Record<string | number, Json>>;

function isContainer(value: Json | undefined): value is Container & Json {
  return typeof value === "object" && value !== null;
}

/** Of a text that is none of a choice, the one that was probably meant. */
function choiceMeant(message: string, written = /, got str\((.*)\)$/.exec(message)?.[1]): string | undefined {
  const [, choice = ""] = /^expected (str\(.*), got str/.exec(message) ?? [];
  const known = [...choice.matchAll(/str\(([^()]*)\)/g)].map(([, one = ""]) => one);
  const meant = written === undefined ? undefined : nearest(written, known);
  return meant === undefined ? undefined : JSON.stringify(meant);
}

type Place = Pick<SecondaryFinding, "position" | "sourceLine">;

/** A check that fails stands in a schema that we ship; what it is about stands in the user's file, and that is the place to show. */
function placeOf(finding: KclDiagnostic, files: FileView): Place {
  const { origin, secondary = [] } = finding;
  const origins = origin?.position === undefined ? [] : [{ ...origin, position: origin.position }];
  // The attribute that a check is about is nearer than the instance.
  const places: Place[] = origin?.attribute === undefined ? [finding, ...origins] : [...origins, finding];
  return [...places, ...secondary].find(({ position }) => files.isOwn(position.file)) ?? finding;
}

const MODULE_MISSING = "E2F04";

/** The language's own advice is about a package manager that nobody needs here. */
function moduleHint(sourceLine: string | undefined, modules: readonly string[]): string {
  const written = /^\s*import\s+([\w.]+)/.exec(sourceLine ?? "")?.[1];
  const suggestion = written === undefined ? undefined : nearest(written, modules);
  if (suggestion !== undefined) return `Did you mean ${suggestion}?`;
  return `Your own modules are folders and files of the workspace; the platform offers ${modules.join(", ")}.`;
}

/** The language ends some messages with `, did you mean '["x"]'?`; what is meant becomes a hint. */
const SUGGESTION = /^(.*), did you mean '(?:\["(.+)"\]|(.+))'\?$/s;

function splitSuggestion(message: string): { readonly text: string; readonly suggestion?: string } {
  const [, text, list, single] = SUGGESTION.exec(message) ?? [];
  const suggestion = list?.replaceAll('", "', " or ") ?? single;
  return text === undefined || suggestion === undefined ? { text: message } : { text: `${text}.`, suggestion };
}
