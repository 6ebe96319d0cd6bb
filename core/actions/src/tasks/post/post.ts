/**
 * Sends one JSON document to an address that somebody chose. Names are resolved once; the address that was looked at is the one that is
 * called, so a name that points elsewhere a moment later changes nothing. Redirects are not followed. The address is a secret: what is
 * thrown names the host at most.
 */

import { lookup as resolveName } from "node:dns";
import { type IncomingMessage, request as requestPlain } from "node:http";
import { request as requestSecure } from "node:https";
import type { LookupFunction } from "node:net";
import { type Json, ProvisioningError, type Redactor } from "@provisioning/model";
import { isPrivateAddress } from "./private-address.js";

export interface PostOptions {
  /** A secret. */
  readonly url: string;
  readonly body: Json;
  readonly headers?: Readonly<Record<string, string>>;
  readonly allowPrivate: boolean;
  readonly redactor: Redactor;
  readonly signal: AbortSignal;
  /** Default 15 s. */
  readonly timeoutMs?: number;
  /** Default: the system's. */
  readonly resolve?: typeof resolveName;
}

const TIMEOUT_MS = 15_000;
/** Of an answer; the rest is not read. */
const MAX_ANSWER = 64 * 1024;
const SHOWN_ANSWER = 200;

/** Gives the status of the answer. @throws NotificationError, NotificationRefusedError */
export async function post(options: PostOptions): Promise<number> {
  const { redactor, signal, timeoutMs = TIMEOUT_MS } = options;
  const url = parseUrl(options.url);
  redactor.add(options.url);
  redactor.add(`${url.pathname}${url.search}`);
  const host = url.hostname.replace(/^\[|\]$/g, "");
  if (!options.allowPrivate && isLiteral(host) && isPrivateAddress(host)) throw new NotificationRefusedError(host);
  const limit = AbortSignal.timeout(timeoutMs);
  try {
    const answer = await send(url, options, AbortSignal.any([signal, limit]));
    if (answer.status >= 200 && answer.status < 300) return answer.status;
    const text = redactor.text(answer.text.trim()).slice(0, SHOWN_ANSWER);
    const canHelp = answer.status === 429 || answer.status >= 500;
    throw new NotificationError(host, `it answered ${answer.status}${text === "" ? "" : `: ${text}`}`, canHelp);
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof ProvisioningError) throw error;
    if (limit.aborted) throw new NotificationError(host, `it did not answer within ${timeoutMs} ms`, true);
    const code = error instanceof Error && "code" in error ? String(error.code) : "the connection failed";
    throw new NotificationError(host, redactor.text(code), true);
  }
}

function parseUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && (url.protocol === "https:" || url.protocol === "http:") && url.username === "") return url;
  throw new ProvisioningError({
    code: "NOTIFICATION_URL_INVALID",
    message: "The webhook is not an address that can be called.",
    hint: "It must begin with https:// or http:// and hold no user name.",
  });
}

/** Every way to write one: the URL parser has normalised them. */
function isLiteral(host: string): boolean {
  return /^[\d.]+$/.test(host) || host.includes(":");
}

interface Answer {
  readonly status: number;
  readonly text: string;
}

function send(url: URL, options: PostOptions, signal: AbortSignal): Promise<Answer> {
  const body = JSON.stringify(options.body);
  const request = url.protocol === "https:" ? requestSecure : requestPlain;
  return new Promise((resolve, reject) => {
    const sent = request(
      url,
      {
        method: "POST",
        signal,
        // A connection that is kept may have been made to another address.
        agent: false,
        lookup: checkedLookup(options),
        headers: {
          "content-type": "application/json",
          "content-length": Buffer.byteLength(body),
          "user-agent": "provisioning",
          ...options.headers,
        },
      },
      (answer) => {
        read(answer).then((text) => resolve({ status: answer.statusCode ?? 0, text }), reject);
      },
    );
    sent.on("error", reject);
    sent.end(body);
  });
}

async function read(answer: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of answer as AsyncIterable<Buffer>) {
    parts.push(part);
    size += part.length;
    if (size >= MAX_ANSWER) break;
  }
  return Buffer.concat(parts).toString("utf8").slice(0, MAX_ANSWER);
}

/** Nothing is called when one of a name's addresses may not be: whoever answers for the name chooses which one is used. */
function checkedLookup({ allowPrivate, resolve = resolveName }: PostOptions): LookupFunction {
  return (host, lookupOptions, callback) => {
    resolve(host, { ...lookupOptions, all: true }, (error, addresses) => {
      const [first] = addresses ?? [];
      if (error !== null || first === undefined) {
        callback(error ?? new Error("the name has no address"), "", 4);
        return;
      }
      if (!allowPrivate && addresses.some(({ address }) => isPrivateAddress(address))) {
        callback(new NotificationRefusedError(host), "", 4);
        return;
      }
      if (lookupOptions.all === true) callback(null, addresses);
      else callback(null, first.address, first.family);
    });
  };
}

/** Nothing was sent. */
class NotificationRefusedError extends ProvisioningError {
  constructor(host: string) {
    super({
      code: "NOTIFICATION_ADDRESS_REFUSED",
      message: `${host} is an address of a private network, of this machine or of its cloud; such addresses are not called.`,
      hint: "If it is meant, allow it in config/provisioning.yaml: notifications.allow_private_addresses: yes",
    });
  }
}

class NotificationError extends ProvisioningError {
  constructor(host: string, reason: string, canHelp: boolean) {
    super({
      code: "NOTIFICATION_FAILED",
      message: `The notification could not be delivered to ${host}: ${reason}.`,
      hint: "Look at the webhook's address and at what it takes.",
      retry: canHelp ? "now" : "never",
    });
  }
}
