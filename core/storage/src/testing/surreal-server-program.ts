/**
 * A SurrealDB server for tests, because no server can be installed everywhere: the engine of `@surrealdb/node` behind a WebSocket and behind
 * HTTP, with the protocol of the SDK (CBOR). `node surreal-server.mjs <packages folder> <port> <url of the engine>`; user and password are in
 * the variables `SERVER_USER` and `SERVER_PASSWORD`; without signing in nothing is answered. `SERVER_LOSES=7`: in place of each seventh
 * answer to a question the connection is closed, after everything was done. Prints `ready <port>`.
 *
 * A real server differs in more than this shows: TLS, limits, permissions of single users, clustering.
 */

import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { loadPackage } from "../backends/surrealdb/sdk.js";

interface Uuid {
  toString(): string;
}

interface Request {
  readonly id?: unknown;
  readonly method: string;
  readonly params?: readonly unknown[];
  readonly session?: Uuid;
}

interface LiveMessage {
  readonly queryId: Uuid;
  readonly action: string;
  readonly recordId?: unknown;
  readonly value?: unknown;
}

interface Engine {
  subscribe(event: "connected" | "error", listener: (error?: Error) => void): () => void;
  open(state: { readonly url: URL }): void;
  send(request: Request): Promise<unknown>;
  liveQuery(id: Uuid): AsyncIterable<LiveMessage>;
}

interface Codec {
  encode(value: unknown): Uint8Array;
  decode(bytes: Uint8Array): unknown;
}

interface Socket {
  readonly readyState: number;
  send(bytes: Uint8Array): void;
  terminate(): void;
  on(event: "message" | "close", listener: (data: Uint8Array) => void): void;
}

interface Sdk {
  readonly CborCodec: new (options: object) => Codec;
  readonly Uuid: new (text: string) => Uuid;
}

interface WebSockets {
  readonly WebSocketServer: new (
    options: object,
  ) => {
    on(event: "connection", listener: (socket: Socket) => void): void;
  };
}

/** Before signing in. */
const OPEN_METHODS: ReadonlySet<string> = new Set([
  "ping",
  "version",
  "signin",
  "authenticate",
  "attach",
  "detach",
  "use",
  "reset",
]);
const SIGNING_IN: ReadonlySet<string> = new Set(["signin", "authenticate"]);
const OPEN = 1;

const [folder = "", port = "0", engineUrl = "mem://"] = process.argv.slice(2);
const { SERVER_USER: user = "", SERVER_PASSWORD: password = "", SERVER_LOSES: loses } = process.env;
const { CborCodec, Uuid } = await loadPackage<Sdk>("surrealdb", folder);
const { createNodeEngines } = await loadPackage<{
  readonly createNodeEngines: () => Record<string, (context: object) => Engine>;
}>("@surrealdb/node", folder);
const { WebSocketServer } = await loadPackage<WebSockets>("ws", folder);

const codec = new CborCodec({});
let questions = 0;
const engine = await startEngine();

async function startEngine(): Promise<Engine> {
  const context = { options: {}, uniqueId: () => randomUUID(), codecs: { cbor: codec } };
  const started = createNodeEngines()[engineUrl.split(":")[0] ?? ""]?.(context);
  if (started === undefined) throw new Error(`no engine for ${engineUrl}`);
  await new Promise<void>((resolve, reject) => {
    started.subscribe("connected", () => resolve());
    started.subscribe("error", reject);
    started.open({ url: new URL(engineUrl) });
  });
  return started;
}

/** What somebody who is connected may do. */
class Visitor {
  readonly #id = new Uuid(randomUUID());
  readonly #attached = engine.send({ method: "attach", session: this.#id });
  #isSignedIn = false;

  async answer(request: Request): Promise<{ readonly result: unknown } | { readonly error: unknown }> {
    try {
      await this.#attached;
      if (!this.#isSignedIn && !OPEN_METHODS.has(request.method)) {
        const message = "Anonymous access not allowed: Not enough permissions to perform this action";
        return { error: { code: -32002, kind: "NotAllowed", message } };
      }
      const { method, params } = request;
      const result = await engine.send({ method, ...(params === undefined ? {} : { params }), session: this.#id });
      if (SIGNING_IN.has(method)) this.#isSignedIn = true;
      return { result };
    } catch (error) {
      const { code = -32000, kind = "Internal", message, details } = error as Error & Record<string, unknown>;
      return { error: { code, kind, message, ...(details == null ? {} : { details }) } };
    }
  }

  leave(): void {
    engine.send({ method: "detach", session: this.#id }).catch(() => {});
  }
}

function welcome(socket: Socket): void {
  const visitor = new Visitor();
  const say = (message: unknown) => {
    if (socket.readyState === OPEN) socket.send(codec.encode(message));
  };
  const forward = async (queryId: Uuid) => {
    for await (const { action, recordId, value } of engine.liveQuery(queryId)) {
      say({ result: { id: queryId, action, record: recordId, result: value } });
    }
  };
  socket.on("message", (data) => {
    const request = codec.decode(new Uint8Array(data)) as Request;
    void visitor.answer(request).then((answer) => {
      if ("result" in answer && Array.isArray(answer.result)) {
        for (const { type, result } of answer.result as { type?: string; result: Uuid }[]) {
          if (type === "live") void forward(result);
        }
      }
      if (request.method === "query") questions += 1;
      if (loses !== undefined && request.method === "query" && questions % Number(loses) === 0) socket.terminate();
      else say({ id: request.id, ...answer });
    });
  });
  socket.on("close", () => visitor.leave());
}

async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.method !== "POST" || request.url !== "/rpc") {
    response.writeHead(request.url === "/health" ? 200 : 404).end();
    return;
  }
  const visitor = new Visitor();
  const asked = codec.decode(new Uint8Array(await buffer(request))) as Request;
  const { authorization, "surreal-ns": namespace, "surreal-db": database } = request.headers;
  const bearer = /^Bearer (.+)$/.exec(authorization ?? "")?.[1];
  if (bearer !== undefined) await visitor.answer({ method: "authenticate", params: [bearer] });
  if (namespace !== undefined) await visitor.answer({ method: "use", params: [namespace, database] });
  const answer = await visitor.answer(asked);
  visitor.leave();
  response.writeHead(200, { "content-type": "application/cbor" }).end(codec.encode({ id: asked.id, ...answer }));
}

async function defineUser(): Promise<void> {
  const session = new Uuid(randomUUID());
  await engine.send({ method: "attach", session });
  const text = `DEFINE USER OVERWRITE ${user} ON ROOT PASSWORD "${password}" ROLES OWNER`;
  await engine.send({ method: "query", params: [text, {}], session });
  await engine.send({ method: "detach", session });
}

await defineUser();
const server = createServer((request, response) => {
  serve(request, response).catch(() => response.writeHead(500).end());
});
const handleProtocols = (offered: ReadonlySet<string>) => (offered.has("cbor") ? "cbor" : false);
new WebSocketServer({ server, path: "/rpc", handleProtocols }).on("connection", welcome);
server.listen(Number(port), "127.0.0.1", () => console.log(`ready ${(server.address() as AddressInfo).port}`));
