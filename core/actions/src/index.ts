export type { Action, CedarAction } from "./action.js";
export { type ActionName, actionTable } from "./action-table.js";
export type { BatchForecast, BatchLimits, BatchValidation } from "./batch/report.js";
export type { ChangedConfig } from "./config/changed.js";
export type { ConfigDifference } from "./config/diff.js";
export type { ExplainedConfig } from "./config/explain.js";
export type { ConfigEntry, ConfigFinding } from "./config/reading.js";
export type { ConfigValidation } from "./config/validate.js";
export type { ConfigFiles } from "./config/where.js";
export type { ActionContext, ActionEvent, AskService, ServiceContext } from "./context.js";
export { InputInvalidError, invoke, type InputOf, type OutputOf } from "./invoke.js";
export type { ApplyResult } from "./infra/apply-result.js";
export type { GraphAnswer } from "./graph/answer.js";
export type { GraphPath } from "./graph/path.js";
export type { HealthReport, ServiceHealth } from "./infra/health.js";
export type { InfraStatus, ServerStatus, TaskservStatus } from "./infra/status.js";
export type { Targets } from "./infra/targets.js";
export type { KclFinding } from "./kcl/finding.js";
export type { KclFormatReport } from "./kcl/format.js";
export type { KclLintReport } from "./kcl/lint.js";
export type { KclTestReport } from "./kcl/test.js";
export type { KclVetReport } from "./kcl/vet.js";
export type { MachineFinding } from "./machine/findings.js";
export { type AdoptedRun, adoptRun } from "./run/adopt.js";
export { kclConditions } from "./run/conditions.js";
export { REQUEST_PURPOSE } from "./run/find-run.js";
export { runRetention } from "./run/options.js";
export type { CheckpointInfo } from "./run/checkpoints.js";
export type { LogLine } from "./run/logs.js";
export type { OperationReport, RunReport } from "./run/report.js";
export type { OperationWhy, WhyReport } from "./run/why.js";
export type { ResourceLine } from "./state/recorded.js";
export type { ResourceDetail } from "./state/show.js";
export type { StorageReport } from "./storage/info.js";
export type { MigratedStorage, MigrateStorageInput } from "./storage/migrate.js";
export { migrationReport } from "./storage/migration-report.js";
export { isLocalAction } from "./local-actions.js";
export { serveStorage } from "./storage/serve.js";
export type { StorageSide } from "./storage/side.js";
export type { StorageValidation } from "./storage/validate.js";
export { typedText } from "./tasks/values.js";
export { taskHandlers } from "./tasks/task-handlers.js";
export type { TaskHost } from "./tasks/step.js";
export {
  type CompiledDocument,
  type CompileOptions,
  createWorkflowCompiler,
  type WorkflowCompiler,
} from "./workflow/compiler.js";
export { WORKFLOW_PURPOSE } from "./workflow/carry-out.js";
export type { WorkflowForecast } from "./workflow/plan.js";
export type { WorkflowRunResult } from "./workflow/run.js";
export type { TaskInfo } from "./workflow/tasks.js";
export type { WorkflowValidation } from "./workflow/validate.js";
export type { WorkspaceInfo } from "./workspace/info.js";
export { runtimeDirOf, type WorkspacePlace } from "./workspace/runtime-dir.js";
export { chosenInfra, openWorkspaceSession, type WorkspaceSession } from "./session.js";
export { NoWorkspaceError, type PlatformLayout, platformLayout } from "@provisioning/workspace";
