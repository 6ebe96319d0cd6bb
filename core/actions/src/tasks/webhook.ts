/** `notifications.webhook`: a JSON document to an address of one's own. */

import type { Json, JsonObject } from "@provisioning/model";
import { jsonSchema } from "@provisioning/model/wire";
import * as z from "zod/mini";
import { notify, type NotifyOutput, notifyOutputSchema, textSchema } from "./post/notify.js";
import { defineTask } from "./task.js";

interface WebhookParams {
  /** A secret. */
  readonly webhook: string;
  readonly message?: string;
  /** Sent as it is. Default: the message with the names of workflow and run. */
  readonly body?: Json;
}

export const webhook = defineTask<WebhookParams, NotifyOutput>({
  name: "notifications.webhook",
  summary: "Sends a JSON document to a webhook.",
  effect: "change",
  params: z.strictObject({
    webhook: z.string().check(z.minLength(1)),
    message: z.exactOptional(textSchema),
    body: z.exactOptional(jsonSchema),
  }),
  output: notifyOutputSchema,
  secrets: ["webhook"],
  gives: () => ["status"],
  run: (context, { webhook: url, message, body }) => {
    const { run } = context.operation;
    const standard: JsonObject = {
      workflow: run.name,
      run: run.id,
      infra: run.infra,
      ...(message === undefined ? {} : { message }),
    };
    return notify(context, url, body ?? standard);
  },
  undo: () => Promise.resolve(),
});
