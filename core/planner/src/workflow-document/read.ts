/** Reads a workflow document from plain data: its shape, names and durations. All problems are found at once; the rest of it is used. */

import {
  type Diagnostic,
  type DocumentPath,
  type DocumentPlaces,
  isJsonObject,
  isName,
  type Json,
  type JsonObject,
  type OnFailure,
  parseDuration,
  type RetryPolicy,
  WORKFLOW_API_VERSION,
  WORKFLOW_KIND,
  type WorkflowDocument,
  type WorkflowStep,
} from "@provisioning/model";
import { didYouMean } from "../batch/problem.js";
import { createFindings, type Findings } from "./finding.js";

export interface ReadDocumentOptions {
  /** Absent: the document was sent, its problems name paths. */
  readonly places?: DocumentPlaces;
  /** Of a document without `metadata.name`. */
  readonly defaultName?: string;
}

export interface ReadDocument {
  readonly document: WorkflowDocument;
  readonly problems: readonly Diagnostic[];
}

/** More are a program that writes workflows, which can write several. */
export const MAX_STEPS = 10_000;
/** Each waits for all steps. */
const MAX_HOOKS = 100;

/** Longer is a mistake in the unit. */
const MAX_DURATION_MS = 30 * 86_400_000;

const NAME_HINT = "Use 1 to 63 lower-case letters, digits and hyphens, starting with a letter.";

export function readWorkflowDocument(value: Json, { places, defaultName = "workflow" }: ReadDocumentOptions = {}): ReadDocument {
  const findings = createFindings(places);
  const top = objectAt(findings, value, []);
  if (top === undefined) {
    const document = { name: defaultName, steps: [], onCompletion: [], rollbackOnFailure: false };
    return { document, problems: findings.list };
  }
  checkFields(findings, top, [], TOP_FIELDS);
  checkConstant(findings, top, "apiVersion", WORKFLOW_API_VERSION);
  checkConstant(findings, top, "kind", WORKFLOW_KIND);
  const metadata = top.metadata === undefined ? {} : (objectAt(findings, top.metadata, ["metadata"]) ?? {});
  checkFields(findings, metadata, ["metadata"], METADATA_FIELDS);
  const spec = objectAt(findings, top.spec, ["spec"]) ?? {};
  checkFields(findings, spec, ["spec"], SPEC_FIELDS);
  const name = nameAt(findings, metadata, "name", ["metadata"]) ?? defaultName;
  const namespace = nameAt(findings, metadata, "namespace", ["metadata"]);
  const description = textAt(findings, spec, "description", ["spec"]);
  const parallelLimit = wholeAt(findings, spec, "parallel_limit", ["spec"], 1, 10_000);
  const steps = stepsAt(findings, spec, "steps");
  const onCompletion = stepsAt(findings, spec, "on_completion");
  if (steps.length === 0 && (spec.steps === undefined || isEmptyList(spec.steps)) && isJsonObject(top.spec)) {
    invalid(findings, ["spec"], "A workflow needs at least one step.", "Write spec.steps: a list with name and task of each.");
  }
  findDuplicates(findings, [...steps, ...onCompletion]);
  return {
    document: {
      name,
      steps,
      onCompletion,
      rollbackOnFailure: flagAt(findings, spec, "rollback_on_failure", ["spec"]) ?? false,
      ...(namespace === undefined ? {} : { namespace }),
      ...(description === undefined ? {} : { description }),
      ...(parallelLimit === undefined ? {} : { parallelLimit }),
    },
    problems: findings.list,
  };
}

const TOP_FIELDS = ["apiVersion", "kind", "metadata", "spec"];
const METADATA_FIELDS = ["name", "namespace"];
const SPEC_FIELDS = ["description", "steps", "rollback_on_failure", "on_completion", "parallel_limit"];
const STEP_FIELDS = ["name", "task", "params", "depends_on", "timeout", "on_failure", "when", "outputs", "retry"];
const RETRY_FIELDS = ["max_attempts", "backoff", "initial_delay", "max_delay"];
const ON_FAILURE: Readonly<Record<string, OnFailure>> = { abort: "fail", continue: "continue", rollback: "rollback" };

function stepsAt(findings: Findings, spec: JsonObject, field: "steps" | "on_completion"): readonly WorkflowStep[] {
  const path = ["spec", field];
  const list = listAt(findings, spec, field, ["spec"]);
  const most = field === "steps" ? MAX_STEPS : MAX_HOOKS;
  if (list.length > most) {
    invalid(findings, path, `A workflow has at most ${most} ${field}; this one has ${list.length}.`);
    return [];
  }
  return list.flatMap((item, index) => {
    const step = objectAt(findings, item, [...path, index]);
    return step === undefined ? [] : [stepOf(findings, step, [...path, index])];
  });
}

