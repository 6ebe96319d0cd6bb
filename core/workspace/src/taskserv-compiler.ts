/**
 * From a taskserv's definition to steps: its `schema.k` and `taskserv.k` are evaluated with the configuration, the server's
 * facts and the rest of the infra, templates are rendered, and the steps are parsed. No code of an extension runs.
 */

import { join } from "node:path";
import { readIfThere, type TemplateRenderer } from "@provisioning/config";
import { type CompiledTaskserv, parseHealthChecks, requireSteps, undoSteps } from "@provisioning/extension-sdk";
import {
  completeValue,
  createCache,
  type KclCache,
  loadProgram,
  type Program,
  runProgram,
  validateValue,
  type ValidationFinding,
} from "@provisioning/kcl-lang";
import { createNodeHost } from "@provisioning/kcl-lang/node";
import {
  type Diagnostic,
  DiagnosticsError,
  isJsonObject,
  type Json,
  type JsonObject,
  ProvisioningError,
  type SourcePosition,
  type TaskservName,
  taskservName,
  textOf,
} from "@provisioning/model";
import type { TaskservExtension } from "./catalog.js";
import { platformPackages } from "./definition-input.js";
import { type FileView, toDiagnostic } from "./kcl-diagnostic.js";

/** What `option(…)` answers in a taskserv's KCL. */
export interface TaskservInput {
  /** The user's configuration, secret references resolved. */
  readonly config: JsonObject;
  readonly facts: JsonObject;
  /** name, role, plan, address. */
  readonly server: JsonObject;
  /** name and servers, each with name, role, address, taskservs. */
  readonly infra: JsonObject;
  /** All servers that carry this taskserv, in the order of the definition: name, role, address, outputs. */
  readonly peers: readonly JsonObject[];
}

/** A taskserv as it is on one server, and how to reach it there. */
export interface PlacedTaskserv extends CompiledTaskserv {
  /** Taskservs anywhere in the infra that must answer before this one can be healthy; it is installed without them. */
  readonly uses: readonly TaskservName[];
  readonly endpoints: readonly Endpoint[];
}

export interface Endpoint {
  /** What answers there: "web page", "clients". */
  readonly title: string;
  readonly url: string;
}

/** What a taskserv's schema says about its configuration. */
export interface TaskservChecker {
  /** Does the configuration fit the taskserv's schema? Paths are within the config. */
  checkConfig(extension: TaskservExtension, config: JsonObject): readonly ConfigProblem[];
  /** What the taskserv's schema says about the part of a configuration at a path, the earliest first. Empty when the configuration does not fit. */
  defaultsOf(extension: TaskservExtension, config: JsonObject, path: readonly (string | number)[]): readonly SchemaDefault[];
}

export interface TaskservCompiler extends TaskservChecker {
  /** @throws DiagnosticsError, TemplateError, ProvisioningError STEP_INVALID */
  compile(extension: TaskservExtension, input: TaskservInput): Promise<PlacedTaskserv>;
}

export interface ConfigProblem {
  readonly kind: ValidationFinding["kind"];
  readonly path: readonly (string | number)[];
  readonly message: string;
  readonly suggestion?: string;
}

/** A default of a taskserv's schema. */
export interface SchemaDefault {
  readonly schema: string;
  /** The file is absolute. */
  readonly place?: SourcePosition;
  /** Absent: something else replaces it, so it was not evaluated. */
  readonly value?: Json;
}

const EXTENSION_FILES: FileView = { display: (file) => file, isOwn: () => true, modules: ["provisioning.steps"] };

/** Definitions are loaded once and run for every server. */
export function createTaskservCompiler(kclDir: string, render: TemplateRenderer): TaskservCompiler {
  const programOf = programsBelow(kclDir);
  return {
    ...checkerOf(programOf),
    async compile(extension, input) {
      const ran = runProgram(programOf(extension), { arguments: input as unknown as Record<string, Json>, listsReplace: true });
      if (!ran.ok) throw new DiagnosticsError(ran.diagnostics.map((item) => toDiagnostic(item, EXTENSION_FILES)));
      const rendered = await renderTemplates(ran.value as JsonObject, extension, input, render);
      return parseCompiled(extension, rendered);
    },
  };
}

/** For those who only ask for schemas. */
export function createTaskservChecker(kclDir: string): TaskservChecker {
  return checkerOf(programsBelow(kclDir));
}

type ProgramOf = (extension: TaskservExtension) => Program;

