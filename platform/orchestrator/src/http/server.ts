/** Endpoints on a port: reads and checks requests, writes answers, streams and problems. */

import { randomUUID } from "node:crypto";
import { encodeMessage, EVENT_STREAM_TYPE, KEEP_ALIVE } from "@provisioning/api";
import { ProvisioningError } from "@provisioning/model";
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";
import type { Logger } from "pino";
import { acceptTogether } from "./accept.js";
import type { Answer, Endpoint } from "./endpoint.js";
import { rawAnswer, sendProblem, toProblem } from "./errors.js";
import type { Guard } from "./guard.js";
import { requestKey, type RequestKey } from "../idempotency.js";
import { IncomingCall, textHeader } from "./incoming-call.js";
import type { HttpLimits } from "./limits.js";
import type { Once } from "./once.js";
import { METRICS_TYPE } from "./parts.js";
import type { StreamMeter, Streams } from "./streams.js";
import { Turnstile } from "./turnstile.js";

export interface ServerOptions {
  readonly endpoints: readonly Endpoint[];
  readonly guard: Guard;
  readonly logger: Logger;
  readonly limits: HttpLimits;
  /** Told of every request. */
  readonly meter: RequestMeter;
  readonly streams: Streams;
  /** What is done of requests that are repeated. */
  readonly once: Once;
  /** Metrics of workflows that have them at a path of their own, which is known when one has run. Absent: nothing is there. */
  readonly metricsAt?: (path: string) => Promise<string> | undefined;
}

export interface RequestMeter extends StreamMeter {
  /** Gives what is called when it is answered. */
  received(request: { readonly traceId: string; readonly parentId: string | undefined }): (answered: AnsweredRequest) => void;
  /** Answered, or the client is gone. */
  over(): void;
  /** Answered without having been looked at: too many are under way. `seconds`: after the request. */
  turnedAway(seconds: number): void;
}

export interface AnsweredRequest {
  readonly route: string;
  readonly method: string;
  readonly status: number;
  readonly seconds: number;
}

declare module "fastify" {
  interface FastifyRequest {
    tellAnswered?: (answered: AnsweredRequest) => void;
  }
}

export function createServer(options: ServerOptions): FastifyInstance {
  const { endpoints, guard, logger, limits, meter, streams, once, metricsAt } = options;
  const app = Fastify({
    bodyLimit: limits.bodyBytes,
    requestTimeout: limits.requestTimeoutMs,
    connectionTimeout: 0,
    keepAliveTimeout: 72_000,
    // Streams have no end of their own.
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 512 },
    genReqId: (request) => traceIdOf(request.headers.traceparent),
    frameworkErrors: (error, request, reply) => {
      sendProblem(reply, toProblem(badUrl(error), placeOf(request)));
    },
    // Requests that are no HTTP at all.
    clientErrorHandler: (error, socket) => {
      if (socket.writable) socket.end(rawAnswer(error));
    },
  });
  readFormsAsJson(app);
  const methodsAt = methodsByPath([...endpoints, { method: "GET", path: "/ws" }]);
  const posts = new Turnstile(limits.maxPosts);
  app.decorateRequest("tellAnswered");
  app.addHook("onRequest", (request, reply, done) => {
    request.tellAnswered = meter.received({ traceId: request.id, parentId: parentOf(request) });
    // Also of a client that goes away before it is answered.
    reply.raw.once("close", () => meter.over());
    guard.assertPlace(request.headers);
    done();
  });
  app.addHook("onResponse", (request, reply, done) => {
    const seconds = reply.elapsedTime / 1000;
    const route = request.routeOptions.url ?? "unknown";
    request.tellAnswered?.({ route, method: request.method, status: reply.statusCode, seconds });
    logger.info({ trace_id: request.id, method: request.method, route, status: reply.statusCode, seconds }, "request");
    done();
  });
  app.setErrorHandler((error, request, reply) => {
    const problem = toProblem(error, { ...placeOf(request), bodyBytes: limits.bodyBytes });
    if (problem.status >= 500 && !(error instanceof ProvisioningError))
      logger.error({ trace_id: request.id, err: error }, "request failed");
    sendProblem(reply, problem);
  });
  app.setNotFoundHandler(async (request, reply) => {
    const metrics = request.method === "GET" ? metricsAt?.(placeOf(request).instance) : undefined;
    if (metrics === undefined) {
      const methods = methodsAt(placeOf(request).instance);
      if (methods.length > 0) void reply.header("allow", methods.join(", "));
      return sendProblem(reply, toProblem(nothingThere(request, methods), placeOf(request)));
    }
    guard.assertToken(request.headers);
    return reply.type(METRICS_TYPE).send(await metrics);
  });
  for (const endpoint of endpoints) {
    app.route({
      method: endpoint.method,
      url: endpoint.path,
      ...(endpoint.isOpen === true
        ? {}
        : {
            onRequest(request, reply, done) {
              guard.assertToken(request.headers);
              if (endpoint.method === "POST") posts.enter(reply.raw);
              done();
            },
          }),
      handler: async (request, reply) => {
        const idempotencyKey = endpoint.method === "POST" ? keyOf(request) : undefined;
        const call = new IncomingCall({ endpoint, request, raw: reply.raw, idempotencyKey, posts });
        const answer = await (idempotencyKey === undefined
          ? endpoint.serve(call)
          : serveOnce(once, endpoint, call, idempotencyKey));
        return write(reply, answer, { call, streams, limits });
      },
    });
  }
  posts.guard(app.server, (seconds) => meter.turnedAway(seconds));
  acceptTogether(app.server, { onCrowd: () => posts.expectCrowd(), onTakingIn: (isTakingIn) => posts.hold(isTakingIn) });
  return app;
}

