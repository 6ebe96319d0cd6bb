/** An endpoint as a value: what it takes and answers, described well enough to be served, checked and documented from the same place. */

import type { StreamMessage } from "@provisioning/api";
import { type ActionName, InputInvalidError } from "@provisioning/actions";
import type { RequestKey } from "../idempotency.js";
import type { FastifyReply, FastifyRequest } from "fastify";
import en from "zod/v4/locales/en.js";
import type { ZodMiniType } from "zod/mini";

export type Method = "GET" | "POST" | "DELETE";

/** What comes back with one status. */
export interface AnswerShape {
  readonly description: string;
  /** Of a JSON body. Absent: another type, or none. */
  readonly schema?: ZodMiniType;
  /** It may also be what these answer. */
  readonly actions?: readonly ActionName[] | "any";
  readonly type?: string;
}

export interface Call<Params, Query, Body> {
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
  readonly traceId: string;
  /** Aborts when the client is gone. */
  readonly gone: AbortSignal;
  /** Says that what follows takes no time of the service's own: others may come in. */
  readonly waiting: () => void;
  readonly idempotencyKey: RequestKey | undefined;
  readonly lastEventId: string | undefined;
  readonly accept: string;
  /** The path that was asked for. */
  readonly path: string;
}

export type Answer =
  | { readonly status: number; readonly body: unknown; readonly headers?: Readonly<Record<string, string>> }
  | { readonly status: number; readonly text: string; readonly type: string }
  | { readonly messages: AsyncIterable<readonly StreamMessage[]> }
  | { readonly lines: AsyncIterable<string>; readonly type: string };

export interface Endpoint<Params = unknown, Query = unknown, Body = unknown> {
  readonly method: Method;
  /** `/tasks/:id` */
  readonly path: string;
  readonly tag: string;
  readonly summary: string;
  readonly params?: ZodMiniType<Params>;
  readonly query?: ZodMiniType<Query>;
  readonly body?: ZodMiniType<Body>;
  /** A closer description than `body`: one of the platform's schemas in KCL with the fields besides it, or something else. */
  readonly definition?: { readonly schema: "WorkflowDef"; readonly besides: ZodMiniType; readonly otherwise: ZodMiniType };
  /** By status; problems are understood. */
  readonly answers: Readonly<Record<number, AnswerShape>>;
  /** Needs no token. */
  readonly isOpen?: boolean;
  /** Whether something is changed by what is answered at once, for these parts of the path, and not by a task. Default: yes. */
  readonly changesAtOnce?: (params: Params) => boolean;
  /** The caller may send nothing at all. */
  readonly isBodyOptional?: boolean;
  readonly serve: (call: Call<Params, Query, Body>) => Promise<Answer>;
}

/** Checks that function and schemas agree; a list holds endpoints of every shape. */
export function defineEndpoint<Params, Query, Body>(endpoint: Endpoint<Params, Query, Body>): Endpoint {
  return endpoint as unknown as Endpoint;
}

const error = en().localeError;

/** @throws InputInvalidError */
export function parsePart<T>(what: string, schema: ZodMiniType<T> | undefined, value: unknown): T {
  if (schema === undefined) return undefined as T;
  const parsed = schema.safeParse(value, { error });
  if (parsed.success) return parsed.data;
  throw new InputInvalidError(
    what,
    parsed.error.issues.map(({ path, message }) => [...path.map(String), message].join(": ")),
  );
}

export interface Exchange {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}
