/** Which addresses are called, and what is told of those that do not answer. */

import type { LookupAddress } from "node:dns";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createRedactor } from "@provisioning/model";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { post, type PostOptions } from "./post.js";
import { isPrivateAddress } from "./private-address.js";

const PATH = "/services/very-secret";
let server: Server;
let port: number;
let received = 0;
let answers = true;

beforeAll(async () => {
  server = createServer((request, response) => {
    received += 1;
    request.resume();
    if (answers) response.end(`you asked for ${request.url ?? ""}`);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  ({ port } = server.address() as AddressInfo);
});
beforeEach(() => {
  received = 0;
  answers = true;
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

/** Names resolve to these addresses, in turns. */
function resolver(...turns: readonly (readonly string[])[]) {
  let asked = 0;
  const resolve = (_host: string, _options: unknown, callback: (error: null, found: LookupAddress[]) => void) => {
    const addresses = turns[Math.min(asked, turns.length - 1)] ?? [];
    asked += 1;
    callback(
      null,
      addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 })),
    );
  };
  return { resolve: resolve as unknown as NonNullable<PostOptions["resolve"]>, asked: () => asked };
}

const send = (changes: Partial<PostOptions> = {}) =>
  post({
    url: `http://hooks.test:${port}${PATH}`,
    body: { a: 1 },
    allowPrivate: false,
    redactor: createRedactor(),
    signal: new AbortController().signal,
    ...changes,
  });

describe("a notification", () => {
  it("goes to the address that was looked at, which is asked for once", async () => {
    const names = resolver(["127.0.0.1"]);
    expect(await send({ allowPrivate: true, resolve: names.resolve })).toBe(200);
    expect([received, names.asked()]).toEqual([1, 1]);
  });

  it.each([[["127.0.0.1"]], [["93.184.216.34", "10.0.0.7"]], [["93.184.216.34", "::ffff:169.254.169.254"]], [["fd00::1"]]])(
    "is not sent to a name with the addresses %j",
    async (addresses) => {
      const names = resolver(addresses, ["127.0.0.1"]);
      await expect(send({ resolve: names.resolve })).rejects.toMatchObject({
        code: "NOTIFICATION_ADDRESS_REFUSED",
        message: expect.stringContaining("hooks.test") as string,
      });
      expect([received, names.asked()]).toEqual([0, 1]);
    },
  );

  it("is given up when nothing answers, and can be tried again", async () => {
    answers = false;
    const sending = send({ allowPrivate: true, resolve: resolver(["127.0.0.1"]).resolve, timeoutMs: 50 });
    await expect(sending).rejects.toMatchObject({ code: "NOTIFICATION_FAILED", retry: "now" });
  });

  it("tells nothing of the address but its host", async () => {
    const closed = await send({
      url: `http://hooks.test:1${PATH}`,
      allowPrivate: true,
      resolve: resolver(["127.0.0.1"]).resolve,
    }).catch((error: unknown) => error as Error);
    expect(JSON.stringify([closed, (closed as Error).message])).not.toContain("very-secret");
    expect(closed).toMatchObject({ code: "NOTIFICATION_FAILED", message: expect.stringContaining("ECONNREFUSED") as string });
  });

  it("stops when it is told to", async () => {
    answers = false;
    const stop = new AbortController();
    const sending = send({ allowPrivate: true, resolve: resolver(["127.0.0.1"]).resolve, signal: stop.signal });
    stop.abort(new Error("stopped"));
    await expect(sending).rejects.toThrow("stopped");
  });
});

describe("an address", () => {
  it.each(["93.184.216.34", "8.8.8.8", "172.15.255.255", "172.32.0.1", "2606:4700::1111", "2a00:1450::1"])(
    "%s is public",
    (address) => {
      expect(isPrivateAddress(address)).toBe(false);
    },
  );
  it.each([
    "0.0.0.0",
    "10.1.2.3",
    "100.64.0.1",
    "127.255.255.254",
    "169.254.169.254",
    "172.16.0.1",
    "192.168.1.1",
    "198.18.0.1",
    "224.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::7f00:1",
    "::ffff:8.8.8.8",
    "64:ff9b::808:808",
    "2002:7f00:1::",
    "2001:0:1::",
    "fe80::1%eth0",
    "fd12::1",
    "ff02::1",
    "hello",
    "",
  ])("%s is not called", (address) => {
    expect(isPrivateAddress(address)).toBe(true);
  });
});
