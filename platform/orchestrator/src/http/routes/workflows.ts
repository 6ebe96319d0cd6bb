/** Workflows: the changes that are asked for most, under names of their own, and the runs behind them. */

import { type ActionName, InputInvalidError } from "@provisioning/actions";
import type { Json, JsonObject } from "@provisioning/model";
import * as z from "zod/mini";
import { requestInfra, submitRequest } from "../../requests/submit-request.js";
import { runIdOf, type Service } from "../../service.js";
import { readSettings } from "../../settings.js";
import { runEvents } from "../../streams/run-events.js";
import { runLines } from "../../streams/run-lines.js";
import { runOfTask } from "../../tasks.js";
import { taskDetailSchema, taskPageSchema } from "@provisioning/api";
import { type AnswerShape, type Call, defineEndpoint, type Endpoint } from "../endpoint.js";
import { invokeNow } from "../invoke-now.js";
import { accepted, eventStream, idParams, reasonBody } from "../parts.js";
import { answerWhenEnded, waited, waitQuery } from "../wait.js";
import { runMetrics, runMetricsSchema } from "../../metrics/run-metrics.js";
import { pageQuery, taskPage } from "./task-page.js";
import { numberIn } from "./tasks.js";

const names = z.array(z.string().check(z.maxLength(200))).check(z.maxLength(10_000));

const common = {
  infra: z.exactOptional(z.string().check(z.maxLength(200))),
  /** A file of configuration values, relative to the workspace. */
  settings: z.exactOptional(z.string().check(z.maxLength(1_000))),
  check_mode: z.exactOptional(z.boolean()),
  wait: z.exactOptional(z.boolean()),
};

const serversBody = z.strictObject({ ...common, servers: z.exactOptional(names) });
const taskservBody = z.strictObject({
  ...common,
  taskserv: z.exactOptional(z.string().check(z.maxLength(200))),
  taskservs: z.exactOptional(names),
  servers: z.exactOptional(names),
});
const clusterBody = z.strictObject({ ...common, cluster: z.exactOptional(z.string().check(z.maxLength(200))) });

interface ChangeBody {
  readonly infra?: string;
  readonly settings?: string;
  readonly check_mode?: boolean;
  readonly wait?: boolean;
  readonly servers?: readonly string[];
  readonly taskserv?: string;
  readonly taskservs?: readonly string[];
  readonly cluster?: string;
}

interface Change {
  readonly path: string;
  readonly summary: string;
  readonly action: ActionName;
  readonly check: ActionName;
  readonly body: z.ZodMiniType<ChangeBody>;
}

const CHANGES: readonly Change[] = [
  {
    path: "servers/create",
    summary: "Makes servers, with everything on them.",
    action: "infra.apply",
    check: "infra.plan",
    body: serversBody,
  },
  {
    path: "servers/update",
    summary: "Makes servers what the definition says now.",
    action: "infra.apply",
    check: "infra.plan",
    body: serversBody,
  },
  { path: "servers/delete", summary: "Removes servers.", action: "infra.destroy", check: "infra.planRemoval", body: serversBody },
  { path: "taskserv/create", summary: "Installs taskservs.", action: "infra.apply", check: "infra.plan", body: taskservBody },
  {
    path: "taskserv/update",
    summary: "Makes taskservs what the definition says now.",
    action: "infra.apply",
    check: "infra.plan",
    body: taskservBody,
  },
  {
    path: "taskserv/delete",
    summary: "Removes taskservs.",
    action: "infra.destroy",
    check: "infra.planRemoval",
    body: taskservBody,
  },
  {
    path: "cluster/create",
    summary: "Makes an infra with everything in it.",
    action: "infra.apply",
    check: "infra.plan",
    body: clusterBody,
  },
  {
    path: "cluster/delete",
    summary: "Removes an infra with everything in it.",
    action: "infra.destroy",
    check: "infra.planRemoval",
    body: clusterBody,
  },
];

