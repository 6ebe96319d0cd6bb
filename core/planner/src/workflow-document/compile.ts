/**
 * Compiles a workflow document into a run: one operation for each step and each hook, with the task's name as its action. Pure.
 *
 * A step waits for those it names and for those whose outputs it uses. Hooks wait for all steps, so they are done once and only after
 * success. Values are bound by name when the step runs; nothing is pasted into queries, conditions or code.
 */

import {
  type Diagnostic,
  type DocumentPlaces,
  type Json,
  type JsonObject,
  networkAddress,
  type OperationDefinition,
  type OperationDependency,
  type OperationId,
  textOf,
  type WorkflowDocument,
  type WorkflowStep,
} from "@provisioning/model";
import { didYouMean } from "../batch/problem.js";
import { topologicalOrder } from "../graph.js";
import { createFindings, type Findings } from "./finding.js";
import { collectPlaceholders, hasPlaceholder, type Placeholders, soleName } from "./placeholders.js";
import type { CompiledWorkflow, StepInput, TaskRules, WorkflowScope } from "./scope.js";

/** Linear in steps, dependencies and values. All problems are found at once; `problems` are those found while it was read. */
export function compileWorkflow(
  document: WorkflowDocument,
  scope: WorkflowScope,
  { places, problems = [] }: { readonly places?: DocumentPlaces; readonly problems?: readonly Diagnostic[] } = {},
): CompiledWorkflow {
  const compiler = new Compiler(document, scope, createFindings(places));
  const { steps, onCompletion } = document;
  const made = [...steps.map((step) => compiler.operation(step)), ...onCompletion.map((hook) => compiler.operation(hook, steps))];
  compiler.checkVariables();
  compiler.checkCycle(made);
  const operations = made.map((operation) => compiler.withOffered(operation));
  const groups = operations.map(({ id, dependsOn, input }) => ({
    id,
    items: [textOf(input.task)],
    after: dependsOn.map(({ on }) => on),
    operations: [id],
  }));
  return {
    operations,
    groups,
    problems: [...problems, ...compiler.findings.list],
    run: (id, createdAt) => ({
      id,
      name: document.name,
      infra: scope.infra,
      operations,
      parallelLimit: document.parallelLimit ?? scope.defaults.parallelLimit,
      labels: {
        purpose: "workflow",
        workflow: document.name,
        ...(document.namespace === undefined ? {} : { namespace: document.namespace }),
      },
      createdAt,
      ...(scope.defaults.priority === 0 ? {} : { priority: scope.defaults.priority }),
    }),
  };
}

/** `task.<name>` is the action of its operations. */
export const TASK_ACTION = "task.";

class Compiler {
  readonly #names: ReadonlySet<string>;
  readonly #producers: ReadonlyMap<string, WorkflowStep>;
  /** Names that are used and come from outside. */
  readonly #used = new Set<string>();
  /** By the step that gives them: names that it does not declare. */
  readonly #offered = new Map<string, Set<string>>();

  constructor(
    readonly document: WorkflowDocument,
    readonly scope: WorkflowScope,
    readonly findings: Findings,
  ) {
    this.#names = new Set(document.steps.map(({ name }) => name));
    this.#producers = this.#findProducers();
  }

  /** `after`: what a hook waits for. */
  operation(step: WorkflowStep, after?: readonly WorkflowStep[]): OperationDefinition {
    const { scope, document } = this;
    const task = this.#task(step);
    const bound = this.#bind(step, task);
    const dependsOn = after === undefined ? this.#dependencies(step, bound) : this.#afterAll(step, after);
    const { when, outputs, params } = step;
    const input: StepInput = {
      params,
      ...(when === undefined ? {} : { when }),
      ...(outputs.length === 0 ? {} : { outputs }),
      ...(bound.variables === undefined ? {} : { variables: bound.variables }),
      ...(bound.environment === undefined ? {} : { environment: bound.environment }),
      ...(bound.from === undefined ? {} : { from: bound.from }),
    };
    const { timeoutMs, retry } = scope.defaults;
    return {
      id: step.name as OperationId,
      title: step.name,
      action: `${TASK_ACTION}${step.task}`,
      address: networkAddress(scope.infra),
      input: { task: step.task, ...(input as unknown as JsonObject) },
      dependsOn,
      ...(task?.isExclusive === true ? { lane: `workflow/${scope.infra}` } : {}),
      timeoutMs: step.timeoutMs ?? timeoutMs,
      retry: step.retry === undefined ? retry : { ...retry, ...step.retry },
      // What a hook does not manage takes nothing back.
      onFailure: after === undefined ? (step.onFailure ?? (document.rollbackOnFailure ? "rollback" : "fail")) : "continue",
    };
  }

