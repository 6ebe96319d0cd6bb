/** Sends a document to a webhook under the workspace's configuration. The address may be a reference, which is looked up at the last moment. */

import { isSecretReference, resolveSecrets } from "@provisioning/config";
import type { InfraName, Json, Redactor } from "@provisioning/model";
import { secretSources } from "../../secrets/sources.js";
import type { WorkspaceSession } from "../../session.js";
import { post } from "./post.js";

export interface Notification {
  /** A secret, or a reference to it; known to the redactor from then on. */
  readonly webhook: string;
  readonly body: Json;
  /** Who receives it may leave out what came with the same one already. */
  readonly idempotencyKey: string;
  /** Whose generated secrets are meant. */
  readonly infra: InfraName;
  readonly redactor: Redactor;
  readonly signal: AbortSignal;
}

/** Gives the status of the answer. @throws SecretUnavailableError; as `post` */
export async function postAsConfigured(
  { config, workspace, context }: WorkspaceSession,
  { webhook, body, idempotencyKey, infra, redactor, signal }: Notification,
): Promise<number> {
  const url = isSecretReference(webhook)
    ? await resolveSecrets(webhook, secretSources({ config, workspace, context, infra, redactor }))
    : webhook;
  return post({
    url: url.trim(),
    body,
    headers: { "idempotency-key": idempotencyKey },
    allowPrivate: config.get("notifications.allow_private_addresses") === "yes",
    timeoutMs: config.get("notifications.timeout_seconds") * 1000,
    redactor,
    signal,
  });
}
