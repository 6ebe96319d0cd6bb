/** Errors as HTTP answers: problem details (RFC 9457) with our code, our hint and the findings behind it. */

import type { Diagnostic, ErrorRecord, Retry } from "@provisioning/model";
import * as z from "zod/mini";

export const PROBLEM_TYPE = "application/problem+json";

/** What was wrong with one part of what was sent, or of a definition. */
export interface ProblemFinding {
  readonly code?: string;
  readonly message: string;
  /** `file:line:column`, or the path of a field. */
  readonly place?: string;
  readonly hint?: string;
}

export interface Problem {
  /** A page about the code. */
  readonly type: string;
  readonly title: string;
  /** The status of the answer. */
  readonly status: number;
  readonly detail: string;
  /** The path that was asked for. */
  readonly instance?: string;
  readonly error: { readonly code: string; readonly message: string; readonly hint?: string };
  readonly errors?: readonly ProblemFinding[];
  readonly retry: Retry;
  /** Facts for programs: ids, findings as they were made. */
  readonly details?: Readonly<Record<string, unknown>>;
  readonly traceId?: string;
}

const findingSchema: z.ZodMiniType<ProblemFinding> = z.strictObject({
  code: z.exactOptional(z.string()),
  message: z.string(),
  place: z.exactOptional(z.string()),
  hint: z.exactOptional(z.string()),
});

export const problemSchema: z.ZodMiniType<Problem> = z.strictObject({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  instance: z.exactOptional(z.string()),
  error: z.strictObject({ code: z.string(), message: z.string(), hint: z.exactOptional(z.string()) }),
  errors: z.exactOptional(z.array(findingSchema)),
  retry: z.enum(["now", "later", "never"]),
  details: z.exactOptional(z.record(z.string(), z.unknown())),
  traceId: z.exactOptional(z.string()),
});

export interface ProblemContext {
  readonly instance?: string;
  readonly traceId?: string;
  /** Of `DiagnosticsError`. */
  readonly diagnostics?: readonly Diagnostic[];
  /** Of input that does not fit its schema. */
  readonly problems?: readonly string[];
}

export function problemOf(error: ErrorRecord, context: ProblemContext = {}): Problem {
  const status = statusOf(error.code);
  const findings = [...(context.diagnostics ?? []).map(findingOf), ...(context.problems ?? []).map((message) => ({ message }))];
  return {
    type: `urn:provisioning:error:${error.code}`,
    title: TITLES[status] ?? "Error",
    status,
    detail: error.message,
    ...(context.instance === undefined ? {} : { instance: context.instance }),
    error: { code: error.code, message: error.message, ...(error.hint === undefined ? {} : { hint: error.hint }) },
    ...(findings.length === 0 ? {} : { errors: findings }),
    retry: error.retry,
    ...(error.details === undefined ? {} : { details: error.details }),
    ...(context.traceId === undefined ? {} : { traceId: context.traceId }),
  };
}

function findingOf({ code, summary, hint, position }: Diagnostic): ProblemFinding {
  return {
    ...(code === undefined ? {} : { code }),
    message: summary,
    ...(position === undefined ? {} : { place: `${position.file}:${position.line}:${position.column}` }),
    ...(hint === undefined ? {} : { hint }),
  };
}

/** What kind of failure a code is; codes that are not listed are failures of what was asked for. */
const STATUS_OF: Readonly<Record<string, number>> = {
  INTERNAL: 500,
  TOKEN_MISSING: 401,
  TOKEN_WRONG: 401,
  ORIGIN_REFUSED: 403,
  HOST_REFUSED: 403,
  PATH_OUTSIDE: 403,
  ROUTE_UNKNOWN: 404,
  RUN_NOT_FOUND: 404,
  RUN_NONE: 404,
  RUN_ID_INVALID: 404,
  TARGET_UNKNOWN: 404,
  INFRA_UNKNOWN: 404,
  ACTION_UNKNOWN: 404,
  LOG_NONE: 404,
  METHOD_REFUSED: 405,
  REQUEST_TIMEOUT: 408,
  IDEMPOTENCY_ANSWER_GONE: 409,
  IDEMPOTENCY_CONFLICT: 409,
  IDEMPOTENCY_UNDER_WAY: 409,
  LEASE_HELD: 409,
  RUN_STATUS: 409,
  OPERATION_STATUS: 409,
  RUN_NOT_ENDED: 409,
  RUN_UNFINISHED: 409,
  RUN_OUTDATED: 409,
  RUN_EXISTS: 409,
  CONFIRMATION_NONE: 409,
  MIGRATION_RUNNING: 409,
  VERSION_CONFLICT: 409,
  UPGRADE_MISSING: 426,
  BODY_TOO_LARGE: 413,
  MEDIA_TYPE_UNKNOWN: 415,
  BODY_SYNTAX: 400,
  BODY_TOO_DEEP: 400,
  INPUT_INVALID: 400,
  QUERY_INVALID: 400,
  QUEUE_FULL: 429,
  SERVICE_BUSY: 429,
  STREAMS_FULL: 429,
  SERVICE_STOPPING: 503,
  STORE_FAILED: 503,
  STORE_BUSY: 503,
  STORE_READ_ONLY: 503,
  STORE_DENIED: 503,
  ENGINE_UNREACHABLE: 503,
  DISK_FULL: 507,
};

const UNPROCESSABLE = 422;

export function statusOf(code: string): number {
  return STATUS_OF[code] ?? UNPROCESSABLE;
}

const TITLES: Readonly<Record<number, string>> = {
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  408: "Request Timeout",
  409: "Conflict",
  413: "Content Too Large",
  415: "Unsupported Media Type",
  422: "Unprocessable Content",
  426: "Upgrade Required",
  429: "Too Many Requests",
  500: "Internal Server Error",
  503: "Service Unavailable",
  507: "Insufficient Storage",
};
