/** Events over a WebSocket: `/ws` for all runs, `/ws?run=ID` for one, `&after=ID` to go on after a message. One JSON object a message. */

import websocket, { type WebSocket } from "@fastify/websocket";
import type { StreamMessage } from "@provisioning/api";
import { ProvisioningError } from "@provisioning/model";
import type { FastifyInstance, FastifyRequest } from "fastify";
import * as z from "zod/mini";
import { runIdOf, type Service } from "../service.js";
import type { EventHub } from "../streams/event-hub.js";
import { runEvents } from "../streams/run-events.js";
import { parsePart } from "./endpoint.js";
import type { Guard } from "./guard.js";
import type { Streams } from "./streams.js";
import { numberIn } from "./routes/tasks.js";

const webSocketQuery = z.strictObject({
  run: z.exactOptional(z.string().check(z.maxLength(100))),
  after: z.exactOptional(z.string().check(z.maxLength(200))),
});

const MAX_PAYLOAD = 64 * 1024;
/** Codes of RFC 6455. */
const GOING_AWAY = 1001;
const POLICY_VIOLATION = 1008;
const NORMAL = 1000;
const TRY_AGAIN_LATER = 1013;

export interface WebSocketOptions {
  readonly hub: EventHub;
  readonly guard: Guard;
  readonly streams: Streams;
}

export async function addWebSocket(
  app: FastifyInstance,
  service: Service,
  { hub, guard, streams }: WebSocketOptions,
): Promise<void> {
  await app.register(websocket, { options: { maxPayload: MAX_PAYLOAD } });
  app.route({
    method: "GET",
    url: "/ws",
    onRequest(request, _, done) {
      guard.assertToken(request.headers);
      parsePart("the query", webSocketQuery, request.query);
      if (request.ws) streams.assertRoom();
      done();
    },
    handler(_, reply) {
      void reply.header("upgrade", "websocket").header("connection", "upgrade");
      throw new ProvisioningError({
        code: "UPGRADE_MISSING",
        message: "What is told here is told over a WebSocket.",
        hint: "Ask with a client of WebSockets, or read GET /events, which needs none.",
      });
    },
    wsHandler(socket, request) {
      const leave = enter(streams, socket);
      if (leave !== undefined) void serve(socket, request, service, hub).finally(leave);
    },
  });
}

/** Others may have come in since this one was let in. */
function enter(streams: Streams, socket: WebSocket): (() => void) | undefined {
  try {
    return streams.enter();
  } catch (error) {
    socket.close(TRY_AGAIN_LATER, error instanceof ProvisioningError ? error.code : "INTERNAL");
    return undefined;
  }
}

async function serve(socket: WebSocket, request: FastifyRequest, service: Service, hub: EventHub): Promise<void> {
  const gone = new AbortController();
  socket.on("close", () => gone.abort());
  socket.on("error", () => gone.abort());
  const ping = setInterval(() => socket.ping(), service.workspace.config.get("orchestrator.ping_seconds") * 1000);
  const signal = AbortSignal.any([gone.signal, service.release]);
  try {
    const { run, after } = request.query as Readonly<Record<string, string | undefined>>;
    const messages =
      run === undefined ? hub.follow(after, signal) : runEvents(service.storage, runIdOf(run), numberIn(after), signal);
    for await (const batch of messages) await send(socket, batch);
    socket.close(service.release.aborted ? GOING_AWAY : NORMAL);
  } catch (error) {
    socket.close(POLICY_VIOLATION, error instanceof ProvisioningError ? error.code : "INTERNAL");
  } finally {
    clearInterval(ping);
  }
}

/** Resolves when the last one is handed on: as fast as the client reads. */
function send(socket: WebSocket, batch: readonly StreamMessage[]): Promise<void> {
  return new Promise((resolve) => {
    const last = batch.length - 1;
    if (last < 0 || socket.readyState !== socket.OPEN) return resolve();
    batch.forEach(({ id, event, data }, index) => {
      const text = JSON.stringify({ ...(id === undefined ? {} : { id }), event, data: JSON.parse(data) as unknown });
      socket.send(text, index === last ? () => resolve() : undefined);
    });
  });
}
