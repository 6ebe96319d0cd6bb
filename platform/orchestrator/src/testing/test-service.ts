/** A service for tests: a workspace without servers in a folder of its own, on a free port. */

import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import { platformLayout } from "@provisioning/actions";
import { type Json, type JsonObject, systemClock } from "@provisioning/model";
import { createLogger } from "../logging/create-logger.js";
import { type RunningService, startService } from "../start.js";

const root = fileURLToPath(new URL("../../../../", import.meta.url)).replace(/\/$/, "");

export interface TestService {
  /** The workspace. */
  readonly dir: string;
  readonly url: string;
  readonly token: string;
  /** What it logged, line by line. */
  readonly logged: readonly JsonObject[];
  get(path: string, headers?: Readonly<Record<string, string>>): Promise<Response>;
  post(path: string, body: Json, headers?: Readonly<Record<string, string>>): Promise<Response>;
  file(path: string): Promise<string>;
  /** Ends it and removes the workspace. */
  close(): Promise<void>;
}

export interface TestServiceOptions {
  /** Values of the configuration. */
  readonly flags?: JsonObject;
  /** Files of the workspace by path. */
  readonly files?: Readonly<Record<string, string>>;
}

export async function startTestService({ flags = {}, files = {} }: TestServiceOptions = {}): Promise<TestService> {
  const base = await mkdtemp(join(tmpdir(), "provisioning-service-"));
  const dir = join(base, "workspace");
  await mkdir(join(dir, "config"), { recursive: true });
  await writeFile(join(dir, "config", "provisioning.yaml"), "");
  for (const [path, text] of Object.entries(files)) {
    await mkdir(join(dir, path, ".."), { recursive: true });
    await writeFile(join(dir, path), text);
  }
  const logged: JsonObject[] = [];
  const running = await startService({
    logger: createLogger("debug", linesInto(logged)),
    port: 0,
    context: {
      platform: platformLayout(root),
      platformVersion: "0.0.0",
      clock: systemClock,
      environment: { XDG_CONFIG_HOME: join(base, "user") },
      currentDir: dir,
      workspace: dir,
      flags,
      holder: "test",
    },
  });
  return {
    dir,
    logged,
    ...asking(running),
    file: (path) => readFile(join(dir, path), "utf8"),
    async close() {
      await running.close();
      await rm(base, { recursive: true, force: true });
    },
  };
}

function asking({ url, token }: RunningService): Pick<TestService, "url" | "token" | "get" | "post"> {
  const authorization = `Bearer ${token}`;
  return {
    url,
    token,
    get: (path, headers = {}) => fetch(`${url}${path}`, { headers: { authorization, ...headers } }),
    post: (path, body, headers = {}) =>
      fetch(`${url}${path}`, {
        method: "POST",
        headers: { authorization, "content-type": "application/json", ...headers },
        body: JSON.stringify(body),
      }),
  };
}

function linesInto(logged: JsonObject[]): Writable {
  return new Writable({
    write(chunk: Buffer, _, done) {
      for (const line of chunk.toString("utf8").split("\n")) if (line !== "") logged.push(JSON.parse(line) as JsonObject);
      done();
    },
  });
}

/** A workflow that works something out, with nothing outside. */
export function thinkingWorkflow(name = "think", conditions: readonly string[] = ["answer = 6 * 7"]): JsonObject {
  const steps = conditions.map((condition, index) => ({
    name: `step-${index + 1}`,
    task: "provisioning.evaluate",
    params: { condition },
  }));
  return { apiVersion: "provisioning/v1", kind: "Workflow", metadata: { name }, spec: { steps } };
}