function stepOf(findings: Findings, step: JsonObject, path: DocumentPath): WorkflowStep {
  checkFields(findings, step, path, STEP_FIELDS);
  for (const field of ["name", "task"]) {
    if (step[field] === undefined) invalid(findings, path, `This step has no ${field}.`, "Each step needs a name and a task.");
  }
  const timeoutMs = durationAt(findings, step, "timeout", path);
  const onFailure = choiceAt(findings, step, "on_failure", path, ON_FAILURE);
  const when = textAt(findings, step, "when", path);
  const retry = step.retry === undefined ? undefined : retryAt(findings, step.retry, [...path, "retry"]);
  return {
    name: nameAt(findings, step, "name", path) ?? "",
    task: textAt(findings, step, "task", path) ?? "",
    params: paramsAt(findings, step, path),
    dependsOn: textsAt(findings, step, "depends_on", path),
    outputs: outputsAt(findings, step, path),
    path,
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    ...(onFailure === undefined ? {} : { onFailure }),
    ...(when === undefined ? {} : { when }),
    ...(retry === undefined ? {} : { retry }),
  };
}

/** Deeper is not written by people, and would exhaust the stack. */
const MAX_DEPTH = 100;

function paramsAt(findings: Findings, { params }: JsonObject, path: DocumentPath): JsonObject {
  if (params === undefined) return {};
  if (!isDeeperThan(MAX_DEPTH, params)) return objectAt(findings, params, [...path, "params"]) ?? {};
  invalid(findings, [...path, "params"], `params are nested more than ${MAX_DEPTH} times.`);
  return {};
}

function isDeeperThan(limit: number, value: Json): boolean {
  if (typeof value !== "object" || value === null) return false;
  return limit === 0 || Object.values(value).some((item) => isDeeperThan(limit - 1, item as Json));
}

function retryAt(findings: Findings, value: Json, path: DocumentPath): Partial<RetryPolicy> {
  const retry = objectAt(findings, value, path) ?? {};
  checkFields(findings, retry, path, RETRY_FIELDS);
  const maxAttempts = wholeAt(findings, retry, "max_attempts", path, 1, 100);
  const backoff = choiceAt(findings, retry, "backoff", path, { linear: "linear", exponential: "exponential" } as const);
  const initialDelayMs = durationAt(findings, retry, "initial_delay", path);
  const maxDelayMs = durationAt(findings, retry, "max_delay", path);
  return {
    ...(maxAttempts === undefined ? {} : { maxAttempts }),
    ...(backoff === undefined ? {} : { backoff }),
    ...(initialDelayMs === undefined ? {} : { initialDelayMs }),
    ...(maxDelayMs === undefined ? {} : { maxDelayMs }),
  };
}

/** They are names in expressions. */
const OUTPUT = /^[A-Za-z_]\w{0,62}$/;

function outputsAt(findings: Findings, step: JsonObject, path: DocumentPath): readonly string[] {
  const outputs = textsAt(findings, step, "outputs", path);
  outputs.forEach((name, index) => {
    if (!OUTPUT.test(name)) {
      const hint = "Use letters, digits and underscores, starting with a letter.";
      invalid(
        findings,
        [...path, "outputs", index],
        `${JSON.stringify(name.slice(0, 80))} cannot be the name of an output.`,
        hint,
      );
    }
  });
  return outputs;
}

function findDuplicates(findings: Findings, steps: readonly WorkflowStep[]): void {
  const seen = new Set<string>();
  for (const { name, path } of steps) {
    if (name !== "" && seen.has(name)) {
      const finding = { code: "WORKFLOW_STEP_TWICE", path: [...path, "name"], summary: `Two steps have the name ${name}.` };
      findings.add({ ...finding, hint: "Rename one." });
    }
    seen.add(name);
  }
}

function checkFields(findings: Findings, value: JsonObject, path: DocumentPath, known: readonly string[]): void {
  for (const key in value) {
    if (known.includes(key)) continue;
    const where = path.length === 0 ? "a workflow" : `${String(path.findLast((part) => typeof part === "string"))} of a workflow`;
    const summary = `${JSON.stringify(key.slice(0, 80))} is no field of ${where}.`;
    findings.add({
      code: "WORKFLOW_FIELD_UNKNOWN",
      path: [...path, key],
      summary,
      hint: didYouMean(key.slice(0, 80), known, "Its fields"),
    });
  }
}

