/** Starts `surreal-server-program.ts` on a free port of the loopback, with its data in a temporary folder; ended by its process id. */

import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildProgram } from "./build-program.js";
import { startProcess, type TestProcess } from "./processes.js";

export interface SurrealServer {
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly pid: number;
  /** With user and password. */
  url(protocol: "ws" | "http"): string;
  start(): Promise<void>;
  crash(): Promise<void>;
  /** Ends it and deletes everything. */
  remove(): Promise<void>;
}

/** `variables`: more of what the program understands. */
export async function startSurrealServer(
  packagesFolder: string,
  variables: Readonly<Record<string, string>> = {},
): Promise<SurrealServer> {
  const folder = await mkdtemp(join(tmpdir(), "provisioning-surreal-server-"));
  const program = join(folder, "server.mjs");
  await buildProgram(fileURLToPath(new URL("../../src/testing/surreal-server-program.ts", import.meta.url)), program);
  const user = "root";
  const password = randomUUID();
  let port = 0;
  let running: TestProcess | undefined;

  const start = async () => {
    running = startProcess(program, [packagesFolder, String(port), `rocksdb://${folder}/data`], {
      SERVER_USER: user,
      SERVER_PASSWORD: password,
      ...variables,
    });
    const line = await running.said((said) => said.startsWith("ready "));
    port = Number(line.split(" ")[1]);
  };
  const crash = async () => {
    await running?.kill();
    running = undefined;
  };
  await start();
  return {
    get port() {
      return port;
    },
    get pid() {
      return running?.process.pid ?? 0;
    },
    user,
    password,
    url: (protocol) => `${protocol}://${user}:${password}@127.0.0.1:${port}/rpc`,
    start,
    crash,
    async remove() {
      await crash();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
