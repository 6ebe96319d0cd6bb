export { listCatalog } from "./catalog/catalog.js";
export type { ActionContext, ActionEvent } from "./context.js";
export { type ApplyInput, type ApplyResult, applyInfra } from "./infra/apply.js";
export { type DestroyInput, destroyInfra, planRemoval } from "./infra/destroy.js";
export { checkHealth, type HealthInput, type HealthReport, type ServiceHealth } from "./infra/health.js";
export { driftOfInfra, type PlanInfraInput, planInfra } from "./infra/plan.js";
export { type InfraStatus, infraStatus, type ServerStatus, type TaskservStatus } from "./infra/status.js";
export type { Targets } from "./infra/targets.js";
export { type DoctorInput, examineMachine, type MachineFinding } from "./machine/doctor.js";
export { type OperationReport, type RunReport } from "./run/report.js";
export { listRuns, runStatus } from "./run/runs.js";
export { sshCommand } from "./server/ssh.js";
export {
  createWorkspace,
  currentWorkspace,
  forgetWorkspace,
  listWorkspaces,
  switchWorkspace,
  type WorkspaceInfo,
} from "./workspace/workspaces.js";
export { type PlatformLayout, platformLayout } from "@provisioning/workspace";