function checkConstant(findings: Findings, value: JsonObject, field: string, wanted: string): void {
  const found = value[field];
  if (found === wanted) return;
  const summary = found === undefined ? `The document says no ${field}.` : `${field} is ${shown(found)}, not ${wanted}.`;
  invalid(findings, found === undefined ? [] : [field], summary, `Write ${field}: ${wanted}`);
}

function objectAt(findings: Findings, value: Json | undefined, path: DocumentPath): JsonObject | undefined {
  if (isJsonObject(value)) return value;
  const what = path.length === 0 ? "A workflow" : String(path.findLast((part) => typeof part === "string"));
  const problem = value === undefined ? `${what} is missing.` : `${what} is ${shown(value)}, not an object with fields.`;
  invalid(findings, path, problem);
  return undefined;
}

function listAt(findings: Findings, value: JsonObject, field: string, path: DocumentPath): readonly Json[] {
  const found = value[field];
  if (found === undefined || found === null) return [];
  if (Array.isArray(found)) return found as readonly Json[];
  invalid(findings, [...path, field], `${field} is ${shown(found)}, not a list.`);
  return [];
}

function isEmptyList(value: Json): boolean {
  return value === null || (Array.isArray(value) && value.length === 0);
}

function textsAt(findings: Findings, value: JsonObject, field: string, path: DocumentPath): readonly string[] {
  const list = listAt(findings, value, field, path);
  const texts = list.filter((item): item is string => typeof item === "string");
  if (texts.length < list.length) invalid(findings, [...path, field], `${field} is a list of names.`);
  return texts;
}

function textAt(findings: Findings, value: JsonObject, field: string, path: DocumentPath): string | undefined {
  const found = value[field];
  if (found === undefined || typeof found === "string") return found;
  invalid(findings, [...path, field], `${field} is ${shown(found)}, not a text.`);
  return undefined;
}

function nameAt(findings: Findings, value: JsonObject, field: string, path: DocumentPath): string | undefined {
  const found = textAt(findings, value, field, path);
  if (found === undefined || isName(found)) return found;
  invalid(findings, [...path, field], `${JSON.stringify(found.slice(0, 80))} is not a valid name.`, NAME_HINT);
  return undefined;
}

function flagAt(findings: Findings, value: JsonObject, field: string, path: DocumentPath): boolean | undefined {
  const found = value[field];
  if (found === undefined || typeof found === "boolean") return found;
  invalid(findings, [...path, field], `${field} is ${shown(found)}, not true or false.`);
  return undefined;
}

function wholeAt(
  findings: Findings,
  value: JsonObject,
  field: string,
  path: DocumentPath,
  least: number,
  most: number,
): number | undefined {
  const found = value[field];
  if (found === undefined) return undefined;
  if (typeof found === "number" && Number.isInteger(found) && found >= least && found <= most) return found;
  invalid(findings, [...path, field], `${field} is ${shown(found)}, not a whole number from ${least} to ${most}.`);
  return undefined;
}

function durationAt(findings: Findings, value: JsonObject, field: string, path: DocumentPath): number | undefined {
  const found = value[field];
  if (found === undefined) return undefined;
  const duration = typeof found === "string" ? parseDuration(found) : undefined;
  const isTimeout = field === "timeout";
  if (duration !== undefined && duration <= MAX_DURATION_MS && (duration > 0 || !isTimeout)) return duration;
  const hint = typeof found === "number" ? `Write ${found}s for seconds.` : "Write it as 1h, 30m, 90s or 1h30m, up to 30d.";
  invalid(findings, [...path, field], `${field} is ${shown(found)}, which is no duration that can be used.`, hint);
  return undefined;
}

function choiceAt<Choice>(
  findings: Findings,
  value: JsonObject,
  field: string,
  path: DocumentPath,
  choices: Readonly<Record<string, Choice>>,
): Choice | undefined {
  const found = value[field];
  if (found === undefined) return undefined;
  if (typeof found === "string" && Object.hasOwn(choices, found)) return choices[found];
  const hint = didYouMean(typeof found === "string" ? found.slice(0, 80) : "", Object.keys(choices), "Possible");
  invalid(findings, [...path, field], `${field} is ${shown(found)}.`, hint);
  return undefined;
}

function invalid(findings: Findings, path: DocumentPath, summary: string, hint?: string): void {
  findings.add({ code: "WORKFLOW_DOCUMENT_INVALID", path, summary, ...(hint === undefined ? {} : { hint }) });
}

function shown(value: Json): string {
  if (Array.isArray(value)) return "a list";
  if (isJsonObject(value)) return "an object";
  return JSON.stringify(value).slice(0, 80);
}
