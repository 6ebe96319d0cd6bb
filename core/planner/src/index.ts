export { didYouMean } from "./batch/problem.js";
export { compileBatch } from "./batch/compile.js";
export { type BatchOutlook, hasWork, type OutlookStep, outlookOf, type WaveMember } from "./batch/outlook.js";
export { regionProblems } from "./batch/regions.js";
export type { BatchGroup, BatchScope, BatchServer, CompiledBatch } from "./batch/scope.js";
export { estimateRun, type UsualDuration } from "./estimate.js";
export { fieldDifferences } from "./differences.js";
export { type DependencyGraph, type Ordering, reachable, topologicalOrder } from "./graph.js";
export { type OperationAction, type OperationOptions, operationId, planOperations } from "./operations.js";
export { makePlan, type PlanInput, type ResourceView } from "./plan.js";
export { type RequirementFinding, type Requirements, type ResolvedRequirements, resolveRequirements } from "./requirements.js";
export {
  buildResourceGraph,
  dependenciesOf,
  dependentsOf,
  nameOf,
  pathBetween,
  type Reached,
  type Relation,
  type ResourceEdge,
  type ResourceGraph,
  resourcesNamed,
} from "./resource-graph.js";
export { compileWorkflow, TASK_ACTION, withoutOpen } from "./workflow-document/compile.js";
export {
  collectPlaceholders,
  hasPlaceholder,
  type Placeholders,
  soleName,
  substitute,
  substituteFields,
} from "./workflow-document/placeholders.js";
export { MAX_STEPS, type ReadDocument, type ReadDocumentOptions, readWorkflowDocument } from "./workflow-document/read.js";
export type {
  CompiledWorkflow,
  ParamProblem,
  StepInput,
  TaskRules,
  WorkflowGroup,
  WorkflowScope,
} from "./workflow-document/scope.js";
