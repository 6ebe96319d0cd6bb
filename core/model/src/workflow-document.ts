/**
 * Workflows as documents (YAML or JSON): `apiVersion: provisioning/v1`, `kind: Workflow`. Steps name a task and its parameters. What
 * becomes of a document is decided by the planner: a run like any other.
 */

import type { SourcePosition } from "./diagnostic.js";
import type { JsonObject } from "./json.js";
import type { OnFailure, RetryPolicy } from "./run.js";

export const WORKFLOW_API_VERSION = "provisioning/v1";
export const WORKFLOW_KIND = "Workflow";

/** From the top of the document: `["spec", "steps", 0, "timeout"]`. */
export type DocumentPath = readonly (string | number)[];

/** Where a part of a document was written; of one that is not there, what should hold it. Documents that were sent have no places. */
export type DocumentPlaces = (path: DocumentPath) => SourcePosition | undefined;

export interface WorkflowDocument {
  readonly name: string;
  readonly namespace?: string;
  readonly description?: string;
  readonly steps: readonly WorkflowStep[];
  /** What a failed step means that does not say it itself: rollback, else abort. */
  readonly rollbackOnFailure: boolean;
  /** Done once when all steps have succeeded. */
  readonly onCompletion: readonly WorkflowStep[];
  /** Steps at the same time. */
  readonly parallelLimit?: number;
}

export interface WorkflowStep {
  /** Unique in its workflow. */
  readonly name: string;
  /** For example `provisioning.query`. */
  readonly task: string;
  /** As written: `${NAME}` stands for a value that is known when the step runs. */
  readonly params: JsonObject;
  /** Names of steps that come before. */
  readonly dependsOn: readonly string[];
  /** Of one attempt. Default: the configuration's. */
  readonly timeoutMs?: number;
  readonly onFailure?: OnFailure;
  /** A KCL expression over variables and the outputs of earlier steps; when it is false, the step is skipped. */
  readonly when?: string;
  /** Names under which later steps know what came out. */
  readonly outputs: readonly string[];
  /** Default: the configuration's. */
  readonly retry?: Partial<RetryPolicy>;
  readonly path: DocumentPath;
}
