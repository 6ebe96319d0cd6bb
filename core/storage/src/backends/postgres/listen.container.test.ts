import { once } from "node:events";
import { type AddressInfo, createConnection, createServer, type Server } from "node:net";
import postgres from "postgres";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { type PostgresServer, startPostgres, whyNoPostgres } from "../../testing/index.js";
import { createListen } from "./listen.js";
import { targetOf } from "./options.js";

const reason = await whyNoPostgres();
const WAIT = { timeout: 20_000, interval: 20 };
/** What the server ends its greeting with: questions may come. */
const READY = Buffer.from([0x5a, 0, 0, 0, 5, 0x49]);
/** What it ends a connection with that it is told to end. */
const FAREWELL = errorMessage("SFATAL", "C57P01", "Mterminating connection due to administrator command");

describe.skipIf(reason !== undefined)(`PostgreSQL, a connection that listens ${reason ?? ""}`, () => {
  let server: PostgresServer;
  let proxy: Server;
  let admin: postgres.Sql;
  /** How many connections are still ended by the server right after its greeting: the answer to the first question is that farewell. */
  let cuts = 0;
  beforeAll(async () => {
    server = await startPostgres();
    admin = postgres(server.url, { max: 1, onnotice: () => {} });
    proxy = createServer((client) => {
      const upstream = createConnection(server.port, server.host);
      client.on("data", (chunk) => upstream.write(chunk));
      client.on("close", () => upstream.destroy());
      client.on("error", () => upstream.destroy());
      upstream.on("close", () => client.end());
      upstream.on("error", () => client.destroy());
      upstream.on("data", (chunk) => {
        if (cuts === 0 || !chunk.subarray(-READY.length).equals(READY)) return client.write(chunk);
        cuts -= 1;
        return client.end(Buffer.concat([chunk, FAREWELL]));
      });
    }).listen(0, "127.0.0.1");
    await once(proxy, "listening");
  });
  afterAll(async () => {
    proxy.close();
    await admin.end();
    await server.remove();
  });

  test("is listened to again, also when it is ended while it asks to listen", async () => {
    const { port } = proxy.address() as AddressInfo;
    const target = { ...(await targetOf({ url: server.url, mode: "write" })), port };
    const heard: string[] = [];
    let listening = 0;
    cuts = 1;
    const stop = createListen(postgres, target)(
      "news",
      (message) => heard.push(message),
      () => {
        listening += 1;
      },
    );
    await vi.waitFor(() => expect(listening).toBe(1), WAIT);
    expect(cuts).toBe(0);
    await admin.notify("news", "one");
    await vi.waitFor(() => expect(heard).toEqual(["one"]), WAIT);
    cuts = 1;
    await admin`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'provisioning watch'`;
    await vi.waitFor(() => expect(listening).toBe(2), WAIT);
    expect(cuts).toBe(0);
    await admin.notify("news", "two");
    await vi.waitFor(() => expect(heard).toEqual(["one", "two"]), WAIT);
    await stop();
    await vi.waitFor(async () => {
      const rows = await admin`select pid from pg_stat_activity where application_name = 'provisioning watch'`;
      expect(rows).toHaveLength(0);
    }, WAIT);
  }, 60_000);
});

function errorMessage(...fields: readonly string[]): Buffer {
  const body = Buffer.from(`${fields.map((field) => `${field}\0`).join("")}\0`);
  const head = Buffer.from("E....");
  head.writeUInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}
