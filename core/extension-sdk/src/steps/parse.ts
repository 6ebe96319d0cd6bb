/**
 * From plain JSON, as KCL gives it, to typed steps. All findings are returned together, each naming step and attribute.
 */

import {
  type Diagnostic,
  DiagnosticsError,
  isJsonObject,
  type Json,
  type JsonObject,
  type SourcePosition,
  nearest,
} from "@provisioning/model";
import { type Field, type Fields, Problem } from "./field.js";
import type { FieldProblem } from "./kind.js";
import { type Step, stepKind, stepKindNames, type StepKindName } from "./registry.js";

export interface ParseWhere {
  readonly taskserv: string;
  /** Which list: "install", "remove". */
  readonly list: string;
  /** Place of a step, or of one of its attributes, in the user's text. */
  position?(index: number, field?: string): SourcePosition | undefined;
}

export interface ParsedSteps {
  /** The steps that are usable; complete when there are no diagnostics. */
  readonly steps: readonly Step[];
  readonly diagnostics: readonly Diagnostic[];
}

const ID = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
/** A program of more steps than this is a mistake of a loop in the definition. */
const MAX_STEPS = 2_000;

export function parseSteps(value: Json | undefined, where: ParseWhere): ParsedSteps {
  const report = new Findings(where);
  if (value === undefined || value === null) return { steps: [], diagnostics: [] };
  if (!Array.isArray(value)) {
    report.add(0, undefined, undefined, "must be a list of steps.");
    return { steps: [], diagnostics: report.diagnostics };
  }
  if (value.length > MAX_STEPS)
    report.add(0, undefined, undefined, `has ${value.length} steps; at most ${MAX_STEPS} are possible.`);
  const parsed = (value as readonly Json[]).slice(0, MAX_STEPS).map((item, index) => parseStep(item, index, report));
  checkIdsAndReferences(parsed, report);
  return { steps: parsed.filter((step) => step !== undefined), diagnostics: report.diagnostics };
}

/** @throws DiagnosticsError with the code STEP_INVALID */
export function requireSteps(value: Json | undefined, where: ParseWhere): readonly Step[] {
  const { steps, diagnostics } = parseSteps(value, where);
  if (diagnostics.length > 0) throw new DiagnosticsError(diagnostics);
  return steps;
}

function parseStep(value: Json, index: number, report: Findings): Step | undefined {
  if (!isJsonObject(value)) return report.add(index, undefined, undefined, "must be a map with `kind` and `id`.");
  const id = typeof value.id === "string" && ID.test(value.id) ? value.id : undefined;
  if (id === undefined) {
    report.add(index, undefined, "id", "must be 1 to 63 lower-case letters, digits and inner hyphens.");
  }
  const kind = stepKind(value.kind);
  if (!kind) return report.add(index, id, "kind", unknownKind(value.kind));
  const problems: FieldProblem[] = [];
  const values = readFields(value, kind.fields, problems, ["kind", "id", "title"]);
  if (value.title !== undefined && value.title !== null && typeof value.title !== "string") {
    problems.push({ field: "title", detail: "must be text." });
  }
  const title = typeof value.title === "string" ? value.title : undefined;
  const step = { kind: kind.kind as StepKindName, id: id ?? "", title, ...values } as unknown as Step;
  if (problems.length === 0) problems.push(...(kind.check?.(step) ?? []));
  for (const problem of problems) report.add(index, id, problem.field, problem.detail);
  return problems.length === 0 && id !== undefined ? step : undefined;
}

/** Reads a map by a table of attributes. Unknown attributes are problems: a typing mistake must not pass silently. */
export function readFields(
  value: JsonObject,
  fields: Fields,
  problems: FieldProblem[],
  also: readonly string[] = [],
): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const [name, field] of Object.entries(fields)) values[name] = readField(value[name], field, name, problems);
  const known = [...Object.keys(fields), ...also];
  for (const name of Object.keys(value)) {
    if (known.includes(name)) continue;
    const guess = nearest(name, known);
    problems.push({ field: name, detail: `is not an attribute of this kind.${guess ? ` Did you mean ${guess}?` : ""}` });
  }
  return values;
}

function readField(value: Json | undefined, field: Field<unknown>, name: string, problems: FieldProblem[]): unknown {
  if (field.only === "kcl") return field.fallback;
  if (value === undefined || value === null) {
    if (field.required) problems.push({ field: name, detail: "is missing." });
    return field.fallback;
  }
  const read = field.read(value);
  if (!(read instanceof Problem)) return read;
  problems.push({ field: name, detail: read.detail });
  return field.fallback;
}

function unknownKind(kind: Json | undefined): string {
  if (typeof kind !== "string") return "is missing.";
  const guess = nearest(kind, stepKindNames);
  return `${JSON.stringify(kind)} is not a kind of step.${guess ? ` Did you mean ${guess}?` : ` Kinds: ${stepKindNames.join(", ")}.`}`;
}

/** Ids are unique, and a step reacts only to steps before it: a later one has not run yet when it is asked. */
function checkIdsAndReferences(steps: readonly (Step | undefined)[], report: Findings): void {
  const seen = new Set<string>();
  const all = new Set(steps.map((step) => step?.id));
  const broken = steps.includes(undefined);
  steps.forEach((step, index) => {
    if (!step) return;
    if (seen.has(step.id)) report.add(index, step.id, "id", "is used by an earlier step of this list too.");
    for (const { source, field } of stepKind(step.kind)?.subscribes?.(step) ?? []) {
      if (seen.has(source) || (broken && !all.has(source))) continue;
      const why = all.has(source) ? "comes later; only earlier steps can be named" : "is no step of this list";
      const guess = all.has(source) ? undefined : nearest(source, [...seen]);
      report.add(
        index,
        step.id,
        field,
        `names ${JSON.stringify(source)}, which ${why}.${guess ? ` Did you mean ${guess}?` : ""}`,
      );
    }
    seen.add(step.id);
  });
}

class Findings {
  readonly diagnostics: Diagnostic[] = [];
  constructor(private readonly where: ParseWhere) {}

  add(index: number, id: string | undefined, field: string | undefined, detail: string): undefined {
    const step = id === undefined ? `step ${index + 1}` : `step ${id}`;
    const position = this.where.position?.(index, field);
    this.diagnostics.push({
      severity: "error",
      code: "STEP_INVALID",
      summary: `${this.where.taskserv}: ${step} of ${this.where.list}${field === undefined ? "" : `, ${field}`}`,
      detail: field === undefined ? `The list or step ${detail}` : `The attribute ${field} ${detail}`,
      ...(position === undefined ? {} : { position }),
    });
    return undefined;
  }
}
