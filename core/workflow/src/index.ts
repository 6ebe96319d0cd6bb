export { createEngine, type Engine } from "./engine.js";
export {
  DEFAULT_CHECKPOINT_INTERVAL,
  DEFAULT_GRACE_MS,
  DEFAULT_LEASE_TTL_MS,
  type EngineOptions,
  type ExecuteNextOptions,
  type ExecuteOptions,
  type RollbackOptions,
} from "./engine-options.js";
export type { Conditions, ConditionScope } from "./condition.js";
export {
  AttemptLeftError,
  ConditionFailedError,
  HandlerMissingError,
  IllegalTransitionError,
  LeaseLostError,
  NotCompensableError,
  OperationStatusError,
  OperationTimeoutError,
  RunCancelledError,
  RunNotEndedError,
  RunStatusError,
  WaitTimeoutError,
  WorkflowInvalidError,
} from "./errors.js";
export { FAULT_POINTS, type FaultPoint, type FaultPointName } from "./fault-point.js";
export type { CompensationContext, Handlers, LiveEvent, OperationContext, OperationHandler, Progress } from "./handler.js";
export type { OperationTable } from "./operation-table.js";
export { type SlotHolder, SlotPool, type SlotView } from "./slots.js";
export {
  type Cancellation,
  type Checkpoint,
  type Claim,
  isEnded,
  type OperationState,
  type OperationStatus,
  type PauseRequest,
  type Rollback,
  type RunState,
} from "./state.js";
export { type Difference, type RollbackReport, rollbackReport, type Undone } from "./rollback-report.js";
export { findProblems } from "./submit.js";
export { next, replay } from "./transition.js";
export { DEFAULT_POLL_MS, startWorker, type Worker, type WorkerOptions } from "./worker.js";
export { type Circumstances, type OperationReason, type RunReason, type WaitedFor, whyOperation, whyRun } from "./why.js";
export { DEFAULT_RETENTION, forgetOldRuns, type Retention } from "./retention.js";
