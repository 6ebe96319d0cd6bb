/** The parts of the service, made once and handed to the endpoints. */

import { randomInt } from "node:crypto";
import { realpath, stat } from "node:fs/promises";
import { join, sep } from "node:path";
import {
  type ActionContext,
  adoptRun,
  type AdoptedRun,
  createWorkflowCompiler,
  InfraTurns,
  kclConditions,
  openWorkspaceSession,
  REQUEST_PURPOSE,
  runRetention,
  serveStorage,
  type ServiceContext,
  taskHandlers,
  WORKFLOW_PURPOSE,
  type WorkflowCompiler,
  type WorkspaceSession,
} from "@provisioning/actions";
import { environmentOfCall } from "@provisioning/config";
import { isRunId, ProvisioningError, type RunDefinition, type RunId } from "@provisioning/model";
import type { SwitchableStorage, TransferableStorage } from "@provisioning/storage";
import {
  createEngine,
  type Engine,
  type Handlers,
  type RunState,
  SlotPool,
  startWorker,
  type Worker,
} from "@provisioning/workflow";
import type { Logger } from "pino";
import { measuredStorage, type StorageObserver } from "./metrics/measured-storage.js";
import { IdempotencyKeys } from "./idempotency.js";
import { Confirmations } from "./requests/confirmations.js";
import { type ActionRequest, REQUEST_ACTION } from "./requests/request.js";
import { RequestHandler } from "./requests/request-handler.js";
import { TaskLogs } from "./streams/task-logs.js";
import { Backlog } from "./backlog.js";

export interface ServiceOptions {
  /** Where the service runs: platform, environment, workspace; its signals and reports belong to the process. */
  readonly context: Omit<ActionContext, "signal" | "drain" | "report" | "confirm" | "storage" | "service" | "command">;
  readonly logger: Logger;
  /** Who is told of what the storage does. */
  readonly observe: (config: WorkspaceSession["config"]) => Promise<StorageObserver>;
}

export interface Service {
  readonly options: ServiceOptions;
  readonly workspace: WorkspaceSession;
  readonly storage: SwitchableStorage;
  readonly engine: Engine;
  readonly worker: Worker;
  readonly slots: SlotPool;
  readonly turns: InfraTurns;
  readonly requests: RequestHandler;
  readonly confirmations: Confirmations;
  readonly logs: TaskLogs;
  readonly backlog: Backlog;
  readonly keys: IdempotencyKeys;
  readonly startedAt: number;
  /** The backend: `filesystem`, `postgres`, … */
  readonly storageType: string;
  /** Aborts when the process ends. */
  readonly release: AbortSignal;
  /** For documents, with what it knows of the workspace not older than some seconds. */
  workflowCompiler(): Promise<WorkflowCompiler>;
  /** For what is answered at once. `signal` aborts it. */
  contextFor(request: Pick<ActionRequest, "flags" | "variables" | "command">, signal: AbortSignal): ActionContext;
  /** Takes nothing more, finishes or lets go of what runs, closes the storage. */
  close(): Promise<void>;
}

/** Longer than what the run inside a request is given, so that it comes to rest first. */
const REQUEST_GRACE_MS = 12_000;
const SWEEP_MS = 3_600_000;
/** Runs that wait for others of their infra and let further ones be taken; each has a lease that has to be kept. */
const MOST_LENT = 500;
const COMPILER_MS = 5_000;