  /** A step gives what later ones found in it, as if it had declared that. */
  withOffered(operation: OperationDefinition): OperationDefinition {
    const names = this.#offered.get(operation.id);
    if (names === undefined) return operation;
    const { outputs = [] } = operation.input as unknown as StepInput;
    return { ...operation, input: { ...operation.input, outputs: [...outputs, ...names] } };
  }

  /** A name that nothing uses was mistyped. */
  checkVariables(): void {
    for (const name in this.scope.variables) {
      if (this.#used.has(name)) continue;
      const summary = this.#producers.has(name)
        ? `${name} comes from the step ${this.#producers.get(name)?.name ?? ""}; it cannot be given.`
        : `A value is given for ${name}, which the workflow does not use.`;
      const hint = didYouMean(name, [...this.#used], "It uses");
      this.findings.add({ code: "WORKFLOW_VARIABLE_UNUSED", path: ["spec"], summary, hint });
    }
  }

  checkCycle(operations: readonly OperationDefinition[]): void {
    const byId = new Map(operations.map((operation) => [operation.id, operation]));
    const ordering = topologicalOrder({
      nodes: [...byId.keys()],
      dependenciesOf: (id) => byId.get(id)?.dependsOn.map(({ on }) => on) ?? [],
    });
    if (ordering.ok) return;
    const { cycle } = ordering;
    const first = this.document.steps.find(({ name }) => name === cycle[0]);
    this.findings.add({
      code: "WORKFLOW_CYCLE",
      path: [...(first?.path ?? ["spec"]), "depends_on"],
      summary: `These steps wait for each other: ${[...cycle, cycle[0]].join(" → ")}.`,
      hint: "Each needs the next one, also by using what it gives. Remove one of these dependencies.",
    });
  }

  #findProducers(): ReadonlyMap<string, WorkflowStep> {
    const producers = new Map<string, WorkflowStep>();
    for (const step of this.document.steps) {
      step.outputs.forEach((output, index) => {
        const other = producers.get(output);
        if (other === undefined) producers.set(output, step);
        else
          this.findings.add({
            code: "WORKFLOW_OUTPUT_TWICE",
            path: [...step.path, "outputs", index],
            summary: `Both ${other.name} and ${step.name} give ${output}.`,
            hint: "Give one of them another name, so that it is clear which one is meant.",
          });
      });
    }
    return producers;
  }

  #task(step: WorkflowStep): TaskRules | undefined {
    if (step.task === "") return undefined;
    const { findings, scope } = this;
    const path = [...step.path, "task"];
    const task = scope.task(step.task);
    if (task === undefined) {
      const summary = `There is no task ${JSON.stringify(step.task.slice(0, 80))}.`;
      const hint = didYouMean(step.task.slice(0, 80), scope.knownTasks, "There are");
      findings.add({ code: "WORKFLOW_TASK_UNKNOWN", path, summary, hint });
    } else if (task.announced !== undefined) {
      const summary = `${step.name} uses the task ${step.task}, which is not possible yet: ${task.announced}`;
      findings.add({
        code: "WORKFLOW_TASK_ANNOUNCED",
        path,
        summary,
        hint: "See what is possible with: provisioning workflow tasks",
      });
    }
    return task;
  }

  /** Looks at parameters, condition and outputs, and finds out where each name has its value from. */
  #bind(step: WorkflowStep, task: TaskRules | undefined): Bound {
    const used = this.#placeholders(step, task);
    const problems = task?.check(step.params) ?? [];
    for (const { path, summary, hint } of problems) {
      const finding = { path: [...step.path, "params", ...path], summary: `${step.name}: ${summary}` };
      this.findings.add({ code: "WORKFLOW_PARAMS_INVALID", ...finding, ...(hint === undefined ? {} : { hint }) });
    }
    if (task !== undefined && problems.length === 0) {
      for (const name of task.needs(step.params)) used.add(name);
      this.#checkOutputs(step, task);
    }
    if (step.when !== undefined) this.#condition(step, step.when, used);
    const bound = this.#sources(step, used, task);
    this.#checkSecrets(step, task);
    return bound;
  }

