/**
 * Tells people that a long run has ended: on their desktop and to a webhook, as `notifications` of the configuration says. Nothing that goes
 * wrong here changes what became of the run: it is said in warnings.
 */

import type { Config } from "@provisioning/config";
import { type InfraName, type Json, ProvisioningError, type RunId } from "@provisioning/model";
import type { ActionContext } from "../context.js";
import { openWorkspaceSession, type WorkspaceSession } from "../session.js";
import { postAsConfigured } from "../tasks/post/configured-post.js";
import { showOnDesktop } from "./desktop.js";

export interface EndedRun {
  readonly id: RunId;
  readonly name: string;
  readonly infra: InfraName;
  /** `completed`, `failed`, `rolledBack`, … */
  readonly outcome: string;
  readonly durationMs: number;
}

/** What could not be told, a sentence each; nothing when the run was short. Never throws. */
export async function tellRunEnd(context: ActionContext, run: EndedRun): Promise<readonly string[]> {
  try {
    const session = await openWorkspaceSession(context);
    const { config } = session;
    if (run.durationMs < longAfterMs(config)) return [];
    const told = await Promise.allSettled([
      config.get("notifications.desktop") ? showOnDesktop(titleOf(run), messageOf(run), context) : undefined,
      config.get("notifications.webhook") === "" ? undefined : callWebhook(session, run),
    ]);
    return told.flatMap((result) => (result.status === "rejected" ? [warningOf(result.reason)] : []));
  } catch (error) {
    return [warningOf(error)];
  }
}

/** From when on the end of a run is told, by the terminal's bell too. */
export function longAfterMs(config: Config): number {
  return config.get("notifications.after") * 1000;
}

function warningOf(error: unknown): string {
  if (!(error instanceof ProvisioningError)) return "Nobody could be notified of the end of the run.";
  return error.hint === undefined ? error.message : `${error.message} ${error.hint}`;
}

async function callWebhook(session: WorkspaceSession, run: EndedRun): Promise<void> {
  const { config, context, redactor, workspace } = session;
  await postAsConfigured(session, {
    webhook: config.get("notifications.webhook"),
    body: documentOf(run, workspace.name),
    idempotencyKey: run.id,
    infra: run.infra,
    redactor,
    signal: context.signal,
  });
}

/** `text` is what chats show of a document that somebody else's program sent. */
function documentOf(run: EndedRun, workspace: string): Json {
  const { id, name, infra, outcome, durationMs } = run;
  return {
    text: `${titleOf(run)}: ${messageOf(run)}`,
    event: "run.ended",
    run: id,
    name,
    workspace,
    infra,
    outcome,
    duration_seconds: Math.round(durationMs / 1000),
  };
}

const WORDS: Readonly<Record<string, string>> = {
  completed: "is done",
  failed: "failed",
  rolledBack: "was rolled back",
  cancelled: "was cancelled",
  paused: "is paused",
};

function titleOf({ name, outcome }: EndedRun): string {
  return `${name} ${WORDS[outcome] ?? outcome}`;
}

function messageOf({ id, infra, durationMs }: EndedRun): string {
  const seconds = Math.round(durationMs / 1000);
  return `infra ${infra}, after ${seconds < 60 ? `${seconds} s` : `${Math.round(seconds / 60)} min`}, run ${id}`;
}
