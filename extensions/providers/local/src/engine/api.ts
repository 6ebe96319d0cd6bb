/**
 * A small client for the Docker Engine API, which Docker and Podman both serve.
 *
 * Written on `node:http` instead of using a client library: the usual one loads gRPC and protobuf for image builds that we do not
 * use (110 ms and 23 MB at each start of the command line, against 3 ms), and we need few calls, each with a time limit and an
 * abort signal. Paths carry no API version, so every engine answers with the newest it speaks.
 */

import { request as httpRequest, type IncomingMessage, type RequestOptions } from "node:http";
import type { Readable } from "node:stream";
import { connectionError, isGone, responseError } from "./errors.js";
import { demultiplex } from "./multiplexed-stream.js";

/** How an engine is reached. */
export type EngineEndpoint =
  | { readonly kind: "unix"; readonly socketPath: string }
  | {
      readonly kind: "tcp";
      readonly host: string;
      readonly port: number;
      readonly tls?: { readonly ca: string; readonly cert: string; readonly key: string };
    };

export interface CallOptions {
  readonly query?: Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Sent as it is, as a tar archive; instead of `body`. */
  readonly archive?: Readable | Buffer;
  readonly signal?: AbortSignal | undefined;
  /** For silence on the connection, not for the whole answer. Default 120 s. */
  readonly timeoutMs?: number;
}

export interface ExecResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export type Method = "GET" | "POST" | "PUT" | "DELETE" | "HEAD";

export interface EngineApi {
  readonly endpoint: EngineEndpoint;
  /** The parsed answer; `undefined` when it is empty. @throws EngineResponseError, EngineUnreachableError, DiskFullError */
  call<T>(method: Method, path: string, options?: CallOptions): Promise<T>;
  /** Like `call`, and `undefined` when the engine answers 404. */
  find<T>(path: string, options?: CallOptions): Promise<T | undefined>;
  /** The answer as it is (an archive), and `undefined` when the engine answers 404. */
  findBytes(path: string, options?: CallOptions): Promise<Buffer | undefined>;
  /** Calls that answer with one JSON object per line (pull, import). An object with `error` in it is thrown. */
  lines(method: Method, path: string, options: CallOptions, onLine: (line: EngineLine) => void): Promise<void>;
  /** Runs a command in a running container and waits for its end. */
  exec(
    container: string,
    command: readonly string[],
    options?: { readonly signal?: AbortSignal | undefined },
  ): Promise<ExecResult>;
  /** The last lines that a container printed. */
  logs(container: string, lines: number): Promise<string>;
}

/** A line of progress of a pull or an import. */
export interface EngineLine {
  readonly status?: string;
  readonly id?: string;
  readonly error?: string;
}

/** The engine can be silent for long while it unpacks layers; more than this means that it hangs. */
const DEFAULT_SILENCE_MS = 120_000;

export function createEngineApi(endpoint: EngineEndpoint): EngineApi {
  const send = (method: Method, path: string, options: CallOptions = {}) => sendRequest(endpoint, method, path, options);

  const call = async <T>(method: Method, path: string, options: CallOptions = {}): Promise<T> => {
    const text = await readText(endpoint, await send(method, path, options));
    return (text === "" ? undefined : parseAnswer(text)) as T;
  };

  return {
    endpoint,
    call,
    find: (path, options) => unlessMissing(call("GET", path, options)),
    findBytes: (path, options) => unlessMissing(send("GET", path, options).then((response) => readBytes(endpoint, response))),
    async lines(method, path, options, onLine) {
      const response = await send(method, path, options);
      for await (const line of readLines(endpoint, response)) {
        const parsed = parseAnswer(line) as EngineLine;
        if (typeof parsed?.error === "string") throw responseError(method, path, 500, parsed.error);
        onLine(parsed);
      }
    },
    async exec(container, command, { signal } = {}) {
      const body = { AttachStdout: true, AttachStderr: true, Cmd: command };
      const { Id } = await call<{ Id: string }>("POST", `/containers/${container}/exec`, { body, signal });
      const stream = await send("POST", `/exec/${Id}/start`, { body: { Detach: false, Tty: false }, signal });
      const output = demultiplex(await readBytes(endpoint, stream));
      const { ExitCode } = await call<{ ExitCode: number | null }>("GET", `/exec/${Id}/json`, { signal });
      return { exitCode: ExitCode ?? -1, ...output };
    },
    async logs(container, lines) {
      const response = await send("GET", `/containers/${container}/logs`, { query: { stdout: true, stderr: true, tail: lines } });
      const { stdout, stderr } = demultiplex(await readBytes(endpoint, response));
      return `${stdout}${stderr}`.trim();
    },
  };
}

