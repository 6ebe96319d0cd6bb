import { once } from "node:events";
import { Agent, createServer, request, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, it } from "vitest";
import { Turnstile } from "./turnstile.js";

const servers: Server[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

interface Answered {
  readonly status: number | undefined;
  readonly retryAfter: string | undefined;
  readonly code: string | undefined;
}

/** Posts stay inside until they are answered by `inside`; everything else is answered at once. */
async function serving(most: number) {
  const turnstile = new Turnstile(most);
  const inside: ServerResponse[] = [];
  let turnedAway = 0;
  const server = createServer((received, answer) => {
    if (received.method !== "POST") return answer.end("{}");
    turnstile.enter(answer);
    inside.push(answer);
  });
  turnstile.guard(server, (seconds) => {
    turnedAway += 1;
    expect(seconds).toBeGreaterThan(0);
  });
  servers.push(server);
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  const agent = new Agent({ keepAlive: true, maxSockets: most + 1 });
  const send = (method: string, body = "") =>
    new Promise<Answered>((resolve, reject) => {
      const sent = request({ port, host: "127.0.0.1", method, agent }, (answer) => {
        let text = "";
        answer.setEncoding("utf8").on("data", (part: string) => (text += part));
        answer.on("end", () => {
          const { error } = JSON.parse(text) as { error?: { code: string } };
          resolve({ status: answer.statusCode, retryAfter: answer.headers["retry-after"], code: error?.code });
        });
      });
      sent.on("error", reject);
      sent.end(body);
    });
  return { turnstile, inside, send, turnedAway: () => turnedAway };
}

it("turns away who comes when it is full, with advice and without reading the request", async () => {
  const { inside, send, turnedAway } = await serving(1);
  const first = send("POST");
  await expect.poll(() => inside.length).toBe(1);
  const refused = { status: 429, retryAfter: "1", code: "SERVICE_BUSY" };
  // On the same connection the next request is read correctly although the body of the one before was not.
  expect(await send("POST", "x".repeat(300_000))).toEqual(refused);
  expect(await send("POST")).toEqual(refused);
  expect(turnedAway()).toBe(2);
  expect(inside).toHaveLength(1);
  inside[0]?.end("{}");
  expect(await first).toMatchObject({ status: 200 });
});

it("lets everybody in who only looks, and posts again when one is answered", async () => {
  const { inside, send, turnedAway } = await serving(1);
  const first = send("POST");
  await expect.poll(() => inside.length).toBe(1);
  expect(await send("GET")).toMatchObject({ status: 200 });
  inside[0]?.end("{}");
  await first;
  const second = send("POST");
  await expect.poll(() => inside.length).toBe(2);
  inside[1]?.end("{}");
  expect(await second).toMatchObject({ status: 200 });
  expect(turnedAway()).toBe(0);
});

it("counts a post that only waits, or whose client is gone, no longer", async () => {
  const { turnstile, inside, send } = await serving(1);
  const first = send("POST");
  await expect.poll(() => inside.length).toBe(1);
  expect(turnstile.isFull).toBe(true);
  turnstile.leave(inside[0] as ServerResponse);
  expect(turnstile.isFull).toBe(false);
  const second = send("POST");
  await expect.poll(() => inside.length).toBe(2);
  expect(turnstile.isFull).toBe(true);
  inside[1]?.destroy();
  await expect(second).rejects.toThrow();
  await expect.poll(() => turnstile.isFull).toBe(false);
  inside[0]?.end("{}");
  await first;
});

it("lets a crowd in a few at a time, the first ones of all one by one, and others together", async () => {
  const { turnstile, inside, send } = await serving(100);
  const mostInATurn = async (posts: number) => {
    const sent = Array.from({ length: posts }, () => send("POST"));
    let most = 0;
    for (let before = 0; before < posts; before = inside.length) {
      await new Promise((resolve) => setImmediate(resolve));
      most = Math.max(most, inside.length - before);
    }
    for (const answer of inside.splice(0)) answer.end("{}");
    await Promise.all(sent);
    return most;
  };
  // Connections come in one by one; the next requests come on those.
  await mostInATurn(60);
  expect(await mostInATurn(60)).toBeGreaterThan(8);
  const mostInACrowd = () => {
    turnstile.expectCrowd();
    return mostInATurn(60);
  };
  expect(await mostInACrowd()).toBeLessThanOrEqual(3);
  for (let round = 0; round < 3; round += 1) await mostInACrowd();
  const later = await mostInACrowd();
  expect(later).toBeGreaterThan(3);
  expect(later).toBeLessThanOrEqual(8);
});
