/** What an endpoint is given of a request. */

import type { ServerResponse } from "node:http";
import { ProvisioningError } from "@provisioning/model";
import type { FastifyRequest } from "fastify";
import type { RequestKey } from "../idempotency.js";
import { type Call, type Endpoint, parsePart } from "./endpoint.js";
import { noQuery } from "./parts.js";
import type { Turnstile } from "./turnstile.js";

const MAX_DEPTH = 64;

export interface IncomingOptions {
  readonly endpoint: Endpoint;
  readonly request: FastifyRequest;
  readonly raw: ServerResponse;
  readonly idempotencyKey: RequestKey | undefined;
  readonly posts: Pick<Turnstile, "leave">;
}

/**
 * A class because of its getter: objects that have one each are of different kinds to the engine that runs this, and every kind keeps alive what its
 * getter knows until memory is collected as a whole.
 */
export class IncomingCall implements Call<unknown, unknown, unknown> {
  readonly params: unknown;
  readonly query: unknown;
  readonly body: unknown;
  readonly traceId: string;
  readonly waiting: () => void;
  readonly idempotencyKey: RequestKey | undefined;
  readonly lastEventId: string | undefined;
  readonly accept: string;
  readonly path: string;
  /** Told first of the waiting. */
  beforeWaiting: (() => void) | undefined;
  readonly #raw: ServerResponse;
  #gone: AbortSignal | undefined;

  /** @throws ProvisioningError INPUT_INVALID, BODY_TOO_DEEP */
  constructor({ endpoint, request, raw, idempotencyKey, posts }: IncomingOptions) {
    const { id, headers, url } = request;
    this.params = parsePart("the path", endpoint.params, request.params);
    this.query = parsePart("the query", endpoint.query ?? noQuery, request.query);
    this.body = parsePart("the body", endpoint.body, bodyOf(endpoint, request.body));
    this.traceId = id;
    this.waiting = () => {
      this.beforeWaiting?.();
      posts.leave(raw);
    };
    this.idempotencyKey = idempotencyKey;
    this.lastEventId = textHeader(headers["last-event-id"]);
    this.accept = headers.accept ?? "";
    this.path = url;
    this.#raw = raw;
  }

  /** Made for whoever asks for it: most answers are written at once, and it is not cheap. */
  get gone(): AbortSignal {
    this.#gone ??= whenClosed(this.#raw);
    return this.#gone;
  }
}

export function textHeader(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}

function whenClosed(raw: ServerResponse): AbortSignal {
  const controller = new AbortController();
  if (raw.destroyed) controller.abort();
  else raw.once("close", () => controller.abort());
  return controller.signal;
}

/** Many clients send no body where nothing has to be said. */
function bodyOf(endpoint: Endpoint, body: unknown): unknown {
  if (body === undefined || body === null) return endpoint.isBodyOptional === true ? {} : body;
  if (depthOf(body, 0) > MAX_DEPTH) {
    throw new ProvisioningError({
      code: "BODY_TOO_DEEP",
      message: `The body is nested more than ${MAX_DEPTH} levels deep.`,
      hint: "Send something flatter, or put it into a file of the workspace and name that.",
    });
  }
  return body;
}

function depthOf(value: unknown, depth: number): number {
  if (typeof value !== "object" || value === null || depth > MAX_DEPTH) return depth;
  let deepest = depth;
  for (const item of Object.values(value)) deepest = Math.max(deepest, depthOf(item, depth + 1));
  return deepest;
}
