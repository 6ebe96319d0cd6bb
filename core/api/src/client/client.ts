/**
 * The client of a running service. Whatever was accepted is followed to its end: through lost connections and restarts of the service,
 * with nothing told twice.
 */

import { randomUUID } from "node:crypto";
import { type ErrorRecord, type Json, type JsonObject, ProvisioningError } from "@provisioning/model";
import { createParser, type EventSourceMessage } from "eventsource-parser";
import { EVENT_STREAM_TYPE } from "../event-stream.js";
import type { Problem } from "../problem.js";
import type { Accepted } from "../task.js";
import { errorOf, ServiceGoneError } from "./errors.js";

export interface InvokeOptions {
  readonly signal: AbortSignal;
  /** Asks that what was accepted is stopped in order; called by nobody else. */
  readonly drain: AbortSignal;
  /** What happens, as the action tells it. */
  readonly onEvent: (event: Json) => void;
  /** Once it is true of an event, the rest is left to the service, and the answer is `null`. Default: never. */
  readonly leaveWhen?: (event: Json) => boolean;
  /** Asked with the plan before anything changes. */
  readonly onConfirm: (plan: Json) => Promise<boolean>;
  /** Configuration values that flags give. */
  readonly flags: JsonObject;
  /** Variables of the environment that set such values: they count instead of the service's own. */
  readonly variables: Readonly<Record<string, string>>;
  /** The command as it was typed. */
  readonly command: string;
  /** The service does not answer for the moment; it is asked again. */
  readonly onWaiting: () => void;
}

export interface ServiceClient {
  /** The answer of an action. @throws ServiceGoneError; whatever the action throws */
  invoke(action: string, input: Json, options: InvokeOptions): Promise<Json>;
}

export interface ClientOptions {
  readonly url: string;
  readonly token: string;
  /** Where the service is by now: it may have begun anew. Absent: nowhere for the moment. */
  readonly find?: () => Promise<{ readonly url: string; readonly token: string } | undefined>;
  /** 32 hex digits, sent along so that the log lines of both sides belong together. */
  readonly traceId: string;
  /** How long a service that does not answer is waited for. Default 60 s: a restart. */
  readonly patienceMs?: number;
}

const DEFAULT_PATIENCE_MS = 60_000;
const PAUSE_MS = 250;

export function createClient(given: ClientOptions): ServiceClient {
  const options: Reached = { ...given };
  return {
    async invoke(action, input, invokeOptions) {
      const { flags, variables, command, signal, onWaiting } = invokeOptions;
      const body = JSON.stringify({ input, flags, variables, command, approve: "ask" });
      const answer = await send(options, { path: `/actions/${action}`, body, key: randomUUID() }, { signal, onWaiting });
      if (answer.status !== 202) return (await answer.json()) as Json;
      return follow(options, (await answer.json()) as Accepted, invokeOptions);
    },
  };
}

/** Options that follow the service when it moves. */
type Reached = { -readonly [Key in "url" | "token"]: string } & ClientOptions;

interface Sent {
  readonly path: string;
  /** Absent: a question. */
  readonly body?: string;
  readonly key?: string;
  readonly lastEventId?: string | undefined;
}

type Waiting = Pick<InvokeOptions, "signal" | "onWaiting">;

/** Sent again until it is answered: the key makes it one request however often it arrives. @throws ServiceGoneError, and what was answered */
async function send(options: Reached, sent: Sent, { signal, onWaiting }: Waiting): Promise<Response> {
  const { patienceMs = DEFAULT_PATIENCE_MS } = options;
  let silentSince: number | undefined;
  for (;;) {
    try {
      const answer = await fetch(`${options.url}${sent.path}`, { ...requestOf(options, sent), signal });
      if (answer.ok) return answer;
      const problem = await problemIn(answer);
      // A service that began anew has a new token; one that is busy is asked again.
      if (!isAway(problem, answer.status) && !(answer.status === 401 && silentSince !== undefined))
        throw errorOf(recordOf(problem, answer.status));
      if (silentSince !== undefined && Date.now() - silentSince > patienceMs) throw errorOf(recordOf(problem, answer.status));
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof ProvisioningError) throw error;
      if (silentSince !== undefined && Date.now() - silentSince > patienceMs) throw new ServiceGoneError(options.url, error);
    }
    if (silentSince === undefined) onWaiting();
    silentSince ??= Date.now();
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    Object.assign(options, await options.find?.());
  }
}

function requestOf({ token, traceId }: ClientOptions, { body, key, lastEventId }: Sent): RequestInit {
  return {
    method: body === undefined ? "GET" : "POST",
    headers: {
      authorization: `Bearer ${token}`,
      traceparent: `00-${traceId}-${traceId.slice(0, 16)}-01`,
      accept: body === undefined ? EVENT_STREAM_TYPE : "application/json",
      ...(body === undefined ? {} : { "content-type": "application/json" }),
      ...(key === undefined ? {} : { "idempotency-key": key }),
      ...(lastEventId === undefined ? {} : { "last-event-id": lastEventId }),
    },
    ...(body === undefined ? {} : { body }),
    redirect: "error",
  };
}

