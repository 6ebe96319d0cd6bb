/** Tasks: what was accepted, how far it is, and what is decided about it. */

import { REQUEST_PURPOSE } from "@provisioning/actions";
import { taskDetailSchema, taskPageSchema } from "@provisioning/api";
import type { RunId } from "@provisioning/model";
import * as z from "zod/mini";
import { runIdOf, type Service } from "../../service.js";
import { runEvents } from "../../streams/run-events.js";
import { taskEvents } from "../../streams/task-events.js";
import { taskDetail } from "../../tasks.js";
import { defineEndpoint, type Endpoint } from "../endpoint.js";
import { eventStream, idParams } from "../parts.js";
import { pageQuery, taskPage } from "./task-page.js";

const cancelBody = z.strictObject({
  mode: z.exactOptional(z.enum(["drain", "abort"])),
  reason: z.exactOptional(z.string().check(z.maxLength(500))),
});

const confirmBody = z.strictObject({ digest: z.string().check(z.maxLength(100)), answer: z.boolean() });

export function taskEndpoints(service: Service): Endpoint[] {
  const { storage } = service;
  return [
    defineEndpoint({
      method: "GET",
      path: "/tasks",
      tag: "Tasks",
      summary: "All tasks, newest first, page by page.",
      query: pageQuery,
      answers: { 200: { description: "One page.", schema: taskPageSchema } },
      serve: async ({ query }) => ({ status: 200, body: await taskPage(service, query) }),
    }),
    defineEndpoint({
      method: "GET",
      path: "/tasks/:id",
      tag: "Tasks",
      summary: "One task, with what came of it.",
      params: idParams,
      answers: { 200: { description: "The task.", schema: taskDetailSchema } },
      serve: async ({ params }) => ({ status: 200, body: await taskDetail(service, runIdOf(params.id)) }),
    }),
    defineEndpoint({
      method: "GET",
      path: "/tasks/:id/events",
      tag: "Tasks",
      summary: "What a task tells while it works, from its first line or after `Last-Event-ID`; ends with the task.",
      params: idParams,
      answers: { 200: eventStream },
      async serve({ params, lastEventId, gone }) {
        const id = runIdOf(params.id);
        const { definition } = await service.engine.state(id);
        const signal = AbortSignal.any([gone, service.release]);
        const after = numberIn(lastEventId);
        // What is no request of an action has no log of its own: what is recorded is all there is to tell.
        const isRequest = definition.labels.purpose === REQUEST_PURPOSE;
        return { messages: isRequest ? taskEvents(service, id, after, signal) : runEvents(storage, id, after, signal) };
      },
    }),
    defineEndpoint({
      method: "POST",
      path: "/tasks/:id/cancel",
      tag: "Tasks",
      summary: "Stops a task: `drain` finishes what is under way, `abort` stops at once.",
      params: idParams,
      body: cancelBody,
      isBodyOptional: true,
      answers: { 200: { description: "The task as it is now.", schema: taskDetailSchema } },
      async serve({ params, body: { mode = "drain", reason = "cancelled by hand" } }) {
        const id = runIdOf(params.id);
        if (!service.requests.cancel(id, mode)) await service.engine.cancel(id, service.options.context.holder, reason, mode);
        return { status: 200, body: await taskDetail(service, id) };
      },
    }),
    defineEndpoint({
      method: "POST",
      path: "/tasks/:id/confirm",
      tag: "Tasks",
      summary: "Answers a task that asks before it changes anything.",
      params: idParams,
      body: confirmBody,
      answers: { 200: { description: "Answered.", schema: z.strictObject({ answered: z.boolean() }) } },
      async serve({ params, body }) {
        service.confirmations.answer(runIdOf(params.id) satisfies RunId, body.digest, body.answer);
        return { status: 200, body: { answered: true } };
      },
    }),
  ];
}

/** What is no number begins at the beginning. */
export function numberIn(id: string | undefined): number {
  return id !== undefined && /^\d{1,15}$/.test(id) ? Number(id) : 0;
}
