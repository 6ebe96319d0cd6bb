/** One step of a workflow while it runs: its condition, its parameters with their values, its task, what it gives under which name. */

import { evaluateExpression, type JsonValue, namesUsed } from "@provisioning/kcl-lang";
import { createRedactor, isJsonObject, type Json, type JsonObject } from "@provisioning/model";
import { type StepInput, substitute } from "@provisioning/planner";
import { createSwitchableStorage, type TransferableStorage } from "@provisioning/storage";
import type { OperationContext } from "@provisioning/workflow";
import type { ActionContext } from "../context.js";
import { ConditionError, ParamsError } from "./errors.js";
import type { AnyTask, TaskContext } from "./task.js";
import { schemaProblems } from "./task-rules.js";
import { valuesOf, type Values } from "./values.js";

/** What tasks work with: who carries them out, and the storage that is open. */
export interface TaskHost {
  readonly context: ActionContext;
  readonly storage: TransferableStorage;
}

/** What is stored of a step. `outputs`: by name, those that the step declares. */
export type StepResult = { readonly skipped: true } | { readonly output: Json; readonly outputs?: JsonObject };

/** The condition is looked at once, when its turn has come. */
const LIMITS = { steps: 100_000, ms: 500 } as const;

export async function runStep(host: TaskHost, task: AnyTask, operation: OperationContext): Promise<StepResult> {
  const input = operation.operation.input as unknown as StepInput;
  const values = valuesOf(input, operation, host.context.environment);
  if (input.when !== undefined && !holds(input.when, values)) return { skipped: true };
  const context = new StepContext(host, operation, values.all());
  const params = paramsOf(task, input, values, context);
  const output = context.redactor.json(await task.run(context, params));
  const { outputs = [] } = input;
  if (outputs.length === 0) return { output };
  const given = task.outputs?.(output) ?? (isJsonObject(output) ? output : {});
  const named = outputs.flatMap((name) => (Object.hasOwn(given, name) ? [[name, given[name] as Json] as const] : []));
  return { output, outputs: Object.fromEntries(named) };
}

/** What a step was given, for undoing and looking. */
export function givenTo(
  host: TaskHost,
  task: AnyTask,
  operation: OperationContext,
): { readonly context: TaskContext; readonly params: JsonObject } {
  const input = operation.operation.input as unknown as StepInput;
  const values = valuesOf(input, operation, host.context.environment);
  const context = new StepContext(host, operation, values.all());
  return { context, params: paramsOf(task, input, values, context) };
}

/** Whether its condition lets it run, as far as it can be told. */
export function isWanted(host: TaskHost, operation: OperationContext): boolean {
  const { when, ...input } = operation.operation.input as unknown as StepInput;
  return when === undefined || holds(when, valuesOf(input, operation, host.context.environment));
}

/** @throws ConditionError, ValueMissingError */
function holds(when: string, values: Values): boolean {
  const used = namesUsed(when, "expression");
  const scope = Object.fromEntries(used.ok ? used.names.map((name) => [name, values.of(name)]) : []);
  const result = evaluateExpression(when, scope as Readonly<Record<string, JsonValue>>, LIMITS);
  if (result.ok && typeof result.value === "boolean") return result.value;
  const reason = result.ok ? "it is neither True nor False." : result.diagnostics.map(({ message }) => `${message}.`).join(" ");
  throw new ConditionError(`The condition ${JSON.stringify(when.slice(0, 200))}`, reason);
}

/** @throws ValueMissingError, ParamsError */
function paramsOf(task: AnyTask, { params }: StepInput, values: Values, { redactor }: TaskContext): JsonObject {
  const bound: Record<string, Json> = {};
  for (const [key, value] of Object.entries(params)) {
    const isProgram = task.programs?.includes(key) === true;
    const put = isProgram ? value : substitute(value, (name) => values.of(name));
    // A secret is a text, also when it looks like a number.
    bound[key] = task.secrets?.includes(key) === true && typeof put === "number" ? String(put) : put;
  }
  for (const key of task.secrets ?? []) {
    const secret = bound[key];
    if (typeof secret === "string") redactor.add(secret);
  }
  const parsed = task.params.safeParse(bound);
  if (parsed.success) {
    for (const name of task.needs?.(parsed.data) ?? []) values.of(name);
    return parsed.data;
  }
  const problems = schemaProblems(task.params, bound);
  throw new ParamsError(
    task.name,
    problems.map(({ summary }) => summary),
  );
}

/**
 * A class because of its getter: objects that have one each are of different kinds to the engine that runs this, and every kind keeps alive what its
 * getter knows until memory is collected as a whole.
 */
class StepContext implements TaskContext {
  readonly operation: OperationContext;
  readonly storage: TransferableStorage;
  readonly redactor = createRedactor();
  readonly values: JsonObject;
  readonly progress: (text: string) => void;
  readonly #host: ActionContext;
  #action: ActionContext | undefined;

  constructor({ context, storage }: TaskHost, operation: OperationContext, values: JsonObject) {
    this.operation = operation;
    this.storage = storage;
    this.values = values;
    this.progress = (text) => context.report({ type: "progress", operation: operation.operation.id, text });
    this.#host = context;
  }

  /** Made when it is asked for: most tasks never do. Whatever a task opens uses the storage that is open already. */
  get action(): ActionContext {
    const storage = this.#host.storage ?? createSwitchableStorage(this.storage);
    this.#action ??= { ...this.#host, storage, signal: this.operation.signal };
    return this.#action;
  }
}
