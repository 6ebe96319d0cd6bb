/** Whatever is thrown while a request is served, as problem details. What is not one of our errors is a bug: told as such, without its insides. */

import { type Problem, PROBLEM_TYPE, problemOf } from "@provisioning/api";
import { DiagnosticsError, type ErrorRecord, ProvisioningError, toErrorRecord } from "@provisioning/model";
import { InputInvalidError } from "@provisioning/actions";
import type { FastifyReply } from "fastify";

export interface ErrorPlace {
  readonly instance?: string;
  readonly traceId?: string;
  /** What a body may have at most. */
  readonly bodyBytes?: number;
}

export function toProblem(error: unknown, { bodyBytes, ...place }: ErrorPlace): Problem {
  const record = recordOf(error, place.traceId, bodyBytes);
  return problemOf(record, {
    ...place,
    ...(error instanceof DiagnosticsError ? { diagnostics: error.diagnostics } : {}),
    ...(error instanceof InputInvalidError ? { problems: error.problems } : {}),
  });
}

/** Seconds after which a client may try again. */
export const RETRY_AFTER = "1";

export function sendProblem(reply: FastifyReply, problem: Problem): void {
  if (problem.status === 429 || problem.status === 503 || problem.error.code === "IDEMPOTENCY_UNDER_WAY")
    void reply.header("retry-after", RETRY_AFTER);
  if (problem.status === 401) void reply.header("www-authenticate", "Bearer");
  void reply.code(problem.status).header("content-type", PROBLEM_TYPE).send(JSON.stringify(problem));
}

function recordOf(error: unknown, traceId = "ID", bodyBytes = 0): ErrorRecord {
  if (error instanceof ProvisioningError) return toErrorRecord(error);
  const code = codeIn(error);
  if (code === "FST_ERR_CTP_BODY_TOO_LARGE") return tooLarge(bodyBytes);
  const known = BY_CODE[code];
  if (known !== undefined) return { retry: "never", ...known };
  const status = typeof error === "object" && error !== null && "statusCode" in error ? Number(error.statusCode) : 500;
  if (status >= 400 && status < 500) return { ...UNREADABLE, retry: "never" };
  return {
    code: "INTERNAL",
    message: "The service failed. The log has the reason under the trace id.",
    hint: `Read the reason with: provisioning trace ${traceId}. It is an error in the platform; please report it.`,
    retry: "later",
  };
}

function tooLarge(bodyBytes: number): ErrorRecord {
  return {
    code: "BODY_TOO_LARGE",
    message: `The body has more than ${bodyBytes / 1024} KiB.`,
    hint: "Put it into a file of the workspace and name that, or raise orchestrator.body_limit_kib.",
    retry: "never",
  };
}

/** Of what is not even HTTP, and has no headers that could be looked at. */
export function rawAnswer(error: unknown): string {
  const problem = toProblem(Object.assign(new Error(), { statusCode: 400, code: codeIn(error) }), {});
  const text = JSON.stringify(problem);
  const head = [`content-type: ${PROBLEM_TYPE}`, `content-length: ${Buffer.byteLength(text)}`, "connection: close"];
  return [`HTTP/1.1 ${problem.status} ${problem.title}`, ...head, "", text].join("\r\n");
}

function codeIn(error: unknown): string {
  return typeof error === "object" && error !== null && "code" in error ? String(error.code) : "";
}

const UNREADABLE = {
  code: "BODY_SYNTAX",
  message: "The request cannot be read.",
  hint: "Send HTTP/1.1 with a path, headers and JSON as GET /openapi.json describes them.",
};

const BODY_SYNTAX = { code: "BODY_SYNTAX", message: "The body is not JSON.", hint: "Send one JSON object, encoded as UTF-8." };

/** Of Fastify and of Node. */
const BY_CODE: Readonly<Record<string, Pick<ErrorRecord, "code" | "message" | "hint"> & Partial<Pick<ErrorRecord, "retry">>>> = {
  ERR_HTTP_REQUEST_TIMEOUT: {
    code: "REQUEST_TIMEOUT",
    message: "The request took longer to arrive than the service waits for it.",
    hint: "Send it again, or raise orchestrator.request_timeout_seconds for slow connections.",
    retry: "later",
  },
  FST_ERR_CTP_INVALID_MEDIA_TYPE: {
    code: "MEDIA_TYPE_UNKNOWN",
    message: "The body is of a type that is not read.",
    hint: "Send JSON with the header: content-type: application/json",
  },
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: {
    code: "BODY_SYNTAX",
    message: "The body is not as long as its header says.",
    hint: "Leave the header to your HTTP client.",
  },
  FST_ERR_CTP_EMPTY_JSON_BODY: BODY_SYNTAX,
  FST_ERR_CTP_INVALID_JSON_BODY: BODY_SYNTAX,
  FST_ERR_CTP_BODY_EMPTY: BODY_SYNTAX,
};
