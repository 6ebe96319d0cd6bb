import { EventEmitter, once } from "node:events";
import { createServer, request, type Server } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { afterEach, expect, it } from "vitest";
import { type AcceptOptions, acceptTogether } from "./accept.js";

const servers: Server[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

/** A server that notes how many connections were in when each request came, and how long its body was. */
async function listening(options: AcceptOptions = {}): Promise<{ port: number; inAt: number[]; lengths: number[] }> {
  let inside = 0;
  const inAt: number[] = [];
  const lengths: number[] = [];
  const server = createServer((received, answer) => {
    inAt.push(inside);
    let length = 0;
    received.on("data", (part: Buffer) => (length += part.length));
    received.on("end", () => {
      lengths.push(length);
      answer.end("done");
    });
  });
  acceptTogether(server, options);
  server.prependListener("connection", () => {
    inside += 1;
  });
  servers.push(server);
  await once(server.listen(0, "127.0.0.1"), "listening");
  return { port: (server.address() as AddressInfo).port, inAt, lengths };
}

const post = (port: number, agent?: false) => send("POST", port, agent);

function send(method: string, port: number, agent?: false): Promise<string> {
  return new Promise((resolve, reject) => {
    const sent = request({ method, port, host: "127.0.0.1", ...(agent === false ? { agent } : {}) }, (answer) => {
      let text = "";
      answer.setEncoding("utf8");
      answer.on("data", (part: string) => (text += part));
      answer.on("end", () => resolve(text));
    });
    sent.on("error", reject);
    sent.end();
  });
}

const nextTurn = () => new Promise((resolve) => setImmediate(resolve));

const AT_ONCE = 200;

it("carries out nothing for many who come at once before all are in", async () => {
  const { port, inAt } = await listening({ patienceMs: 60_000 });
  const answers = await Promise.all(Array.from({ length: AT_ONCE }, () => post(port, false)));
  expect(answers).toEqual(Array.from({ length: AT_ONCE }, () => "done"));
  expect(inAt[0]).toBe(AT_ONCE);
});

it("answers who only looks while others come", async () => {
  const { port, inAt } = await listening({ patienceMs: 60_000 });
  const posts = Array.from({ length: AT_ONCE }, () => post(port, false));
  expect(await send("GET", port, false)).toBe("done");
  await Promise.all(posts);
  expect(inAt).toHaveLength(AT_ONCE + 1);
  expect(inAt.slice(1)).toEqual(Array.from({ length: AT_ONCE }, () => AT_ONCE + 1));
});

it("says when many came, and not when few did", async () => {
  let crowds = 0;
  const { port } = await listening({ patienceMs: 60_000, onCrowd: () => (crowds += 1) });
  await post(port, false);
  expect(crowds).toBe(0);
  await Promise.all(Array.from({ length: AT_ONCE }, () => post(port, false)));
  expect(crowds).toBe(1);
});

it("does not let the first wait for ever while others come", async () => {
  const { port, inAt } = await listening({ patienceMs: 0 });
  await Promise.all(Array.from({ length: AT_ONCE }, () => post(port, false)));
  expect(inAt[0]).toBeLessThan(AT_ONCE);
});

it("tells while somebody comes in, so that those who were let in before can wait", async () => {
  const told: boolean[] = [];
  const { port } = await listening({ patienceMs: 60_000, onTakingIn: (isTakingIn) => told.push(isTakingIn) });
  await Promise.all(Array.from({ length: AT_ONCE }, () => post(port, false)));
  expect(told.length).toBeGreaterThanOrEqual(2);
  expect(told).toEqual(told.map((_, index) => index % 2 === 0));
});

it("waits for nobody for as long as it has waited before", async () => {
  const server = new EventEmitter() as Server;
  const told: boolean[] = [];
  let now = 0;
  acceptTogether(server, { patienceMs: 100, now: () => now, onTakingIn: (isTakingIn) => told.push(isTakingIn) });
  const comeAt = async (ms: number) => {
    now = ms;
    server.emit("connection");
    await nextTurn();
  };
  await comeAt(0);
  await comeAt(99);
  expect(told).toEqual([true]);
  await comeAt(100);
  expect(told).toEqual([true, false]);
  await comeAt(199);
  expect(told).toEqual([true, false]);
  await comeAt(200);
  expect(told).toEqual([true, false, true]);
  await nextTurn();
  expect(told).toEqual([true, false, true, false]);
});

it("serves one who comes alone, and again on the same connection", async () => {
  const { port, inAt } = await listening();
  expect(await post(port)).toBe("done");
  expect(await post(port)).toBe("done");
  expect(inAt).toEqual([1, 1]);
});

it("has what a client sent before it was served", async () => {
  const { port, lengths } = await listening({ patienceMs: 60_000 });
  const body = "x".repeat(200_000);
  const client = connect(port, "127.0.0.1");
  client.write(`POST / HTTP/1.1\r\nHost: here\r\nConnection: close\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
  client.resume();
  await once(client, "close");
  expect(lengths).toEqual([body.length]);
});

it("is not harmed by a client that is gone before it is served", async () => {
  const { port, inAt } = await listening({ patienceMs: 60_000 });
  const others = Array.from({ length: 20 }, () => post(port, false));
  const client = connect(port, "127.0.0.1");
  await once(client, "connect");
  client.resetAndDestroy();
  expect(await Promise.all(others)).toHaveLength(20);
  expect(await post(port)).toBe("done");
  expect(inAt.length).toBe(21);
});