/** @throws what opening a workspace and its storage throws */
export async function openService(options: ServiceOptions): Promise<Service> {
  const { clock, holder } = options.context;
  const { logger } = options;
  const never = new AbortController().signal;
  const releasing = new AbortController();
  const base = { ...options.context, command: "the service" };
  const own: ActionContext = { ...base, signal: never, drain: never, report: () => {}, confirm: () => Promise.resolve(false) };
  const workspace = await openWorkspaceSession(own);
  const storage = measuredStorage(await serveStorage(own), await options.observe(workspace.config), () => performance.now());
  const slots = new SlotPool();
  const turns = new InfraTurns();
  const lending = new Map<RunId, { waiting: number; readonly giveBack: () => void }>();
  const service: ServiceContext = {
    slots,
    release: releasing.signal,
    turns,
    // A run has one place, however many of its steps wait.
    waits(run) {
      const known = lending.get(run);
      if (known === undefined && lending.size >= MOST_LENT) return () => {};
      const lent = known ?? { waiting: 0, giveBack: worker.lendPlace() };
      lending.set(run, lent);
      lent.waiting += 1;
      return () => {
        lent.waiting -= 1;
        if (lent.waiting > 0) return;
        lending.delete(run);
        lent.giveBack();
      };
    },
  };
  const logs = new TaskLogs(join(workspace.workspace.layout.runtimeDir, "logs", "tasks"));
  const confirmations = new Confirmations(workspace.config.get("orchestrator.confirmation_timeout_seconds") * 1000);
  const contextOf = ({
    flags,
    variables,
    command,
    traceId,
  }: Pick<ActionRequest, "flags" | "command"> & Partial<ActionRequest>) => ({
    ...base,
    ...(variables === undefined ? {} : { environment: environmentOfCall(base.environment, variables) }),
    ...(traceId === undefined ? {} : { traceId }),
    flags: { ...base.flags, ...flags },
    command,
    storage,
    service,
  });
  const requests = new RequestHandler({ contextFor: contextOf, storage, logs, confirmations, service });
  const random = () => randomInt(2 ** 32) / 2 ** 32;
  const engine = createEngine({ storage, clock, random, holder, slots, conditions: kclConditions, graceMs: REQUEST_GRACE_MS });
  const backlog = await Backlog.open(storage.runs);
  const keys = await IdempotencyKeys.open(storage, clock, workspace.config.get("orchestrator.idempotency_hours") * 3_600_000);
  const adopted = new Map<RunId, AdoptedRun>();
  const atWork: ActionContext = { ...own, ...contextOf({ flags: {}, command: "the service" }) };
  const handlersOfTasks = taskHandlers({ context: atWork, storage: transferable(storage) });
  const requestHandlers: Handlers = new Map([[REQUEST_ACTION, requests]]);
  const worker = startWorker({
    engine,
    storage,
    clock,
    capacity: workspace.config.get("orchestrator.workers"),
    retention: runRetention(workspace.config),
    async handlersFor(definition) {
      if (definition.labels.purpose === REQUEST_PURPOSE) return requestHandlers;
      return definition.labels.purpose === WORKFLOW_PURPOSE ? handlersOfTasks(definition) : adopt(definition);
    },
    onRunEnded: (state) => void closeAdopted(state),
    onError: (error) => logger.error({ err: error }, "a run cannot be carried on here"),
  });

  /** What an earlier command left, as long as its definition is still the same; otherwise its operations fail, and the record says why. */
  async function adopt(definition: RunDefinition): Promise<Handlers> {
    try {
      const run = await adoptRun(atWork, definition);
      adopted.set(definition.id, run);
      return run.handlers;
    } catch (error) {
      if (!(error instanceof ProvisioningError) || error.retry !== "never") throw error;
      return new Map(definition.operations.map(({ action }) => [action, { execute: () => Promise.reject(error) }]));
    }
  }

  async function closeAdopted({ definition }: RunState): Promise<void> {
    await adopted.get(definition.id)?.close();
    adopted.delete(definition.id);
  }

  let compiler: { readonly made: Promise<WorkflowCompiler>; readonly at: number } | undefined;
  const workflowCompiler = (): Promise<WorkflowCompiler> => {
    const now = clock.now();
    if (compiler === undefined || now - compiler.at > COMPILER_MS) {
      compiler = { made: openWorkspaceSession(own).then(createWorkflowCompiler), at: now };
    }
    return compiler.made;
  };

  const sweep = () =>
    logs
      .sweep((id) => isKnown(storage, id))
      .catch((error: unknown) => logger.warn({ err: error }, "old logs could not be removed"));
  const sweepKeys = () =>
    keys.sweep().catch((error: unknown) => logger.warn({ err: error }, "old idempotency keys could not be forgotten"));
  const sweeping = setInterval(() => void Promise.all([sweep(), sweepKeys()]), SWEEP_MS);
  return {
    options,
    workspace,
    storage,
    engine,
    worker,
    slots,
    turns,
    requests,
    confirmations,
    logs,
    backlog,
    keys,
    startedAt: clock.now(),
    storageType: (await storage.info()).type,
    release: releasing.signal,
    workflowCompiler,
    contextFor: (request, signal) => ({ ...own, ...contextOf(request), signal }),
    async close() {
      clearInterval(sweeping);
      releasing.abort(new ProvisioningError({ code: "SERVICE_STOPPING", message: "The service stops.", retry: "later" }));
      await worker.drain();
      backlog.close();
      for (const run of adopted.values()) await run.close();
      await storage.close();
    },
  };
}

/** Of the storage that is used by then: it may be moved while tasks work with it. */
function transferable(storage: SwitchableStorage): TransferableStorage {
  return {
    ...storage,
    get transfer() {
      return storage.current.transfer;
    },
  };
}

async function isKnown(storage: SwitchableStorage, id: RunId): Promise<boolean> {
  return storage.runs.load(id).then(
    () => true,
    (error: unknown) => !(error instanceof ProvisioningError && error.code === "RUN_NOT_FOUND"),
  );
}

/** @throws ProvisioningError RUN_ID_INVALID */
export function runIdOf(text: string): RunId {
  if (isRunId(text)) return text;
  throw new ProvisioningError({
    code: "RUN_ID_INVALID",
    message: `${JSON.stringify(text.slice(0, 80))} is not the id of a task.`,
    hint: "GET /tasks lists the ids.",
  });
}

/** A file that a request names, inside the workspace. @throws ProvisioningError PATH_OUTSIDE */
export async function confinedFile({ workspace }: Service, file: string): Promise<string> {
  const { root } = workspace.workspace.layout;
  const refused = new ProvisioningError({
    code: "PATH_OUTSIDE",
    message: `There is no file ${JSON.stringify(file.slice(0, 200))} in the workspace that this service serves.`,
    hint: "Name a file relative to the workspace; what lies outside is not read.",
  });
  if (file.includes("\0")) throw refused;
  const [home, found] = await Promise.all([realpath(root), realpath(join(root, file)).catch(() => undefined)]);
  if (found === undefined || !found.startsWith(`${home}${sep}`) || !(await stat(found)).isFile()) throw refused;
  return found;
}
