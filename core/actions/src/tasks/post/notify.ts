/** What the tasks that notify have in common: the webhook's address is found at the last moment and known to the redactor from then on. */

import type { Json } from "@provisioning/model";
import * as z from "zod/mini";
import { openWorkspaceSession } from "../../session.js";
import type { TaskContext } from "../task.js";
import { postAsConfigured } from "./configured-post.js";

export interface NotifyOutput {
  readonly [field: string]: Json;
  /** Of the answer. */
  readonly status: number;
}

export const notifyOutputSchema = z.strictObject({ status: z.int() }) as unknown as z.ZodMiniType<NotifyOutput>;

/** Text, whatever a value is that was put in. */
export const textSchema = z.union([
  z.string(),
  z.pipe(z.union([z.number(), z.boolean()]), z.transform(String)),
]) as unknown as z.ZodMiniType<string>;

export async function notify(context: TaskContext, webhook: string, body: Json): Promise<NotifyOutput> {
  const { action, operation, redactor } = context;
  const session = await openWorkspaceSession(action);
  context.progress("send a notification");
  const { infra } = operation.run;
  // The key is the same for every attempt.
  const { idempotencyKey } = operation;
  const status = await postAsConfigured(session, { webhook, body, idempotencyKey, infra, redactor, signal: action.signal });
  return { status };
}
