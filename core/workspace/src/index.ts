export { ArchiveInvalidError } from "./archive/errors.js";
export { ARCHIVE_FORMAT, type ArchiveNote, STATE_PART } from "./archive/format.js";
export { type ArchivedFile, packWorkspace } from "./archive/pack.js";
export { type ArchiveSelection, selectFiles } from "./archive/select.js";
export { readArchiveNote, type Unpacked, unpackWorkspace } from "./archive/unpack.js";
export { loadTaskservCatalog, type TaskservCatalog, type TaskservExtension } from "./catalog.js";
export { configSources, type ConfigWish, workspaceConfigFile } from "./config-sources.js";
export { platformPackages } from "./definition-input.js";
export { withDependencies } from "./dependencies/taskserv-dependencies.js";
export { findWorkspace, isWorkspace, NoWorkspaceError, type Workspace, type WorkspaceChoice } from "./discover.js";
export {
  chooseInfra,
  type DefinitionSaying,
  type EvaluatedInfra,
  evaluateInfra,
  InfraUnknownError,
  listInfras,
} from "./evaluate-infra.js";
export { evaluateWorkflow, evaluateWorkflowDefinition, type WorkflowFile } from "./evaluate-workflow.js";
export { fillTemplate, type TemplateFile, writeTemplate } from "./fill-template.js";
export { workspaceDigestKey, workspaceIdentity } from "./identity.js";
export { type InitOptions, initWorkspace } from "./init.js";
export { type PlatformLayout, platformLayout, type WorkspaceLayout, workspaceLayout } from "./layout.js";
export {
  importProvider,
  knownProviders,
  loadProvider,
  type LoadProviderOptions,
  providerManifest,
  ProviderUnknownError,
} from "./provider-loader.js";
export { openRegistry, type RegisteredWorkspace, type WorkspaceRegistry, WorkspaceUnknownError } from "./registry.js";
export type { InfraSettings, PositionLookup, ServerSettings, TaskservRequest } from "./settings.js";
export {
  type ConfigProblem,
  createTaskservChecker,
  createTaskservCompiler,
  type Endpoint,
  type PlacedTaskserv,
  type SchemaDefault,
  type TaskservChecker,
  type TaskservCompiler,
  type TaskservInput,
} from "./taskserv-compiler.js";
export { type UserPaths, userPaths } from "./user-paths.js";
export { openVersionCache, type VersionCache } from "./versions/cache.js";
export {
  compareVersions,
  newestAllowed,
  newestOf,
  UPDATE_STRATEGIES,
  type UpdateStrategy,
  type VersionRule,
} from "./versions/choose.js";
export {
  digestOfTaskserv,
  LOCK_FILE,
  type LockDifference,
  type LockedTaskserv,
  lockDifferences,
  readLock,
  type VersionLock,
  writeLock,
} from "./versions/lock.js";
export { readVersionSettings, type VersionSettings } from "./versions/settings.js";
export { openVersionSources, type VersionMirrors } from "./versions/sources.js";
