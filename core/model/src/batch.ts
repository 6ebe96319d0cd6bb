/**
 * Batch workflows as people write them (KCL schema `provisioning.workflows.WorkflowDef`), every default filled in and every part with
 * the place where it was written. What becomes of one is decided by the planner: a run like any other.
 */

import type { SourcePosition } from "./diagnostic.js";
import type { DependencyType, OnFailure, RetryPolicy } from "./run.js";

/** By path within the part: `items.0`, `depends_on.1`, `timeout`. */
export type Positions = Readonly<Record<string, SourcePosition>>;

/** `batch`: as the dependencies allow. `sequential`: one operation after the other, as written. `parallel`: declared dependencies aside. */
export type BatchOrder = "batch" | "sequential" | "parallel";
export type BatchVerb = "create" | "update" | "delete" | "check";
export type BatchTarget = "server" | "taskserv" | "cluster";

/** One operation of a workflow: something done to one or several servers, taskservs or clusters. */
export interface BatchOperation {
  /** Unique in its workflow. */
  readonly id: string;
  readonly verb: BatchVerb;
  readonly target: BatchTarget;
  /** Only servers of these providers; empty: all. */
  readonly providers: readonly string[];
  readonly items: readonly string[];
  /** Ids of operations that come before. */
  readonly dependsOn: readonly string[];
  /** Work on all items at once, else on one after the other. */
  readonly parallel: boolean;
  /** For one attempt at one item. */
  readonly timeoutMs: number;
  readonly onFailure: OnFailure;
  /** Of a cluster. */
  readonly region?: string;
  readonly position?: SourcePosition;
  /** Of what was sent as data and has no position: `operations[0]`. */
  readonly dataPath?: string;
  readonly positions: Positions;
}

/** One thing waits for another. Both are `server.<name>`, `taskserv.<name>`, `taskserv.<server>.<name>`, `cluster.<name>` or `operation.<id>`. */
export interface BatchDependency {
  /** What is waited for. */
  readonly source: string;
  /** What waits. */
  readonly target: string;
  readonly type: DependencyType;
  /** A KCL expression over `run` and `outputs`; the target starts when it is true. */
  readonly waitCondition?: string;
  readonly position?: SourcePosition;
  /** Of what was sent as data and has no position: `dependencies[0]`. */
  readonly dataPath?: string;
  readonly positions: Positions;
}

/** What is undone when a workflow fails. */
export interface RollbackStrategy {
  readonly enabled: boolean;
  /** Undo also when only some items of an operation failed. */
  readonly onPartialFailure: boolean;
  /** Operations between two checkpoints. */
  readonly checkpointInterval: number;
  /** Keep what was finished, and undo only what was not. */
  readonly preserveSuccessful: boolean;
}

export interface LoggingConfig {
  readonly level: "debug" | "info" | "warn" | "error";
  readonly destinations: readonly ("file" | "stdout")[];
  readonly format: "json" | "text";
  readonly retentionDays: number;
  /** Relative to the workspace. */
  readonly path: string;
}

export interface MonitoringConfig {
  readonly enabled: boolean;
  readonly metricsEndpoint: string;
  readonly stateStore: "file" | "rkvs" | "postgres";
  readonly checkpointFrequencyMs: number;
  readonly telemetry: { readonly enabled: boolean; readonly endpoint?: string; readonly serviceName: string };
}

export interface SecretProvider {
  readonly provider: "sops" | "kms" | "env";
  readonly ageKeyFile?: string;
  readonly kms?: { readonly endpoint?: string; readonly keyId?: string };
}

export interface BatchWorkflow {
  readonly name: string;
  readonly order: BatchOrder;
  /** False: every operation names its providers. */
  readonly providerAgnostic: boolean;
  readonly operations: readonly BatchOperation[];
  readonly dependencies: readonly BatchDependency[];
  readonly rollback: RollbackStrategy;
  readonly retry: RetryPolicy;
  readonly logging: LoggingConfig;
  readonly secrets?: SecretProvider;
  /** Files with templates of operations; none in a workflow that is compiled: their operations are among the others. */
  readonly templates: readonly string[];
  readonly monitoring: MonitoringConfig;
  /** Operations that run at the same time. */
  readonly parallelLimit?: number;
  readonly position?: SourcePosition;
  readonly positions: Positions;
}