const checked: AnswerShape = {
  description: "With `check_mode` the plan, with `wait` the task as it ended.",
  schema: taskDetailSchema,
  actions: ["infra.plan"],
};

export function workflowEndpoints(service: Service): Endpoint[] {
  return [...CHANGES.map((change) => changeEndpoint(service, change)), ...runEndpoints(service)];
}

function changeEndpoint(service: Service, { path, summary, action, check, body }: Change): Endpoint {
  return defineEndpoint({
    method: "POST",
    path: `/workflows/${path}`,
    tag: "Workflows",
    summary,
    body,
    answers: { 200: checked, 202: accepted },
    changesAtOnce: () => false,
    async serve({ body: given, gone, waiting, traceId, idempotencyKey, path: asked }: Call<unknown, unknown, ChangeBody>) {
      const input = inputOf(given);
      const flags = given.settings === undefined ? {} : await readSettings(service, given.settings);
      const infra = await requestInfra(service, (input as JsonObject).infra as string | undefined);
      const command = `POST ${asked.split("?")[0]}`;
      if (given.check_mode === true)
        return { status: 200, body: await invokeNow(service, check, input, { flags, command, gone }) };
      const task = await submitRequest(service, {
        request: { action, input, approve: "given", flags, command, traceId },
        infra,
        title: `${path} ${infra}`,
        idempotencyKey,
      });
      return answerWhenEnded(service, task, given, { gone, waiting });
    },
  });
}

/** @throws InputInvalidError when two infras are named: nobody can tell which one is meant */
function inputOf({ infra, servers, taskserv, taskservs, cluster }: ChangeBody): Json {
  const wanted = [...(taskserv === undefined ? [] : [taskserv]), ...(taskservs ?? [])];
  const targets = { ...(servers === undefined ? {} : { servers }), ...(wanted.length === 0 ? {} : { taskservs: wanted }) };
  if (infra !== undefined && cluster !== undefined && infra !== cluster)
    throw new InputInvalidError("the body", ["`cluster` and `infra` name the same thing, and they differ"]);
  const named = infra ?? cluster;
  return {
    ...(named === undefined ? {} : { infra: named }),
    ...(Object.keys(targets).length === 0 ? {} : { targets: targets as JsonObject }),
  };
}

const reportAnswer: AnswerShape = {
  description: "The run with all its operations.",
  actions: ["run.show"],
};