async function unlessMissing<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
}

/** Settles with the answer's head; an answer of 400 and more is read and thrown. */
async function sendRequest(
  endpoint: EngineEndpoint,
  method: Method,
  path: string,
  options: CallOptions,
): Promise<IncomingMessage> {
  const response = await openRequest(endpoint, method, path, options);
  const status = response.statusCode ?? 500;
  if (status < 400) return response;
  throw responseError(method, path, status, errorText(await readText(endpoint, response)));
}

async function openRequest(
  endpoint: EngineEndpoint,
  method: Method,
  path: string,
  options: CallOptions,
): Promise<IncomingMessage> {
  const payload = options.body === undefined ? undefined : Buffer.from(JSON.stringify(options.body));
  const requestOptions: RequestOptions = {
    ...target(endpoint),
    method,
    path: `${path}${queryText(options.query)}`,
    headers: headersFor(payload, options.archive),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  };
  // TLS is loaded only by those who need it.
  const isSecure = endpoint.kind === "tcp" && endpoint.tls !== undefined;
  const open = isSecure ? (await import("node:https")).request : httpRequest;
  return new Promise((resolve, reject) => {
    const request = open(requestOptions, resolve);
    const limit = options.timeoutMs ?? DEFAULT_SILENCE_MS;
    request.setTimeout(limit, () =>
      request.destroy(Object.assign(new Error(`no answer for ${limit} ms`), { code: "ETIMEDOUT" })),
    );
    request.on("error", (error) => reject(connectionError(endpoint, error, options.signal)));
    if (options.archive === undefined || Buffer.isBuffer(options.archive)) request.end(options.archive ?? payload);
    else options.archive.on("error", (error) => request.destroy(error)).pipe(request);
  });
}

function target(endpoint: EngineEndpoint): RequestOptions {
  if (endpoint.kind === "unix") return { socketPath: endpoint.socketPath, host: "localhost" };
  return { host: endpoint.host, port: endpoint.port, ...endpoint.tls };
}

function headersFor(payload: Buffer | undefined, archive: CallOptions["archive"]): Record<string, string | number> {
  if (archive !== undefined) return { "content-type": "application/x-tar" };
  return payload === undefined ? {} : { "content-type": "application/json", "content-length": payload.length };
}

function queryText(query: CallOptions["query"]): string {
  const params = new URLSearchParams();
  for (const [key, value] of Object.entries(query ?? {})) {
    for (const item of Array.isArray(value) ? (value as readonly string[]) : [value]) {
      if (item !== undefined) params.append(key, String(item));
    }
  }
  const text = params.toString();
  return text === "" ? "" : `?${text}`;
}

async function readBytes(endpoint: EngineEndpoint, response: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of response) chunks.push(chunk as Buffer);
  } catch (error) {
    throw connectionError(endpoint, error, undefined);
  }
  return Buffer.concat(chunks);
}

async function* readLines(endpoint: EngineEndpoint, response: IncomingMessage): AsyncGenerator<string> {
  let rest = "";
  try {
    for await (const chunk of response.setEncoding("utf8")) {
      const lines = (rest + String(chunk)).split("\n");
      rest = lines.pop() ?? "";
      yield* lines.filter((line) => line.trim() !== "");
    }
  } catch (error) {
    throw connectionError(endpoint, error, undefined);
  }
  if (rest.trim() !== "") yield rest;
}

async function readText(endpoint: EngineEndpoint, response: IncomingMessage): Promise<string> {
  return (await readBytes(endpoint, response)).toString("utf8");
}

function parseAnswer(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function errorText(text: string): string {
  const parsed = parseAnswer(text);
  const message = typeof parsed === "object" && parsed !== null ? (parsed as { message?: unknown }).message : undefined;
  return typeof message === "string" ? message : text.trim();
}
