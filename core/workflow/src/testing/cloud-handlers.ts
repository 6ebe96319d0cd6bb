/**
 * Handlers over the simulated cloud, written as real ones must be: they look before they act, mark what they make with the idempotency
 * key and what they find with their token, believe no failure before they have looked again, and take "exists" and "gone" for answers.
 */

import { type Clock, type Json, ProvisioningError } from "@provisioning/model";
import type { CompensationContext, OperationContext, OperationHandler } from "../handler.js";
import { type CloudClient, CloudError } from "./simulated-cloud.js";

export interface CloudHandlerOptions {
  readonly cloud: CloudClient;
  readonly clock: Clock;
  /** How long a resource takes until it can be used. */
  readonly bootMs?: () => number;
}

/** There is no such resource; the key's resource was there and is no more. */
const GONE: ReadonlySet<number> = new Set([404, 410]);

/** Tries within one attempt; after that the engine's retry policy decides. */
const MAX_TRIES = 4;
const PAUSE_MS = 500;

class CloudFailedError extends ProvisioningError {
  constructor(cause: CloudError) {
    const retry = isPassing(cause) ? "now" : "never";
    super({ code: "CLOUD_FAILED", message: `The cloud answered ${cause.message}.`, retry }, { cause });
  }
}

export function createCloudHandler({ cloud, clock, bootMs = () => 0 }: CloudHandlerOptions): OperationHandler {
  return {
    async execute(context: OperationContext): Promise<Json> {
      const resource = await persistently(context, clock, async () => {
        const [found] = await cloud.find(ownerOf(context));
        context.signal.throwIfAborted();
        if (found !== undefined) {
          await cloud.adopt(found.id, context.token);
          return found;
        }
        return cloud.create({ key: context.idempotencyKey, owner: ownerOf(context), fence: context.token });
      });
      await clock.sleep(bootMs(), context.signal);
      return { id: resource.id };
    },
    /** What was made without anybody being told is known to the cloud by its key alone: it need not be listed yet. */
    async compensate(context: CompensationContext): Promise<void> {
      await persistently(context, clock, async () => {
        try {
          const made = context.output as { readonly id: string } | null;
          const { id } =
            made ?? (await cloud.create({ key: context.idempotencyKey, owner: ownerOf(context), fence: context.token }));
          await cloud.destroy(id, context.token);
        } catch (error) {
          if (!(error instanceof CloudError && GONE.has(error.status))) throw error;
        }
      });
    },
    undoesHalves: true,
    inspect: (context) => persistently(context, clock, async () => ({ resources: (await cloud.find(ownerOf(context))).length })),
  };
}

export function ownerOf({ run, operation }: Pick<OperationContext, "run" | "operation">): string {
  return `${run.id}/${operation.id}`;
}

async function persistently<T>({ signal }: OperationContext, clock: Clock, act: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    signal.throwIfAborted();
    try {
      return await act();
    } catch (error) {
      if (!(error instanceof CloudError)) throw error;
      if (!isPassing(error) || tries === MAX_TRIES) throw new CloudFailedError(error);
      await clock.sleep(error.retryAfterMs ?? PAUSE_MS * tries, signal);
    }
  }
}

function isPassing({ status }: CloudError): boolean {
  return status !== 403 && status !== 410 && status !== 412;
}