function runEndpoints(service: Service): Endpoint[] {
  const { storage } = service;
  const looking = (path: string, summary: string, action: ActionName, answer: AnswerShape) =>
    defineEndpoint({
      method: "GET",
      path: `/workflows/:id/${path}`,
      tag: "Workflows",
      summary,
      params: idParams,
      answers: { 200: answer },
      async serve({ params, gone }) {
        const id = await runOfTask(service, runIdOf(params.id));
        return { status: 200, body: await invokeNow(service, action, { id }, { gone }) };
      },
    });
  const deciding = (path: string, summary: string, action: ActionName) =>
    defineEndpoint({
      method: "POST",
      path: `/workflows/:id/${path}`,
      tag: "Workflows",
      summary,
      params: idParams,
      body: reasonBody,
      isBodyOptional: true,
      answers: { 200: reportAnswer },
      async serve({ params, body, gone }) {
        const id = await runOfTask(service, runIdOf(params.id));
        return { status: 200, body: await invokeNow(service, action, { id, ...body }, { gone }) };
      },
    });
  const doing = <Body extends JsonObject>(path: string, summary: string, action: ActionName, body: z.ZodMiniType<Body>) =>
    defineEndpoint({
      method: "POST",
      path: `/workflows/:id/${path}`,
      tag: "Workflows",
      summary,
      params: idParams,
      query: waitQuery,
      body,
      isBodyOptional: true,
      changesAtOnce: () => false,
      answers: { 200: waited, 202: accepted },
      async serve({ params, query, body: given, gone, waiting, traceId, idempotencyKey, path: asked }) {
        const id = await runOfTask(service, runIdOf(params.id));
        const { definition } = await service.engine.state(id);
        const task = await submitRequest(service, {
          request: { action, input: { id, ...given }, approve: "given", flags: {}, command: `POST ${asked}`, traceId },
          infra: definition.infra,
          title: `${path} ${definition.name}`.slice(0, 200),
          idempotencyKey,
        });
        return answerWhenEnded(service, task, query, { gone, waiting });
      },
    });
  return [
    defineEndpoint({
      method: "GET",
      path: "/workflows",
      tag: "Workflows",
      summary: "All runs, newest first, page by page.",
      query: pageQuery,
      answers: { 200: { description: "One page.", schema: taskPageSchema } },
      serve: async ({ query }) => ({ status: 200, body: await taskPage(service, query) }),
    }),
    looking("status", "How far a run is, operation by operation.", "run.show", reportAnswer),
    looking("why", "Why a run and its operations are as they are.", "run.why", {
      description: "Reasons, from what is recorded.",
      actions: ["run.why"],
    }),
    defineEndpoint({
      method: "GET",
      path: "/workflows/:id/events",
      tag: "Workflows",
      summary: "The recorded events of a run, from the first or after `Last-Event-ID`; ends with the run.",
      params: idParams,
      answers: { 200: eventStream },
      async serve({ params, lastEventId, gone }) {
        const id = await runOfTask(service, runIdOf(params.id));
        await storage.runs.load(id);
        return { messages: runEvents(storage, id, numberIn(lastEventId), AbortSignal.any([gone, service.release])) };
      },
    }),
    defineEndpoint({
      method: "GET",
      path: "/workflows/:id/logs",
      tag: "Workflows",
      summary: "What a run tells, as text line by line, until it has ended.",
      params: idParams,
      answers: { 200: { description: "Lines.", type: "text/plain; charset=utf-8" } },
      async serve({ params, gone }) {
        const id = runIdOf(params.id);
        await storage.runs.load(id);
        return { lines: runLines(service, id, AbortSignal.any([gone, service.release])), type: "text/plain; charset=utf-8" };
      },
    }),
    defineEndpoint({
      method: "GET",
      path: "/workflows/:id/metrics",
      tag: "Workflows",
      summary: "Attempts, durations and waits of a run.",
      params: idParams,
      answers: { 200: { description: "Of the run and of each operation.", schema: runMetricsSchema } },
      async serve({ params }) {
        const id = await runOfTask(service, runIdOf(params.id));
        return { status: 200, body: runMetrics((await storage.runs.load(id)).events) };
      },
    }),
    deciding("pause", "Has a run start nothing more, until it is resumed.", "run.pause"),
    deciding("cancel", "Ends a run.", "run.cancel"),
    defineEndpoint({
      method: "POST",
      path: "/workflows/:id/skip",
      tag: "Workflows",
      summary: "Counts an operation as done for those that need it.",
      params: idParams,
      body: z.strictObject({ operation: z.string().check(z.minLength(1), z.maxLength(300)) }),
      answers: { 200: reportAnswer },
      async serve({ params, body, gone }) {
        const id = await runOfTask(service, runIdOf(params.id));
        return { status: 200, body: await invokeNow(service, "run.pass", { id, ...body }, { gone }) };
      },
    }),
    doing("resume", "Has a paused or interrupted run go on.", "run.resume", z.strictObject({})),
    doing(
      "retry",
      "Has a run that ended go on with what was not done.",
      "run.retry",
      z.strictObject({ operations: z.exactOptional(z.array(z.string()).check(z.minLength(1), z.maxLength(10_000))) }) as never,
    ),
    doing(
      "rollback",
      "Undoes what a run made, to a checkpoint or to its beginning.",
      "run.rollback",
      z.strictObject({ toCheckpoint: z.exactOptional(z.int().check(z.minimum(0))) }) as never,
    ),
  ];
}
