/** Whatever is thrown while a request is served, as problem details. What is not one of our errors is a bug: told as such, without its insides. */

import { type Problem, PROBLEM_TYPE, problemOf } from "@provisioning/api";
import { DiagnosticsError, type ErrorRecord, ProvisioningError, toErrorRecord } from "@provisioning/model";
import { InputInvalidError } from "@provisioning/actions";
import type { FastifyReply } from "fastify";

export interface ErrorPlace {
  readonly instance?: string;
  readonly traceId?: string;
}

export function toProblem(error: unknown, place: ErrorPlace): Problem {
  const record = recordOf(error);
  return problemOf(record, {
    ...place,
    ...(error instanceof DiagnosticsError ? { diagnostics: error.diagnostics } : {}),
    ...(error instanceof InputInvalidError ? { problems: error.problems } : {}),
  });
}

/** Seconds after which a client may try again. */
export const RETRY_AFTER = "1";

export function sendProblem(reply: FastifyReply, problem: Problem): void {
  if (problem.status === 429 || problem.status === 503) void reply.header("retry-after", RETRY_AFTER);
  if (problem.status === 401) void reply.header("www-authenticate", "Bearer");
  void reply.code(problem.status).header("content-type", PROBLEM_TYPE).send(JSON.stringify(problem));
}

function recordOf(error: unknown): ErrorRecord {
  if (error instanceof ProvisioningError) return toErrorRecord(error);
  const code = typeof error === "object" && error !== null && "code" in error ? BY_FASTIFY_CODE[String(error.code)] : undefined;
  if (code !== undefined) return { ...code, retry: "never" };
  const status = typeof error === "object" && error !== null && "statusCode" in error ? Number(error.statusCode) : 500;
  if (status >= 400 && status < 500) return { code: "BODY_SYNTAX", message: "The request cannot be read.", retry: "never" };
  return { code: "INTERNAL", message: "The service failed. The log has the reason under the trace id.", retry: "later" };
}

const BODY_SYNTAX = { code: "BODY_SYNTAX", message: "The body is not JSON.", hint: "Send one JSON object, encoded as UTF-8." };

const BY_FASTIFY_CODE: Readonly<Record<string, { readonly code: string; readonly message: string; readonly hint?: string }>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: { code: "BODY_TOO_LARGE", message: "The body is too large.", hint: "At most 1 MiB." },
  FST_ERR_CTP_INVALID_MEDIA_TYPE: {
    code: "MEDIA_TYPE_UNKNOWN",
    message: "The body is of a type that is not read.",
    hint: "Send JSON with the header: content-type: application/json",
  },
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: { code: "BODY_SYNTAX", message: "The body is not as long as its header says." },
  FST_ERR_CTP_EMPTY_JSON_BODY: BODY_SYNTAX,
  FST_ERR_CTP_INVALID_JSON_BODY: BODY_SYNTAX,
  FST_ERR_CTP_BODY_EMPTY: BODY_SYNTAX,
};
