/** A workspace with an infra and its service, for tests of the interface: requests are sent as they are written, also hostile ones. */

import { cp, mkdtemp, rm } from "node:fs/promises";
import { request as httpRequest } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { platformLayout } from "@provisioning/actions";
import { systemClock } from "@provisioning/model";
import { pino } from "pino";
import { type RunningService, startService } from "../start.js";

const platformRoot = fileURLToPath(new URL("../../../../", import.meta.url)).replace(/\/$/, "");

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  /** Of a body that is JSON. */
  json<T = Record<string, unknown>>(): T;
}

export interface AskOptions {
  readonly method?: string;
  /** JSON, or text as it is. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Default: the token of the service. */
  readonly token?: string | null;
}

export interface ServedWorkspace {
  readonly workspace: string;
  readonly url: string;
  readonly token: string;
  ask(path: string, options?: AskOptions): Promise<Answer>;
  /** Ends the service and starts another one on the same workspace. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

export interface ServedOptions {
  readonly flags?: Readonly<Record<string, unknown>>;
  readonly environment?: Readonly<Record<string, string>>;
  /** Whose workspace is copied. Default: one with two servers that do not exist. */
  readonly from?: string;
}

export async function serveWorkspace({ flags = {}, environment = {}, from }: ServedOptions = {}): Promise<ServedWorkspace> {
  const folder = await mkdtemp(join(tmpdir(), "provisioning-served-"));
  const workspace = join(folder, "workspace");
  await cp(join(platformRoot, from ?? "tests/fixtures/small"), workspace, { recursive: true });
  const start = (): Promise<RunningService> =>
    startService({
      port: 0,
      logger: pino({ level: "silent" }),
      context: {
        platform: platformLayout(platformRoot),
        platformVersion: "0.0.0-test",
        clock: systemClock,
        environment: { HOME: folder, XDG_CONFIG_HOME: join(folder, "config"), ...environment },
        currentDir: workspace,
        workspace,
        flags,
        holder: "the service of a test",
      },
    });
  let running = await start();
  return {
    workspace,
    get url() {
      return running.url;
    },
    get token() {
      return running.token;
    },
    ask: (path, options = {}) => ask(running, path, options),
    async restart() {
      await running.close();
      running = await start();
    },
    async close() {
      await running.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function ask({ url, token: own }: RunningService, path: string, options: AskOptions): Promise<Answer> {
  const { method = options.body === undefined ? "GET" : "POST", body, headers = {}, token = own } = options;
  const content = body === undefined ? undefined : typeof body === "string" ? body : JSON.stringify(body);
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      {
        hostname,
        port,
        path,
        method,
        agent: false,
        headers: {
          ...(token === null ? {} : { authorization: `Bearer ${token}` }),
          ...(content === undefined ? {} : { "content-type": "application/json", "content-length": Buffer.byteLength(content) }),
          ...headers,
        },
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("error", reject);
        response.on("end", () => {
          const text = Buffer.concat(chunks).toString("utf8");
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text, json: <T>() => JSON.parse(text) as T });
        });
      },
    );
    request.on("error", reject);
    request.end(content);
  });
}
