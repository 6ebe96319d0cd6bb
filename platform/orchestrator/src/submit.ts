/** Accepts work: durable before it is answered, once for each idempotency key, and only as much as can be kept up with. */

import { type Accepted, acceptedTask } from "@provisioning/api";
import { newRunId, ProvisioningError, type RunDefinition, type RunId } from "@provisioning/model";
import type { RequestKey } from "./idempotency.js";
import type { Service } from "./service.js";

export interface Submission {
  readonly idempotencyKey: RequestKey | undefined;
  readonly definition: (id: RunId) => RunDefinition | Promise<RunDefinition>;
}

/** @throws ProvisioningError QUEUE_FULL, IDEMPOTENCY_CONFLICT, SERVICE_STOPPING */
export async function submit(service: Service, submission: Submission): Promise<Accepted> {
  const { idempotencyKey } = submission;
  assertOpen(service);
  if (idempotencyKey === undefined) return store(service, submission, newRunId());
  const { id, isNew, labels } = await service.keys.reserve(idempotencyKey);
  const known = isNew ? undefined : await statusOf(service, id);
  if (known !== undefined) return acceptedTask(id, known);
  try {
    return await store(service, submission, id, labels);
  } catch (error) {
    // The same request, a moment earlier.
    if (error instanceof ProvisioningError && error.code === "RUN_EXISTS") return acceptedTask(id, "pending");
    throw error;
  }
}

function assertOpen({ release, backlog, workspace }: Service): void {
  if (release.aborted) throw new ProvisioningError({ code: "SERVICE_STOPPING", message: "The service stops.", retry: "later" });
  const most = workspace.config.get("orchestrator.max_queued");
  if (backlog.size < most) return;
  throw new ProvisioningError({
    code: "QUEUE_FULL",
    message: `${most} tasks wait already.`,
    hint: "Try again later, or raise orchestrator.max_queued.",
    retry: "later",
  });
}

async function store(
  { engine }: Service,
  { definition }: Submission,
  id: RunId,
  labels: Readonly<Record<string, string>> = {},
): Promise<Accepted> {
  const made = await definition(id);
  await engine.submit({ ...made, labels: { ...made.labels, ...labels } });
  return acceptedTask(id, "pending");
}

async function statusOf({ engine }: Service, id: RunId): Promise<Accepted["status"] | undefined> {
  try {
    return (await engine.state(id)).status;
  } catch (error) {
    if (error instanceof ProvisioningError && error.code === "RUN_NOT_FOUND") return undefined;
    throw error;
  }
}
