export { compileProgram, type ProgramMode, type ProgramOptions, SERVER_PATHS, type ServerPaths } from "./compiler/program.js";
export type { ProgramSection } from "./compiler/section.js";
export type { Connection, RunOptions, RunResult } from "./connection/connection.js";
export {
  ConnectionLostError,
  type Endpoint,
  HostKeyMismatchError,
  ProgramTimeoutError,
  ServerUnreachableError,
  SshAuthenticationError,
} from "./connection/errors.js";
export { type LocalConnectionOptions, openLocalConnection } from "./connection/local.js";
export { type ConnectionPool, createConnectionPool } from "./connection/pool.js";
export { runProgram, type RunProgramOptions } from "./connection/run-program.js";
export { openSshConnection, readHostKey, type SshConnectionOptions, type SshTarget } from "./connection/ssh.js";
export {
  type ProviderCapabilities,
  type NetworkNeeds,
  type ProviderLimits,
  SERVER_PLANS,
  type ServerPlan,
  type ServerPlanName,
  type ServerSize,
} from "./provider/capabilities.js";
export { type ComparedField, differenceOf } from "./provider/difference.js";
export { ForeignResourceError } from "./provider/errors.js";
export { assertProviderModule, type CreateProvider, type ProviderModule, type ProviderOptions } from "./provider/factory.js";
export type { Preflight, PreflightOptions, ProviderFinding, ProviderFix } from "./provider/preflight.js";
export type {
  Difference,
  Provider,
  ProviderContext,
  ProviderProgress,
  ResourceHandler,
  ResourceObservation,
  ResourceRef,
} from "./provider/provider.js";
export type { Labels, NetworkAttributes, NetworkSpec, ServerAttributes, ServerSpec, SshAddress } from "./provider/specs.js";
export { createReportParser, type ReportHandlers, type ReportParser } from "./report/parser.js";
export type {
  HealthReport,
  OutputValue,
  ProgramSummary,
  ServerFacts,
  ServerReport,
  StepReport,
  StepStatus,
} from "./report/report.js";
export { type HealthCheck, type ParsedHealthChecks, parseHealthChecks } from "./steps/health-check.js";
export { type ParsedSteps, type ParseWhere, parseSteps, requireSteps } from "./steps/parse.js";
export { type Step, type StepKindName, stepKindNames } from "./steps/registry.js";
export { stepTitle } from "./steps/title.js";
export { type CompiledTaskserv, installSection, removeSection, undoSteps } from "./taskserv/compiled.js";
export {
  type ManifestWhere,
  type MinimumResources,
  parseTaskservManifest,
  requireTaskservManifest,
  type SupportedSystem,
  TASKSERV_CATEGORIES,
  type TaskservCategory,
  type TaskservManifest,
  type UpdateSource,
} from "./taskserv/manifest.js";
