/**
 * `provisioning.deploy-taskservs`: installs taskservs on the servers of the infra that carry them, with what they require. Each is done as
 * an apply does it, in the same order and with its own record. Undoing removes what this run installed and nothing that was there before.
 */

import {
  type Address,
  infraName,
  type Json,
  type JsonObject,
  type OperationDefinition,
  type OperationId,
  parseAddress,
  ProvisioningError,
} from "@provisioning/model";
import { didYouMean, hasPlaceholder, planOperations, topologicalOrder } from "@provisioning/planner";
import { rankOf } from "@provisioning/storage";
import { AttemptLeftError, type CompensationContext, type OperationContext } from "@provisioning/workflow";
import * as z from "zod/mini";
import { createHandlers } from "../handlers/handlers.js";
import { planSession } from "../infra/plan.js";
import { underInfraLease } from "../run/infra-lease.js";
import { runOptions } from "../run/options.js";
import { type InfraSession, openInfraSession } from "../session.js";
import { defineTask, type TaskContext } from "./task.js";

interface DeployParams {
  readonly taskservs: readonly string[];
  /** Only on these. Default: on all servers that carry them. */
  readonly servers?: readonly string[];
  /** Default: the run's. */
  readonly infra?: string;
}

interface DeployOutput {
  readonly [field: string]: Json;
  /** Addresses of what was made or changed, in that order; what was as described already is not in it. */
  readonly changed: readonly string[];
}

const names = z.array(z.string().check(z.minLength(1))).check(z.minLength(1));

export const deployTaskservs = defineTask<DeployParams, DeployOutput>({
  name: "provisioning.deploy-taskservs",
  summary: "Installs taskservs on the servers of the infra that carry them, with what they require.",
  effect: "change",
  params: z.strictObject({ taskservs: names, servers: z.exactOptional(names), infra: z.exactOptional(z.string()) }),
  output: z.strictObject({ changed: z.array(z.string()) }) as unknown as z.ZodMiniType<DeployOutput>,
  isExclusive: true,
  check: ({ taskservs }, { taskservs: known }) =>
    taskservs.flatMap((name, index) => {
      if (known.includes(name) || hasPlaceholder(name)) return [];
      const summary = `there is no taskserv ${JSON.stringify(name.slice(0, 80))}.`;
      return [{ path: ["taskservs", index], summary, hint: didYouMean(name.slice(0, 80), known, "There are") }];
    }),
  gives: () => ["changed"],
  run: (context, params) => changingInfra(context, params, (session, own) => deploy(session, own, params)),
  undo: (context, params, step) =>
    changingInfra(context, params, (session, own) => undo(session, own, { ...step, signal: own.operation.signal })),
  inspect: (context, params) =>
    withInfra(context, params, (session) => Promise.resolve(Object.fromEntries(recordedBefore(session)))),
});

async function withInfra<Result>(
  { action, operation }: TaskContext,
  { infra = operation.run.infra }: DeployParams,
  work: (session: InfraSession) => Promise<Result>,
): Promise<Result> {
  const session = await openInfraSession(action, { infra, mode: "write", definition: "use", lock: "enforce" });
  try {
    return await work(session);
  } finally {
    await session.close();
  }
}

/**
 * Applies and other workflows wait meanwhile, as this waits for them: two would work on the same servers. `work` is given a context whose signal
 * also aborts when the right to change the infra is lost.
 */
async function changingInfra<Result>(
  context: TaskContext,
  params: DeployParams,
  work: (session: InfraSession, own: TaskContext) => Promise<Result>,
): Promise<Result> {
  const { service, holder, signal: cancelled } = context.action;
  const { run } = context.operation;
  const infra = infraName(params.infra ?? run.infra);
  if (service?.holds === infra) return withInfra(context, params, (session) => work(session, context));
  const lost = new AbortController();
  const signal = AbortSignal.any([cancelled, lost.signal]);
  const lease = {
    leases: context.storage.leases,
    holder,
    rank: rankOf(run),
    signal: service === undefined ? signal : AbortSignal.any([signal, service.release]),
    onWait(by = "an earlier task") {
      context.progress(`wait for ${by}, who changes ${infra}`);
      return service?.waits(service.request ?? run.id) ?? (() => {});
    },
    onLost: () => lost.abort(new ProvisioningError(LEASE_LOST)),
    ...(service === undefined ? {} : { turns: service.turns }),
  };
  const own = { ...context, action: { ...context.action, signal }, operation: { ...context.operation, signal } };
  let isWaiting = true;
  try {
    return await underInfraLease(infra, lease, () => {
      isWaiting = false;
      return withInfra(own, params, (session) => work(session, own));
    });
  } catch (error) {
    // Nothing was done: whoever goes on with the run waits again.
    if (isWaiting && service?.release.aborted === true) throw new AttemptLeftError({ cause: error });
    throw error;
  }
}

const LEASE_LOST = { code: "LEASE_LOST", message: "Somebody else changes this infra now.", retry: "later" } as const;

