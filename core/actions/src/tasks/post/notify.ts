/** What the tasks that notify have in common: the webhook's address is found at the last moment and known to the redactor from then on. */

import { isSecretReference, resolveSecrets } from "@provisioning/config";
import type { Json } from "@provisioning/model";
import * as z from "zod/mini";
import { openWorkspaceSession } from "../../session.js";
import type { TaskContext } from "../task.js";
import { post } from "./post.js";

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
  const { config, workspace } = await openWorkspaceSession(action);
  const { layout } = workspace;
  const url = isSecretReference(webhook)
    ? await resolveSecrets(webhook, {
        environment: action.environment,
        workspaceDir: layout.root,
        generatedDir: layout.generatedSecretsDir(operation.run.infra),
        redactor,
        stores: config.get("secrets.stores"),
      })
    : webhook;
  context.progress("send a notification");
  const status = await post({
    url: url.trim(),
    body,
    // The same for every attempt: who receives it may leave out what it has already.
    headers: { "idempotency-key": operation.idempotencyKey },
    allowPrivate: config.get("notifications.allow_private_addresses") === "yes",
    timeoutMs: config.get("notifications.timeout_seconds") * 1000,
    redactor,
    signal: action.signal,
  });
  return { status };
}
