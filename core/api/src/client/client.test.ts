import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { problemOf, PROBLEM_TYPE } from "../problem.js";
import { createClient } from "./client.js";

let close = () => {};
afterEach(() => close());

/** A service that answers one after the other of these codes, and then that it is done. */
async function serving(codes: readonly string[]) {
  let asked = 0;
  const server = createServer((_, response) => {
    const code = codes[asked];
    asked += 1;
    if (code === undefined) return void response.writeHead(200, { "content-type": "application/json" }).end('"done"');
    const problem = problemOf({ code, message: "No.", retry: "later" });
    response.writeHead(problem.status, { "content-type": PROBLEM_TYPE }).end(JSON.stringify(problem));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  close = () => void server.close();
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const client = createClient({ url, token: "token", traceId: "0".repeat(32) });
  const never = new AbortController().signal;
  const invoke = () =>
    client.invoke(
      "infra.status",
      {},
      {
        signal: never,
        drain: never,
        onEvent: () => {},
        onConfirm: async () => false,
        flags: {},
        variables: {},
        command: "status",
        onWaiting: () => {},
      },
    );
  return { invoke, asked: () => asked };
}

describe("a service that says no", () => {
  it.each(["SERVICE_STOPPING", "STORE_FAILED", "SERVICE_BUSY"])(
    "is asked again where that passes by itself: %s",
    async (code) => {
      const { invoke, asked } = await serving([code]);
      expect(await invoke()).toBe("done");
      expect(asked()).toBe(2);
    },
  );

  it.each(["ENGINE_UNREACHABLE", "DISK_FULL", "STORE_DENIED", "QUEUE_FULL"])(
    "is believed where it does not: %s",
    async (code) => {
      const { invoke, asked } = await serving([code, code, code]);
      await expect(invoke()).rejects.toMatchObject({ code });
      expect(asked()).toBe(1);
    },
  );
});
