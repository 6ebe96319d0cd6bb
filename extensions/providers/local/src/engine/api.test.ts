import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type RequestListener, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createEngineApi, type EngineLine } from "./api.js";

let folder: string;
const servers: Server[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "engine-api-"));
});
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
  rmSync(folder, { recursive: true });
});

async function engineThat(listener: RequestListener) {
  const socketPath = join(folder, "engine.sock");
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(socketPath, resolve));
  return createEngineApi({ kind: "unix", socketPath });
}

const answering = (status: number, body: unknown) =>
  engineThat((_, response) => response.writeHead(status).end(typeof body === "string" ? body : JSON.stringify(body)));

function frame(stream: number, text: string): Buffer {
  const head = Buffer.alloc(8);
  head[0] = stream;
  head.writeUInt32BE(Buffer.byteLength(text), 4);
  return Buffer.concat([head, Buffer.from(text)]);
}

describe("EngineApi", () => {
  it("sends JSON and the query, and parses the answer", async () => {
    const api = await engineThat((request, response) => {
      let body = "";
      request.on("data", (chunk: Buffer) => (body += chunk.toString()));
      request.on("end", () => response.end(JSON.stringify({ url: request.url, body: JSON.parse(body) as unknown })));
    });
    const answer = await api.call("POST", "/x", { query: { a: 1, list: ["p", "q"], none: undefined }, body: { b: 2 } });
    expect(answer).toEqual({ url: "/x?a=1&list=p&list=q", body: { b: 2 } });
  });

  it("takes an empty answer as undefined", async () => {
    expect(await (await answering(204, "")).call("POST", "/x")).toBeUndefined();
  });

  it("finds nothing where the engine answers 404", async () => {
    const api = await answering(404, { message: "no such container" });
    expect(await api.find("/containers/x/json")).toBeUndefined();
    await expect(api.call("GET", "/containers/x/json")).rejects.toMatchObject({
      status: 404,
      engineMessage: "no such container",
    });
  });

  it("recognises a full disk", async () => {
    const api = await answering(500, { message: "write /var/lib/docker/x: no space left on device" });
    await expect(api.call("POST", "/containers/create")).rejects.toMatchObject({ code: "DISK_FULL", retry: "later" });
  });

  it("says that no engine is there, with a hint", async () => {
    const api = createEngineApi({ kind: "unix", socketPath: join(folder, "none.sock") });
    await expect(api.call("GET", "/version")).rejects.toMatchObject({ code: "ENGINE_UNREACHABLE", retry: "later" });
  });

  it("says that the engine went away in the middle of an answer", async () => {
    const api = await engineThat((_, response) => {
      response.writeHead(200).write('{"half":');
      setTimeout(() => response.destroy(), 20);
    });
    await expect(api.call("GET", "/info")).rejects.toMatchObject({ code: "ENGINE_UNREACHABLE" });
  });

  it("gives up on an engine that stays silent", async () => {
    const api = await engineThat(() => undefined);
    await expect(api.call("GET", "/info", { timeoutMs: 50 })).rejects.toMatchObject({ code: "ENGINE_UNREACHABLE" });
  });

  it("ends with the reason of the signal", async () => {
    const api = await engineThat(() => undefined);
    const controller = new AbortController();
    const call = api.call("GET", "/info", { signal: controller.signal });
    controller.abort(new Error("cancelled by me"));
    await expect(call).rejects.toThrow("cancelled by me");
  });

  it("reads lines that arrive in pieces, and throws the error that one of them holds", async () => {
    const api = await engineThat((_, response) => {
      response.write('{"status":"on');
      setTimeout(() => response.end('e"}\n{"status":"two"}\n{"error":"no such image"}'), 20);
    });
    const seen: EngineLine[] = [];
    await expect(api.lines("POST", "/images/create", {}, (line) => seen.push(line))).rejects.toThrow("no such image");
    expect(seen.map((line) => line.status)).toEqual(["one", "two"]);
  });

  it("tells the output of a command apart from its errors", async () => {
    const api = await engineThat((request, response) => {
      if (request.url === "/containers/c/exec") response.end('{"Id":"e"}');
      else if (request.url === "/exec/e/start") response.end(Buffer.concat([frame(1, "out"), frame(2, "err"), frame(1, "put")]));
      else response.end('{"ExitCode":3}');
    });
    expect(await api.exec("c", ["true"])).toEqual({ exitCode: 3, stdout: "output", stderr: "err" });
  });
});