/** Who repeats it gets the same answer. */
function serveOnce(once: Once, endpoint: Endpoint, call: IncomingCall, key: RequestKey): Promise<Answer> {
  return once.answer(key, {
    changesAtOnce: endpoint.changesAtOnce?.(call.params) ?? true,
    serve(isTask) {
      call.beforeWaiting = isTask;
      return endpoint.serve(call);
    },
  });
}

const MAX_KEY = 200;

function keyOf(request: FastifyRequest): RequestKey | undefined {
  const key = textHeader(request.headers["idempotency-key"]);
  if (key === undefined) return undefined;
  if (key.length > 0 && key.length <= MAX_KEY) return requestKey(key, request.url.split("?")[0] ?? "/", request.body);
  throw new ProvisioningError({
    code: "INPUT_INVALID",
    message: `An idempotency key has 1 to ${MAX_KEY} characters.`,
    hint: "Send something like a UUID, a new one for each request.",
  });
}

/** W3C trace context: the trace goes on with whoever began it. */
function traceIdOf(header: string | string[] | undefined): string {
  const [, id] = /^00-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}$/.exec(textHeader(header) ?? "") ?? [];
  return id === undefined || /^0+$/.test(id) ? randomUUID().replaceAll("-", "") : id;
}

/** The span of the caller. */
function parentOf({ headers }: FastifyRequest): string | undefined {
  return /^00-[0-9a-f]{32}-([0-9a-f]{16})-/.exec(textHeader(headers.traceparent) ?? "")?.[1];
}

function placeOf(request: FastifyRequest): { readonly instance: string; readonly traceId: string } {
  return { instance: request.url.split("?")[0]?.slice(0, 200) ?? "/", traceId: request.id };
}

function badUrl(error: Error): ProvisioningError {
  const hint = "Write what is special in it as %XX; what there is: /openapi.json.";
  return new ProvisioningError({ code: "ROUTE_UNKNOWN", message: "The path cannot be read.", hint }, { cause: error });
}

/**
 * `curl -d` says that it sends a form when it is told nothing else; what it sends here is JSON. It opens nothing to the forms of other pages:
 * they have no token.
 */
function readFormsAsJson(app: FastifyInstance): void {
  const readJson = app.getDefaultJsonParser("error", "error");
  app.addContentTypeParser("application/x-www-form-urlencoded", { parseAs: "string" }, (request, body, done) => {
    if (body === "") done(null, undefined);
    else void readJson(request, body as string, done);
  });
}

/** Which methods there are under a path. */
function methodsByPath(endpoints: readonly Pick<Endpoint, "method" | "path">[]): (path: string) => readonly string[] {
  const patterns = endpoints.map(({ method, path }) => {
    const parts = path.split("/").map((part) => (part.startsWith(":") ? "[^/]+" : part.replaceAll(/[^\w-]/g, "\\$&")));
    return { method, pattern: new RegExp(`^${parts.join("/")}$`) };
  });
  return (path) => [...new Set(patterns.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method))];
}

function nothingThere({ method }: FastifyRequest, methods: readonly string[]): ProvisioningError {
  if (methods.length > 0) {
    return new ProvisioningError({
      code: "METHOD_REFUSED",
      message: `There is nothing to ${method} here.`,
      hint: `What there is: ${methods.join(", ")}. GET /openapi.json says what they do.`,
    });
  }
  return new ProvisioningError({
    code: "ROUTE_UNKNOWN",
    message: `There is nothing to ${method} here.`,
    hint: "What there is: /openapi.json, and /docs for people.",
  });
}

interface Writing {
  readonly call: IncomingCall;
  readonly streams: Streams;
  readonly limits: HttpLimits;
}

async function write(reply: FastifyReply, answer: Answer, writing: Writing): Promise<unknown> {
  if ("body" in answer)
    return reply
      .code(answer.status)
      .headers(answer.headers ?? {})
      .send(answer.body);
  if ("text" in answer) return reply.code(answer.status).type(answer.type).send(answer.text);
  const leave = writing.streams.enter();
  try {
    await stream(reply, answer, writing.call.gone, writing.limits.beatMs);
  } finally {
    leave();
  }
  return reply;
}

/** Written as fast as the client reads. */
async function stream(
  reply: FastifyReply,
  answer: Extract<Answer, { messages: unknown } | { lines: unknown }>,
  gone: AbortSignal,
  beatMs: number,
): Promise<void> {
  reply.hijack();
  const { raw } = reply;
  const isMessages = "messages" in answer;
  raw.writeHead(200, {
    "content-type": isMessages ? EVENT_STREAM_TYPE : answer.type,
    "cache-control": "no-store",
    "x-accel-buffering": "no",
    "x-content-type-options": "nosniff",
  });
  raw.flushHeaders();
  const beat = isMessages ? setInterval(() => raw.writableLength === 0 && raw.write(KEEP_ALIVE), beatMs) : undefined;
  try {
    if (isMessages) for await (const batch of answer.messages) await writeText(reply, batch.map(encodeMessage).join(""), gone);
    else for await (const text of answer.lines) await writeText(reply, text, gone);
  } finally {
    clearInterval(beat);
    raw.end();
  }
}

async function writeText({ raw }: FastifyReply, text: string, gone: AbortSignal): Promise<void> {
  if (gone.aborted || raw.write(text)) return;
  await new Promise<void>((resolve) => {
    const done = () => {
      raw.off("drain", done);
      gone.removeEventListener("abort", done);
      resolve();
    };
    raw.once("drain", done);
    gone.addEventListener("abort", done, { once: true });
  });
}
