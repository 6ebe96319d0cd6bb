export { nearest } from "./nearest.js";
export {
  type Address,
  networkAddress,
  type ParsedAddress,
  parseAddress,
  type ResourceKind,
  serverAddress,
  taskservAddress,
} from "./address.js";
export type {
  BatchDependency,
  BatchOperation,
  BatchOrder,
  BatchTarget,
  BatchVerb,
  BatchWorkflow,
  LoggingConfig,
  MonitoringConfig,
  Positions,
  RollbackStrategy,
  SecretProvider,
} from "./batch.js";
export { type Clock, type Instant, sleepBy, systemClock } from "./clock.js";
export { counted } from "./counted.js";
export { type Diagnostic, DiagnosticsError, type SourcePosition } from "./diagnostic.js";
export { parseDuration } from "./duration.js";
export {
  type ErrorRecord,
  InvariantError,
  invariant,
  ProvisioningError,
  type ProvisioningErrorOptions,
  type Retry,
  toErrorRecord,
} from "./errors.js";
export { Heap } from "./heap.js";
export { isRunId, newRunId, type OperationId, type RunId } from "./ids.js";
export { canonicalJson, isJsonObject, type Json, type JsonObject, jsonEquals, textOf } from "./json.js";
export {
  type InfraName,
  InvalidNameError,
  infraName,
  isName,
  type ProviderName,
  providerName,
  type ServerName,
  serverName,
  type TaskservName,
  taskservName,
  type WorkspaceName,
  workspaceName,
} from "./names.js";
export {
  type Change,
  type ChangeKind,
  countChanges,
  type FieldChange,
  isNoop,
  type Plan,
  type PlanDigests,
  type PlanEstimate,
  type PlanCounts,
  type SecretChange,
  type SecretDigests,
  type StepPreview,
  type UnknownValue,
} from "./plan.js";
export { createRedactor, MIN_SECRET_LENGTH, REDACTED, type Redactor } from "./redaction.js";
export type { DesiredResource, Observation, ResourceRecord } from "./resource.js";
export {
  type CancelMode,
  DEFAULT_RETRY,
  type DependencyType,
  type FencingToken,
  type OnFailure,
  type OperationDefinition,
  type OperationDependency,
  type RetryPolicy,
  type RunDefinition,
  type RunEvent,
  type RunOutcome,
  type RunStatus,
  type SlotNeed,
  type WaitCondition,
} from "./run.js";
export {
  type DocumentPath,
  type DocumentPlaces,
  WORKFLOW_API_VERSION,
  WORKFLOW_KIND,
  type WorkflowDocument,
  type WorkflowStep,
} from "./workflow-document.js";
