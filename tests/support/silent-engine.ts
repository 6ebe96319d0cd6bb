/** A container engine's socket that only counts who calls: a refusal must come before the first call. */

import { createServer } from "node:http";
import { once } from "node:events";

export interface SilentEngine {
  /** For `local.engine`. */
  readonly address: string;
  readonly calls: number;
  close(): Promise<void>;
}

export async function listenAsEngine(socket: string): Promise<SilentEngine> {
  let calls = 0;
  const server = createServer((_, response) => {
    calls += 1;
    response.writeHead(500).end();
  });
  server.listen(socket);
  await once(server, "listening");
  return {
    address: `unix://${socket}`,
    get calls() {
      return calls;
    },
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
