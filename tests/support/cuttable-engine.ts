/** The real container engine behind a socket that can go away at a chosen request: before the engine gets it, or before its answer arrives. */

import { once } from "node:events";
import { createConnection, createServer, type Socket } from "node:net";

export interface CuttableEngine {
  /** For `local.engine`. */
  readonly address: string;
  /** The next request whose first line matches is the last one: from then on nobody answers. Resolves when that happened. */
  cutAt(request: RegExp, moment: "before the request" | "before the answer"): Promise<void>;
  /** Answers again. */
  restore(): Promise<void>;
  close(): Promise<void>;
}

const REAL = (process.env.DOCKER_HOST ?? "unix:///var/run/docker.sock").replace("unix://", "");

interface Cut {
  readonly request: RegExp;
  readonly moment: "before the request" | "before the answer";
  readonly done: () => void;
}

export async function openCuttableEngine(socket: string): Promise<CuttableEngine> {
  const open = new Set<Socket>();
  let cut: Cut | undefined;
  const server = createServer((client) => pass(client));

  function pass(client: Socket): void {
    const engine = createConnection(REAL);
    for (const end of [client, engine]) {
      open.add(end);
      end.on("error", () => undefined);
      end.on("close", () => {
        open.delete(end);
        client.destroy();
        engine.destroy();
      });
    }
    let isLast = false;
    client.on("data", (chunk: Buffer) => {
      const matches = cut?.request.test(chunk.toString("latin1").split("\r\n", 1)[0] ?? "") === true;
      if (matches && cut?.moment === "before the request") goAway();
      else engine.write(chunk);
      isLast ||= matches;
    });
    engine.on("data", (chunk: Buffer) => {
      if (isLast && cut !== undefined) goAway();
      else client.write(chunk);
    });
  }

  function goAway(): void {
    const done = cut?.done;
    cut = undefined;
    server.close();
    for (const end of open) end.destroy();
    done?.();
  }

  const listen = async () => {
    server.listen(socket);
    await once(server, "listening");
  };
  await listen();
  return {
    address: `unix://${socket}`,
    cutAt: (request, moment) => new Promise((done) => (cut = { request, moment, done })),
    restore: listen,
    close: async () => {
      for (const end of open) end.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
