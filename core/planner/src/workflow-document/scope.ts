/** What a workflow document is compiled against, and what comes out. */

import type {
  Diagnostic,
  InfraName,
  Instant,
  Json,
  JsonObject,
  OperationDefinition,
  RetryPolicy,
  RunDefinition,
  RunId,
} from "@provisioning/model";

/** What the compiler needs to know of a task. */
export interface TaskRules {
  /** Why it cannot be used yet. */
  readonly announced?: string;
  /** Parameters that the task reads itself, as programs: nothing is put into their text; their names are known by `needs`. */
  readonly programs: readonly string[];
  /** Parameters that are secrets: a variable of the environment, or a reference. */
  readonly secrets: readonly string[];
  /** One at a time in an infra. */
  readonly isExclusive: boolean;
  /** What is wrong with parameters; a text with `${…}` in it fits anywhere. */
  check(params: JsonObject): readonly ParamProblem[];
  /** Names whose values its programs need. Called only with parameters that have no problem. */
  needs(params: JsonObject): readonly string[];
  /** What it gives by name; absent: known only when it has run. Called only with parameters that have no problem. */
  gives(params: JsonObject): readonly string[] | undefined;
  /** What it could give besides, when a later step needs it and nothing else gives it. Called as `gives`. */
  offers?(params: JsonObject): readonly string[];
}

export interface ParamProblem {
  readonly path: readonly (string | number)[];
  readonly summary: string;
  readonly hint?: string;
}

export interface WorkflowScope {
  readonly infra: InfraName;
  readonly task: (name: string) => TaskRules | undefined;
  readonly knownTasks: readonly string[];
  /** Given with the workflow. */
  readonly variables: Readonly<Record<string, Json>>;
  readonly isInEnvironment: (name: string) => boolean;
  /** Of a service, which lets a workflow use what its configuration names; else of whoever asks. */
  readonly isServed?: boolean;
  /** Instead of a secret value. */
  readonly isSecretReference: (value: Json) => boolean;
  /** Names that an expression needs, or what is wrong with it. */
  readonly namesIn: (expression: string) => readonly string[] | string;
  readonly defaults: {
    readonly timeoutMs: number;
    readonly retry: RetryPolicy;
    readonly parallelLimit: number;
    readonly priority: number;
  };
}

/** One that can be carried out when there are no problems. */
export interface CompiledWorkflow {
  readonly operations: readonly OperationDefinition[];
  readonly groups: readonly WorkflowGroup[];
  readonly problems: readonly Diagnostic[];
  readonly run: (id: RunId, createdAt: Instant) => RunDefinition;
}

/** A step, for a forecast. */
export interface WorkflowGroup {
  readonly id: string;
  readonly items: readonly string[];
  readonly after: readonly string[];
  readonly operations: readonly OperationDefinition["id"][];
}

/** What an operation of a workflow is given; handlers read it. */
export interface StepInput {
  readonly params: JsonObject;
  readonly when?: string;
  readonly outputs?: readonly string[];
  /** Values that were given with the workflow. */
  readonly variables?: JsonObject;
  /** Names that are taken from the environment of whoever carries it out: they are not stored. */
  readonly environment?: readonly string[];
  /** Names that earlier steps give: by name, the step. */
  readonly from?: Readonly<Record<string, string>>;
}