function programsBelow(kclDir: string): ProgramOf {
  const programs = new Map<string, Program>();
  const cache: KclCache = createCache();
  return (extension) => {
    const existing = programs.get(extension.dir);
    if (existing !== undefined) return existing;
    const program = load(extension, kclDir, cache);
    programs.set(extension.dir, program);
    return program;
  };
}

function checkerOf(programOf: ProgramOf): TaskservChecker {
  return {
    checkConfig: (extension, config) => validateValue(programOf(extension), "Config", config),
    defaultsOf(extension, config, path) {
      const completed = completeValue(programOf(extension), "Config", config, { history: true, listsReplace: true });
      if (!completed.ok) return [];
      return completed.sayingsOf(path).flatMap(({ schema, place, value }) => {
        if (schema === undefined) return [];
        return [{ schema, ...(place === undefined ? {} : { place }), ...(value === undefined ? {} : { value: value as Json }) }];
      });
    },
  };
}

function load(extension: TaskservExtension, kclDir: string, cache: KclCache): Program {
  const files = ["schema.k", "taskserv.k"].map((file) => join(extension.dir, file));
  const loaded = loadProgram({ host: createNodeHost(), files, ...platformPackages(kclDir), cache });
  if (loaded.ok) return loaded.program;
  const diagnostics: Diagnostic[] = loaded.diagnostics.map((item) => toDiagnostic(item, EXTENSION_FILES));
  throw new DiagnosticsError(diagnostics);
}

function parseCompiled({ manifest, healthCheck }: TaskservExtension, value: JsonObject): PlacedTaskserv {
  const taskserv = manifest.name;
  const install = requireSteps(value.install, { taskserv, list: "install" });
  const remove =
    value.remove === undefined ? undoSteps(taskserv, install) : requireSteps(value.remove, { taskserv, list: "remove" });
  const { checks, diagnostics } = parseHealthChecks(value.health, { taskserv, list: "health" });
  if (diagnostics.length > 0) throw new DiagnosticsError(diagnostics);
  return {
    name: taskserv,
    version: manifest.version,
    requires: manifest.requires,
    install,
    remove,
    health: healthCheck === undefined ? checks : [...checks, healthCheck],
    uses: Array.isArray(value.uses) ? value.uses.map((name: Json) => taskservName(textOf(name))) : [],
    endpoints: endpointsOf(value.endpoints),
  };
}

function endpointsOf(value: Json | undefined): Endpoint[] {
  if (!Array.isArray(value)) return [];
  return value.filter(isJsonObject).map((item) => ({ title: textOf(item.title), url: textOf(item.url) }));
}

/** A template step becomes a step with content. Templates see what the definition sees, and the step's own `values` over it. */
async function renderTemplates(
  value: JsonObject,
  extension: TaskservExtension,
  input: TaskservInput,
  render: TemplateRenderer,
): Promise<JsonObject> {
  const lists = await Promise.all(
    Object.entries(value).map(async ([key, steps]) => {
      if (!Array.isArray(steps)) return [key, steps] as const;
      return [key, await Promise.all(steps.map((step: Json) => renderStep(step, extension, input, render)))] as const;
    }),
  );
  return Object.fromEntries(lists);
}

async function renderStep(
  step: Json,
  extension: TaskservExtension,
  input: TaskservInput,
  render: TemplateRenderer,
): Promise<Json> {
  if (!isJsonObject(step) || step.kind !== "template" || step.state === "absent") return step;
  const { values, ...rest } = step;
  const name = typeof step.source === "string" ? step.source : "";
  if (name === "" || name.startsWith("/") || name.split("/").includes("..")) {
    throw new ProvisioningError({
      code: "STEP_INVALID",
      message: `${extension.manifest.name}: the step ${textOf(step.id)} names no template within the taskserv's templates folder.`,
      hint: 'Write a path such as source = "app.conf.j2".',
    });
  }
  const file = join(extension.dir, "templates", name);
  const scope = { ...(input as unknown as JsonObject), ...(isJsonObject(values) ? values : {}) };
  return { ...rest, content: render(file, await readTemplate(file, extension), scope) };
}

async function readTemplate(file: string, extension: TaskservExtension): Promise<string> {
  const text = await readIfThere(file);
  if (text !== undefined) return text;
  throw new ProvisioningError({
    code: "TEMPLATE_MISSING",
    message: `${extension.manifest.name} names a template that it does not have: ${file}`,
    hint: "Correct the name, or add the file to the taskserv's templates folder.",
  });
}
