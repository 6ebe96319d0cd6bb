/** `notifications.slack`: a message to a channel, through an incoming webhook. */

import * as z from "zod/mini";
import { notify, type NotifyOutput, notifyOutputSchema, textSchema } from "./post/notify.js";
import { defineTask } from "./task.js";

interface SlackParams {
  /** A secret. */
  readonly webhook: string;
  readonly message: string;
}

export const slack = defineTask<SlackParams, NotifyOutput>({
  name: "notifications.slack",
  summary: "Sends a message to a Slack channel.",
  effect: "change",
  params: z.strictObject({ webhook: z.string().check(z.minLength(1)), message: textSchema }),
  output: notifyOutputSchema,
  secrets: ["webhook"],
  gives: () => ["status"],
  run: (context, { webhook, message }) => notify(context, webhook, { text: message }),
  // What was said cannot be unsaid, and nothing has to be.
  undo: () => Promise.resolve(),
});