  #placeholders(step: WorkflowStep, task: TaskRules | undefined): Set<string> {
    const found: Placeholders = { names: new Set(), malformed: [] };
    const programs = task?.programs ?? [];
    for (const key in step.params) {
      if (!programs.includes(key)) collectPlaceholders(step.params[key] as Json, found);
    }
    for (const text of found.malformed) {
      this.findings.add({
        code: "WORKFLOW_PARAMS_INVALID",
        path: [...step.path, "params"],
        summary: `${step.name}: ${JSON.stringify(text.slice(0, 80))} stands for no value.`,
        hint: "Write ${NAME}; for the characters themselves write $${.",
      });
    }
    return found.names;
  }

  #condition(step: WorkflowStep, when: string, used: Set<string>): void {
    const names = this.scope.namesIn(when);
    if (typeof names !== "string") {
      for (const name of names) used.add(name);
      return;
    }
    this.findings.add({
      code: "WORKFLOW_CONDITION_INVALID",
      path: [...step.path, "when"],
      summary: `The condition of ${step.name} cannot be used: ${names}`,
      hint: 'Write an expression over names, without ${}, for example: action != "no_change"',
    });
  }

  #checkOutputs({ name, outputs, params, path }: WorkflowStep, task: TaskRules): void {
    if (outputs.length === 0) return;
    const given = task.gives(params);
    if (given === undefined) return;
    outputs.forEach((output, index) => {
      if (given.includes(output)) return;
      this.findings.add({
        code: "WORKFLOW_OUTPUT_UNKNOWN",
        path: [...path, "outputs", index],
        summary: `${name} gives no ${output}.`,
        hint: didYouMean(output, given, "It gives"),
      });
    });
  }

  #sources(step: WorkflowStep, used: ReadonlySet<string>, task: TaskRules | undefined): Bound {
    if (used.size === 0) return {};
    const variables: Record<string, Json> = {};
    const environment: string[] = [];
    const from: Record<string, string> = {};
    const open: string[] = [];
    for (const name of used) {
      const producer = this.#producers.get(name);
      if (producer !== undefined) from[name] = producer.name;
      else if (Object.hasOwn(this.scope.variables, name)) variables[name] = this.scope.variables[name] as Json;
      else if (this.scope.isInEnvironment(name)) environment.push(name);
      else open.push(name);
      if (producer === undefined) this.#used.add(name);
    }
    const before = new Set([...step.dependsOn, ...Object.values(from)]);
    for (const name of open) {
      const offering = this.#offering(name, before);
      if (offering === undefined) this.#unbound(step, name, task);
      else from[name] = offering;
    }
    return {
      ...(Object.keys(variables).length === 0 ? {} : { variables }),
      ...(environment.length === 0 ? {} : { environment }),
      ...(Object.keys(from).length === 0 ? {} : { from }),
    };
  }

  /** The one step among those that come before which could give it: of two nobody could tell which one is meant. */
  #offering(name: string, before: ReadonlySet<string>): string | undefined {
    const [first, ...others] = this.document.steps.filter((step) => {
      if (!before.has(step.name)) return false;
      const task = this.scope.task(step.task);
      return task !== undefined && task.check(step.params).length === 0 && task.offers?.(step.params).includes(name) === true;
    });
    if (first === undefined || others.length > 0) return undefined;
    const names = this.#offered.get(first.name) ?? new Set();
    this.#offered.set(first.name, names.add(name));
    return first.name;
  }

  #unbound(step: WorkflowStep, name: string, task: TaskRules | undefined): void {
    const known = [...this.#producers.keys(), ...Object.keys(this.scope.variables)];
    const isSecret = task?.secrets.some((key) => soleName(step.params[key]) === name) === true;
    const others = known.length === 0 ? "" : ` ${didYouMean(name, known, "There are")}`;
    const given = `Give it with: --var ${name}=VALUE.${others}`;
    const exported = isSecret ? `It is a secret: set it in the environment, export ${name}=…` : given;
    const served = `start the service with ${name} in its environment, and name it in workflows.service_environment`;
    const inService = isSecret ? `It is a secret, so the service's environment counts: ${served}.` : `${given} Or ${served}.`;
    this.findings.add({
      code: "WORKFLOW_VARIABLE_UNBOUND",
      path: step.path,
      summary: `${step.name} uses ${name}, which has no value: no step gives it, it is not given, and the environment has none.`,
      hint: this.scope.isServed === true ? inService : exported,
    });
  }

  /** What is stored and shown holds no secrets. */
  #checkSecrets({ name: step, params, path }: WorkflowStep, task: TaskRules | undefined): void {
    const { scope, findings } = this;
    for (const key of task?.secrets ?? []) {
      const value = params[key];
      if (value === undefined || scope.isSecretReference(value)) continue;
      const name = soleName(value);
      const isOutside = name !== undefined && !this.#producers.has(name);
      const given = isOutside && Object.hasOwn(scope.variables, name) ? scope.variables[name] : undefined;
      if (isOutside && (given === undefined || scope.isSecretReference(given))) continue;
      const wanted = name ?? `${key.toUpperCase()}_URL`;
      findings.add({
        code: "WORKFLOW_SECRET_GIVEN",
        path: [...path, "params", key],
        summary: `${step}: ${key} is a secret, and what is written or given here would be stored with the run.`,
        hint: `Write ${key}: "\${${wanted}}" and put the value into the environment, or use a reference such as env://${wanted} or file://PATH.`,
      });
    }
  }

  #dependencies(step: WorkflowStep, { from = {} }: Bound): readonly OperationDependency[] {
    const before = new Set<string>();
    step.dependsOn.forEach((name, index) => {
      if (this.#names.has(name)) before.add(name);
      else this.#unknownStep(step, name, [...step.path, "depends_on", index]);
    });
    for (const name in from) before.add(from[name] as string);
    return [...before].map((on) => ({ on: on as OperationId, type: "hard" }));
  }

  #afterAll(step: WorkflowStep, after: readonly WorkflowStep[]): readonly OperationDependency[] {
    step.dependsOn.forEach((name, index) => {
      if (!this.#names.has(name)) this.#unknownStep(step, name, [...step.path, "depends_on", index]);
    });
    return after.map(({ name }) => ({ on: name as OperationId, type: "hard" }));
  }

  #unknownStep({ name: step }: WorkflowStep, name: string, path: WorkflowStep["path"]): void {
    const summary = `${step} depends on ${JSON.stringify(name.slice(0, 80))}, which is no step of this workflow.`;
    const hint = didYouMean(name.slice(0, 80), [...this.#names], "Its steps");
    this.findings.add({ code: "WORKFLOW_STEP_UNKNOWN", path, summary, hint });
  }
}

interface Bound {
  readonly variables?: JsonObject;
  readonly environment?: readonly string[];
  readonly from?: Readonly<Record<string, string>>;
}

/** Findings about values that are only known later say nothing. */
export function withoutOpen<Problem extends { readonly path: readonly (string | number)[] }>(
  problems: readonly Problem[],
  params: JsonObject,
): readonly Problem[] {
  return problems.filter(({ path }) => {
    let value: Json | undefined = params;
    for (const part of path) value = (value as Record<string | number, Json> | null | undefined)?.[part];
    return value === undefined || path.length === 0 || !hasPlaceholder(value);
  });
}
