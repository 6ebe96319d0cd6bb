/** Answering when a task has ended, for those who ask for that. */

import { type Accepted, type TaskDetail, taskDetailSchema } from "@provisioning/api";
import { isEnded, replay } from "@provisioning/workflow";
import type { RunId } from "@provisioning/model";
import * as z from "zod/mini";
import type { Service } from "../service.js";
import { taskDetail } from "../tasks.js";
import type { Answer, AnswerShape, Call } from "./endpoint.js";

export const waitQuery = z.strictObject({ wait: z.exactOptional(z.enum(["true", "false"])) });

export const waited: AnswerShape = { description: "The task as it ended.", schema: taskDetailSchema };

export async function answerWhenEnded(
  service: Service,
  task: Accepted,
  { wait }: { readonly wait?: string | boolean },
  call: Pick<Call<unknown, unknown, unknown>, "gone" | "waiting">,
): Promise<Answer> {
  const location = { location: task.links.self };
  if (wait !== "true" && wait !== true) return { status: 202, body: task, headers: location };
  call.waiting();
  // After that a client gets the link all the same.
  const longestMs = service.workspace.config.get("orchestrator.longest_wait_seconds") * 1000;
  const signal = AbortSignal.any([call.gone, service.release, AbortSignal.timeout(longestMs)]);
  const ended = await untilEnded(service, task.id, signal);
  return ended === undefined ? { status: 202, body: task, headers: location } : { status: 200, body: ended };
}

const LOOK_AGAIN_MS = 2_000;

/** Absent when `signal` aborted first. */
export async function untilEnded(service: Service, id: RunId, signal: AbortSignal): Promise<TaskDetail | undefined> {
  const { runs } = service.storage;
  while (!signal.aborted) {
    const next = nextEnd(service, id, signal);
    try {
      if (isEnded(replay((await runs.load(id)).events))) return await taskDetail(service, id);
      await next.promise;
    } finally {
      next.stop();
    }
  }
  return undefined;
}

/** A hint that the run may have ended, or a while later. */
function nextEnd({ storage }: Service, id: RunId, signal: AbortSignal): { readonly promise: Promise<void>; stop(): void } {
  let wake = () => {};
  const promise = new Promise<void>((resolve) => {
    wake = resolve;
  });
  const stopWatching = storage.runs.watch(
    ({ events }) => {
      if (events.some(({ type }) => type === "runEnded")) wake();
    },
    id,
    new Set(["runEnded"] as const),
  );
  const timer = setTimeout(wake, LOOK_AGAIN_MS);
  signal.addEventListener("abort", wake, { once: true });
  return {
    promise,
    stop() {
      clearTimeout(timer);
      stopWatching();
      signal.removeEventListener("abort", wake);
    },
  };
}
