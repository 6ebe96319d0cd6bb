/** Accepts work: durable before it is answered, once for each idempotency key, and only as much as can be kept up with. */

import { createHash } from "node:crypto";
import { type Accepted, acceptedTask } from "@provisioning/api";
import { canonicalJson, type Json, newRunId, ProvisioningError, type RunDefinition, type RunId } from "@provisioning/model";
import { type LeaseScope, LeaseHeldError } from "@provisioning/storage";
import type { Service } from "./service.js";

export interface Submission {
  /** What was asked for, for telling the same request from another one under the same key. */
  readonly content: Json;
  readonly idempotencyKey: string | undefined;
  readonly definition: (id: RunId) => RunDefinition | Promise<RunDefinition>;
}

const KEY_TTL_MS = 24 * 3_600_000;

/** @throws ProvisioningError QUEUE_FULL, IDEMPOTENCY_CONFLICT, SERVICE_STOPPING */
export async function submit(service: Service, submission: Submission): Promise<Accepted> {
  const { idempotencyKey } = submission;
  assertOpen(service);
  if (idempotencyKey === undefined) return store(service, submission, newRunId());
  const { id, isNew } = await reserve(service, idempotencyKey, digestOf(submission.content));
  if (isNew) return store(service, submission, id);
  const known = await statusOf(service, id);
  return known === undefined ? store(service, submission, id) : acceptedTask(id, known);
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

async function store({ engine }: Service, { definition }: Submission, id: RunId): Promise<Accepted> {
  await engine.submit(await definition(id));
  return acceptedTask(id, "pending");
}

/** The key is a lease of a day, held in the name of the task that it stands for: the same on every replica. */
async function reserve(
  { storage }: Service,
  key: string,
  digest: string,
): Promise<{ readonly id: RunId; readonly isNew: boolean }> {
  const scope = `idempotency/${createHash("sha256").update(key).digest("hex")}` as LeaseScope;
  const id = newRunId();
  try {
    await storage.leases.acquire(scope, `${id} ${digest}`, KEY_TTL_MS);
    return { id, isNew: true };
  } catch (error) {
    if (!(error instanceof LeaseHeldError)) throw error;
  }
  const [known, before] = ((await storage.leases.current(scope))?.holder ?? "").split(" ");
  if (known !== undefined && before === digest) return { id: known as RunId, isNew: false };
  throw new ProvisioningError({
    code: "IDEMPOTENCY_CONFLICT",
    message: "This idempotency key was used for another request.",
    hint: "Use a new key for each request, and the same one only to repeat it.",
  });
}

async function statusOf({ engine }: Service, id: RunId): Promise<Accepted["status"] | undefined> {
  try {
    return (await engine.state(id)).status;
  } catch (error) {
    if (error instanceof ProvisioningError && error.code === "RUN_NOT_FOUND") return undefined;
    throw error;
  }
}

export function digestOf(content: Json): string {
  return createHash("sha256").update(canonicalJson(content)).digest("hex");
}
