/** One command's view of one infra: workspace, configuration, definition, store, providers and connections, opened and closed together. */

import { createHash, createHmac } from "node:crypto";
import { join } from "node:path";
import { type Config, type ConfigKeyName, createTemplateRenderer, readIfThere, resolveSecrets } from "@provisioning/config";
import type { Provider } from "@provisioning/extension-sdk";
import {
  canonicalJson,
  createRedactor,
  type Diagnostic,
  DiagnosticsError,
  type InfraName,
  type Json,
  type JsonObject,
  type ProviderName,
  providerName,
  ProvisioningError,
  type Redactor,
  type WorkspaceName,
} from "@provisioning/model";
import type { StorageMode, TransferableStorage } from "@provisioning/storage";
import {
  chooseInfra,
  createTaskservCompiler,
  evaluateInfra,
  findWorkspace,
  knownProviders,
  loadProvider,
  loadTaskservCatalog,
  LOCK_FILE,
  type LockDifference,
  lockDifferences,
  openRegistry,
  readLock,
  type TaskservCatalog,
  type TaskservCompiler,
  userPaths,
  withDependencies,
  type Workspace,
  workspaceDigestKey,
  workspaceIdentity,
  type WorkspaceLayout,
} from "@provisioning/workspace";
import type { ActionContext } from "./context.js";
import { checkConfigs, isAboutSecret } from "./desired/check-configs.js";
import { configuredTaskservs, seenFrom, unknownTaskservs } from "./desired/configured-taskservs.js";
import { buildDesired, type DesiredInfra, providerOf } from "./desired/desired.js";
import { createProviders, type Providers } from "./providers.js";
import { loadRecords, type Records } from "./records.js";
import { encryptedTexts, secretSources } from "./secrets/sources.js";
import { configuredSettings, providerSettings, serverAccessLimits } from "./servers/configured.js";
import { createServerAccess, type ServerAccess } from "./servers/server-access.js";
import { loadWorkspaceConfig } from "./storage/config.js";
import { openChosenStorage } from "./storage/open.js";

/** A workspace with its configuration, before any infra is chosen. */
export interface WorkspaceSession {
  readonly context: ActionContext;
  readonly workspace: Workspace;
  readonly config: Config;
  readonly redactor: Redactor;
  /** The storage that was chosen. The caller closes it. */
  openStore(mode: StorageMode): Promise<TransferableStorage>;
}

export interface InfraSession extends WorkspaceSession {
  readonly infra: InfraName;
  /** Unique on this machine; what a provider marks its resources with. */
  readonly identity: WorkspaceName;
  readonly catalog: TaskservCatalog;
  readonly compiler: TaskservCompiler;
  readonly desired: DesiredInfra;
  /** Of something that may hold secrets; equal for equal text, in this workspace only. */
  digest(text: string): string;
  /** Equal when the same thing is asked for. */
  readonly desiredDigest: string;
  readonly storage: TransferableStorage;
  readonly records: Records;
  readonly providers: Providers;
  readonly servers: ServerAccess;
  /** The value with its secret references replaced; the secrets are known to the redactor from then on. */
  resolveSecrets<T extends Json>(value: T): Promise<T>;
  close(): Promise<void>;
}

export interface InfraSessionOptions {
  readonly infra?: string;
  readonly mode: StorageMode;
  /** `ignore`: nothing is wanted any more, and a broken definition must not stand in the way of removing. */
  readonly definition: "use" | "ignore";
  /** `enforce`: taskservs that are not as `provisioning.lock` has them are refused; else they are told. */
  readonly lock?: "enforce";
}

