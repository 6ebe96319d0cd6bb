/** A service on a workspace of its own, as a process, for benchmarks. */

import { execFile } from "node:child_process";
import { cp, mkdtemp, readFile, rm } from "node:fs/promises";
import { Agent, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const execute = promisify(execFile);
const root = fileURLToPath(new URL("../../", import.meta.url));
const cli = join(root, "core/cli/provisioning");

export async function makeWorkspace() {
  const base = await mkdtemp(join(tmpdir(), "provisioning-bench-"));
  const dir = join(base, "workspace");
  await cp(join(root, "tests/fixtures/small"), dir, { recursive: true });
  const env = { ...process.env, XDG_CONFIG_HOME: join(base, "config"), PROVISIONING_WORKSPACE: dir, NODE_EXTRA_CA_CERTS: "" };
  const run = (...words) => execute(process.execPath, [cli, ...words], { cwd: dir, env });
  return {
    dir,
    env,
    run,
    async serve(...flags) {
      await run("orchestrator", "start", "--background", "--port", "0", "--log-level", "warn", ...flags);
      const { url, pid } = JSON.parse(await readFile(join(dir, "runtime/orchestrator/service.json"), "utf8"));
      const token = (await readFile(join(dir, "runtime/orchestrator/token"), "utf8")).trim();
      return { url, pid, token, stop: () => run("orchestrator", "stop") };
    },
    remove: () => rm(base, { recursive: true, force: true }),
  };
}

/** A client that keeps its connections. */
export function createClient({ url, token }, connections) {
  const { hostname, port } = new URL(url);
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const send = (method, path, body) =>
    new Promise((resolve, reject) => {
      const headers = {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { "content-type": "application/json", "content-length": Buffer.byteLength(body) }),
      };
      const sent = request({ hostname, port, path, method, agent, headers }, (answer) => {
        let text = "";
        answer.setEncoding("utf8");
        answer.on("data", (part) => (text += part));
        answer.on("end", () => resolve({ status: answer.statusCode, headers: answer.headers, text }));
      });
      sent.on("error", reject);
      sent.end(body);
    });
  return { send, close: () => agent.destroy() };
}

/** The lightest workflow there is: one step that decides something. */
export const ONE_STEP = JSON.stringify({
  document: {
    apiVersion: "provisioning/v1",
    kind: "Workflow",
    metadata: { name: "bench" },
    spec: { steps: [{ name: "one", task: "provisioning.evaluate", params: { condition: "x = 1" } }] },
  },
});

/** Megabytes: now, and the most so far. */
export async function memoryOf(pid) {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  const of = (name) => Math.round(Number(new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(status)?.[1]) / 1024);
  return { now: of("VmRSS"), most: of("VmHWM") };
}

/** Seconds of processor time that a process has used. */
export async function processorTime(pid) {
  const words = (await readFile(`/proc/${pid}/stat`, "utf8")).split(") ")[1].split(" ");
  return (Number(words[11]) + Number(words[12])) / 100;
}

export async function untilIdle(client) {
  for (;;) {
    const { queue } = JSON.parse((await client.send("GET", "/health")).text);
    if (queue.open === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