/** It is the service that cannot answer for the moment, and not what it was asked for that cannot be had. */
const AWAY: ReadonlySet<string> = new Set(["SERVICE_BUSY", "SERVICE_STOPPING", "STORE_BUSY", "STORE_FAILED"]);

function isAway(problem: Problem | undefined, status: number): boolean {
  return problem?.error === undefined ? status === 503 : AWAY.has(problem.error.code);
}

/** Said by something before the service, which has words of its own for it. */
const DENIED: ErrorRecord = {
  code: "SERVICE_DENIED",
  message: "The service does not let this command in.",
  hint: "Look at what stands between: a proxy, a gateway. Start the service again for a new token.",
  retry: "never",
};

async function problemIn(answer: Response): Promise<Problem | undefined> {
  try {
    return (await answer.json()) as Problem;
  } catch {
    return undefined;
  }
}

function recordOf(problem: Problem | undefined, status: number): ErrorRecord {
  if (problem?.error === undefined && (status === 401 || status === 403)) return DENIED;
  if (problem?.error === undefined)
    return { code: "SERVICE_ANSWER", message: "The service gave no usable answer.", retry: "later" };
  const { error, retry, details } = problem;
  return { ...error, retry, ...(details === undefined ? {} : { details }) };
}

/** Reads what happens until the task has ended. */
async function follow(options: Reached, accepted: Accepted, invokeOptions: InvokeOptions): Promise<Json> {
  const { signal, drain, onEvent, onConfirm, onWaiting, leaveWhen } = invokeOptions;
  const post = (path: string, body: Json) =>
    send(options, { path, body: JSON.stringify(body), key: randomUUID() }, { signal, onWaiting });
  const cancel = () => void post(`/tasks/${accepted.id}/cancel`, { mode: "drain", reason: "interrupted" }).catch(() => {});
  drain.addEventListener("abort", cancel, { once: true });
  const agreed = new Set<string>();
  let lastEventId: string | undefined;
  let outcome: Outcome | undefined;
  let isLeft = false;
  const tell = async ({ event, data, id }: EventSourceMessage): Promise<void> => {
    if (id !== undefined) lastEventId = id;
    const value = JSON.parse(data) as Json;
    if (event === "action") {
      onEvent(value);
      isLeft ||= leaveWhen?.(value) === true;
    } else if (event === "confirm") {
      const { digest, plan } = value as unknown as { readonly digest: string; readonly plan: Json };
      // Asked again after a restart: the same plan was agreed to already.
      const answer = agreed.has(digest) || (await onConfirm(plan));
      if (answer) agreed.add(digest);
      await post(`/tasks/${accepted.id}/confirm`, { digest, answer });
    } else if (event === "end") outcome = value as unknown as Outcome;
  };
  try {
    while (outcome === undefined && !isLeft) {
      const answer = await send(options, { path: accepted.links.events, lastEventId }, { signal, onWaiting });
      await readMessages(answer, tell, () => isLeft).catch((error: unknown) => {
        signal.throwIfAborted();
        if (error instanceof ProvisioningError) throw error;
      });
    }
  } catch (error) {
    if (signal.aborted) await cancelNow(options, accepted);
    throw error;
  } finally {
    drain.removeEventListener("abort", cancel);
  }
  if (outcome === undefined) return null;
  if (outcome.error !== undefined) throw errorOf(outcome.error);
  return outcome.result ?? null;
}

interface Outcome {
  readonly result?: Json;
  readonly error?: ErrorRecord;
}

/** Whoever stops at once does not wait for the answer for long. */
async function cancelNow(options: ClientOptions, { id }: Accepted): Promise<void> {
  const sent = { path: `/tasks/${id}/cancel`, body: JSON.stringify({ mode: "abort", reason: "interrupted" }), key: randomUUID() };
  await fetch(`${options.url}${sent.path}`, { ...requestOf(options, sent), signal: AbortSignal.timeout(3_000) }).catch(() => {});
}

/** One message after the other, in order. Ends when the connection does, or when it is enough. */
async function readMessages(
  answer: Response,
  tell: (message: EventSourceMessage) => Promise<void>,
  isEnough: () => boolean,
): Promise<void> {
  const waiting: EventSourceMessage[] = [];
  const parser = createParser({ onEvent: (message) => void waiting.push(message) });
  const decoder = new TextDecoder();
  for await (const chunk of answer.body ?? []) {
    parser.feed(decoder.decode(chunk, { stream: true }));
    for (const message of waiting.splice(0)) {
      await tell(message);
      if (isEnough()) return;
    }
  }
}