/** `infra` tells whose layer of the configuration applies too. */
export async function openWorkspaceSession(
  context: ActionContext,
  infraOf?: (layout: WorkspaceLayout) => Promise<InfraName>,
): Promise<WorkspaceSession> {
  const registry = openRegistry(userPaths(context.environment).configFile, context.clock);
  const workspace = await findWorkspace(
    { currentDir: context.currentDir, ...(context.workspace === undefined ? {} : { wanted: context.workspace }) },
    registry,
  );
  context.workspaceUsed?.(workspace.layout.root);
  const infra = await infraOf?.(workspace.layout);
  const config = await loadWorkspaceConfig(context, workspace, infra === undefined ? {} : { infra });
  const redactor = createRedactor();
  for (const secret of encryptedTexts(config)) redactor.add(secret);
  return {
    context,
    workspace,
    config,
    redactor,
    openStore: (mode) => openChosenStorage({ context, workspace, config, redactor }, mode),
  };
}

/** The infra that is meant, without looking into its definition. @throws ProvisioningError INFRA_UNKNOWN, INFRA_AMBIGUOUS */
export function chosenInfra({ workspace }: WorkspaceSession, wanted: string | undefined): Promise<InfraName> {
  return chooseInfra(workspace.layout, wanted);
}

/** @throws DiagnosticsError with everything that is wrong in the definition; nothing was touched then */
export async function openInfraSession(context: ActionContext, options: InfraSessionOptions): Promise<InfraSession> {
  const session = await openWorkspaceSession(context, (layout) => chooseInfra(layout, options.infra));
  const { layout } = session.workspace;
  const infra = await chooseInfra(layout, options.infra);
  const roots = [context.platform.extensionsDir, layout.extensionsDir];
  const [found, renderer, identity, digestKey] = await Promise.all([
    loadTaskservCatalog(roots),
    createTemplateRenderer(),
    workspaceIdentity(session.workspace),
    workspaceDigestKey(session.workspace),
  ]);
  const compiler = createTaskservCompiler(context.platform.kclDir, renderer);
  const providers = createProviders((name) => openProvider(session, roots, name));
  const opened: (() => Promise<void>)[] = [() => providers.close()];
  const close = async (): Promise<void> => {
    for (const release of opened.toReversed()) await release();
  };
  try {
    const { desired, catalog } =
      options.definition === "ignore"
        ? { desired: { name: infra, resources: [], placements: new Map(), servers: [] }, catalog: found }
        : await readDefinition(session, infra, found, compiler, providers, await knownProviders(roots));
    await holdToLock(session, catalog, desired, options.lock);
    const storage = await session.openStore(options.mode);
    opened.push(() => storage.close());
    const servers = createServerAccess({
      redactor: session.redactor,
      secrets: () => session.redactor.values(),
      ...serverAccessLimits(session.config, options.mode),
    });
    opened.push(() => servers.close());
    return {
      ...session,
      infra,
      identity,
      catalog,
      compiler,
      desired,
      desiredDigest: digestOf(desired),
      digest: (value) => createHmac("sha256", digestKey).update(value).digest("hex"),
      storage,
      records: await loadRecords(storage.resources, infra, context.clock),
      providers,
      servers,
      resolveSecrets: (value) => resolveSecrets(value, secretSources({ ...session, infra })),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function openProvider(session: WorkspaceSession, roots: readonly string[], name: ProviderName): Promise<Provider> {
  const { layout } = session.workspace;
  const settings: JsonObject = { ...providerSettings(session.config, name), workspaceDir: layout.root };
  return loadProvider(roots, name, {
    settings,
    dataDir: layout.providerDir(name),
    env: session.context.environment,
    kclDir: session.context.platform.kclDir,
    configured: configuredSettings(session.config, name),
  });
}

async function readDefinition(
  session: WorkspaceSession,
  infra: InfraName,
  found: TaskservCatalog,
  compiler: TaskservCompiler,
  providers: Providers,
  existing: readonly string[],
): Promise<Pick<InfraSession, "desired" | "catalog">> {
  const { config, context, workspace } = session;
  const { settings } = await evaluateInfra(context.platform, workspace.layout, infra);
  const defaultProvider = providerName(config.get("providers.default"));
  // What a flag says wins over the definition too.
  const isGiven = (key: ConfigKeyName) => config.provenance(key).layer === "flags";
  const who = { defaultProvider, ...(isGiven("providers.default") ? { providerOverride: defaultProvider } : {}) };
  const wanted = new Set(settings.servers.map((server) => providerOf(server, settings, who)));
  const used = [...wanted].filter((name) => existing.includes(name));
  const layers = seenFrom(workspace.layout.root, config.layers);
  const asked = [...settings.taskservs, ...settings.servers.flatMap(({ taskservs }) => taskservs)];
  const catalog = await withDependencies(
    context.platform.kclDir,
    found,
    asked.map(({ name }) => name),
  );
  const { desired, diagnostics } = buildDesired(settings, {
    ...who,
    defaultPlan: config.get("servers.default_plan"),
    image: config.get("local.image"),
    defaultLabels: config.get("servers.labels"),
    workspaceDir: workspace.layout.root,
    catalog: new Map([...catalog].map(([name, extension]) => [name, extension.manifest])),
    configured: configuredTaskservs(layers),
    plans: await providers.plans(used),
    knownProviders: existing,
    networks: await providers.networks(used),
    ...(isGiven("servers.default_plan") ? { planOverride: config.get("servers.default_plan") } : {}),
  });
  const findings = [
    ...unknownTaskservs(layers, [...catalog.keys()]),
    ...diagnostics,
    ...checkConfigs(desired, catalog, compiler),
  ];
  if (findings.some((finding) => finding.severity === "error"))
    throw new DiagnosticsError(await withSource(findings, workspace.layout.root));
  return { desired, catalog };
}

/** Others who work on the workspace made it with other extensions. @throws LockDiffersError */
async function holdToLock(
  { context, workspace }: WorkspaceSession,
  catalog: TaskservCatalog,
  { servers }: DesiredInfra,
  mode: InfraSessionOptions["lock"],
) {
  const lock = await readLock(workspace.layout.root);
  if (lock === undefined) return;
  const used = servers.flatMap((server) => server.taskservs);
  const differences = (await lockDifferences(lock, catalog, used)).map(inWords);
  if (differences.length > 0 && mode === "enforce") throw new LockDiffersError(differences);
  for (const words of differences)
    context.report({ type: "warning", text: `${words} Accept it with: provisioning version lock` });
}

function inWords({ taskserv, locked, present }: LockDifference): string {
  const here = present === undefined ? "is not here" : `is version ${present.version} here`;
  const how =
    present?.version === locked.version
      ? `has the version ${locked.version}, but other contents than`
      : `${here}, not ${locked.version} as in`;
  return `The taskserv ${taskserv} ${how} ${LOCK_FILE}.`;
}

/** What would be installed is not what the workspace is locked to. Nothing was touched. */
class LockDiffersError extends ProvisioningError {
  constructor(differences: readonly string[]) {
    super({
      code: "LOCK_DIFFERS",
      message: differences.join(" "),
      hint: "Use the extensions that are locked, or accept those that are here: provisioning version lock",
    });
  }
}

/** Adds the line of source that each finding is about. */
export async function withSource(findings: readonly Diagnostic[], root: string): Promise<Diagnostic[]> {
  return Promise.all(
    findings.map(async (finding) => {
      if (finding.position === undefined || finding.sourceLine !== undefined || isAboutSecret(finding)) return finding;
      const text = await readIfThere(join(root, finding.position.file));
      const sourceLine = text?.split("\n")[finding.position.line - 1];
      return sourceLine === undefined ? finding : { ...finding, sourceLine };
    }),
  );
}

function digestOf(desired: DesiredInfra): string {
  const content = desired.resources.map(({ address, spec }) => ({ address, spec }));
  return createHash("sha256").update(canonicalJson(content)).digest("hex");
}