async function deploy(session: InfraSession, context: TaskContext, { taskservs, servers }: DeployParams): Promise<DeployOutput> {
  await refuseOthers(session, context);
  const planned = await planSession(session, { taskservs, ...(servers === undefined ? {} : { servers }) });
  const missing = planned.plan.changes.filter(({ resource, kind }) => resource !== "taskserv" && kind !== "none");
  if (missing.length > 0)
    throw new ServersMissingError(
      session,
      missing.map(({ address }) => address),
    );
  await session.records.refresh(planned.attributes);
  const operations = planOperations(planned.plan, {
    ...runOptions(session.config),
    isClustered: (taskserv) => session.catalog.get(taskserv)?.manifest.clustered ?? false,
    usesOf: (address) => planned.uses.get(address) ?? [],
  });
  const handlers = createHandlers(session);
  for (const operation of inOrder(operations)) {
    context.operation.signal.throwIfAborted();
    context.progress(operation.title);
    await handlers.get(operation.action)?.execute(partOf(context.operation, operation));
  }
  return { changed: operations.filter(({ action }) => action === "taskserv.install").map(({ address }) => address) };
}

/** Two runs would work on the same servers. @throws ProvisioningError RUN_UNFINISHED */
async function refuseOthers({ infra }: InfraSession, { storage, operation }: TaskContext): Promise<void> {
  const { runs } = await storage.runs.list({ infra, status: ["pending", "running", "rollingBack", "paused"] });
  // Runs without a definition they were made from are requests and workflows of tasks.
  const other = runs.find(({ id, labels }) => id !== operation.run.id && labels.desired !== undefined);
  if (other === undefined) return;
  throw new ProvisioningError({
    code: "RUN_UNFINISHED",
    message: `Run ${other.id} (${other.name}) of ${infra} is ${other.status}; two runs would work on the same servers.`,
    hint: `Wait for it, or end it: provisioning workflow cancel ${other.id}`,
    retry: "now",
    details: { run: other.id },
  });
}

/** What this run installed and was not recorded before, the last first. */
async function undo(session: InfraSession, context: TaskContext, step: CompensationContext): Promise<void> {
  const { events } = await context.storage.runs.load(step.run.id);
  const inspected = events.findLast((event) => event.type === "operationInspected" && event.operation === step.operation.id);
  const before = inspected?.type === "operationInspected" ? (inspected.found as JsonObject) : {};
  const made = session.records
    .list()
    .filter(({ kind, runId, address }) => kind === "taskserv" && runId === step.run.id && !Object.hasOwn(before, address));
  const ordering = topologicalOrder<Address>({
    nodes: made.map(({ address }) => address),
    dependenciesOf: (address) => session.records.get(address)?.dependsOn ?? [],
  });
  const remove = createHandlers(session).get("taskserv.remove");
  for (const address of ordering.ok ? ordering.order.toReversed() : made.map((record) => record.address)) {
    const parsed = parseAddress(address);
    if (parsed.kind !== "taskserv") continue;
    const title = `remove ${parsed.taskserv} from ${parsed.server}`;
    context.progress(title);
    await remove?.execute(partOf(step, { ...step.operation, title, address, input: { change: "delete" } }));
  }
}

/** Taskservs that are recorded, with what is known of them. */
function recordedBefore(session: InfraSession): readonly (readonly [Address, Json])[] {
  return session.records
    .list()
    .filter(({ kind }) => kind === "taskserv")
    .map(({ address, status, spec, attributes }) => [address, { status, spec, attributes }]);
}

function inOrder(operations: readonly OperationDefinition[]): readonly OperationDefinition[] {
  const byId = new Map(operations.map((operation) => [operation.id, operation]));
  const ordering = topologicalOrder<OperationId>({
    nodes: [...byId.keys()],
    dependenciesOf: (id) => byId.get(id)?.dependsOn.map(({ on }) => on) ?? [],
  });
  return ordering.ok ? ordering.order.flatMap((id) => byId.get(id) ?? []) : operations;
}

/** What it does is told as part of the step. */
function partOf(whole: OperationContext, part: OperationDefinition): OperationContext {
  return {
    run: whole.run,
    operation: { ...part, id: whole.operation.id },
    attempt: whole.attempt,
    token: whole.token,
    idempotencyKey: `${whole.idempotencyKey}/${part.id}`,
    signal: whole.signal,
    outputOf: whole.outputOf,
    report: whole.report,
    log: whole.log,
  };
}

/** Nothing was done. */
class ServersMissingError extends ProvisioningError {
  constructor({ infra }: InfraSession, addresses: readonly Address[]) {
    super({
      code: "WORKFLOW_SERVERS_MISSING",
      message: `${addresses.join(", ")} of ${infra} ${addresses.length === 1 ? "is" : "are"} not as described; taskservs are installed on servers that are there.`,
      hint: `Make them first: provisioning server create --infra ${infra}`,
      details: { addresses },
    });
  }
}
