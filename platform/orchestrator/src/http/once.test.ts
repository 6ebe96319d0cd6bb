/** A key makes a repeated request the same one, at every place that takes one. */

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Answer, type ServedWorkspace, serveWorkspace } from "../testing/served-workspace.js";

let service: ServedWorkspace;
beforeAll(async () => {
  service = await serveWorkspace();
});
afterAll(() => service.close());

const codeOf = (answer: Answer) => answer.json<{ error?: { code: string } }>().error?.code;
const post = (path: string, body: unknown, key: string) => service.ask(path, { body, headers: { "idempotency-key": key } });

/** What was asked for; runs that come of it are listed too. */
async function accepted(): Promise<number> {
  const { data } = (await service.ask("/tasks?limit=1000")).json<{ data: { kind: string }[] }>();
  return data.filter(({ kind }) => kind === "request" || kind === "workflow").length;
}

/** Steps one after the other: there is time to decide about it. */
const steps = (count: number) =>
  Array.from({ length: count }, (_, at) => ({
    name: `step-${at}`,
    task: "provisioning.evaluate",
    params: { condition: "x = 1" },
    ...(at === 0 ? {} : { depends_on: [`step-${at - 1}`] }),
  }));
const documentOf = (count: number) => ({
  apiVersion: "provisioning/v1",
  kind: "Workflow",
  metadata: { name: "long" },
  spec: { steps: steps(count) },
});

async function startedRun(count = 400): Promise<string> {
  const { id } = (await service.ask("/workflows", { body: { document: documentOf(count) } })).json<{ id: string }>();
  return id;
}

async function pausedRun(): Promise<string> {
  const id = await startedRun();
  await service.ask(`/workflows/${id}/pause`, { body: {} });
  return id;
}

async function askingTask(): Promise<{ readonly id: string; readonly digest: string }> {
  const { id } = (await service.ask("/actions/infra.apply", { body: { input: {}, approve: "ask" } })).json<{ id: string }>();
  const stop = new AbortController();
  const { body } = await fetch(`${service.url}/tasks/${id}/events`, {
    headers: { authorization: `Bearer ${service.token}` },
    signal: stop.signal,
  });
  let text = "";
  for await (const chunk of body ?? []) {
    text += Buffer.from(chunk).toString("utf8");
    if (/event: confirm\ndata: .*\n/.test(text)) break;
  }
  const { digest } = JSON.parse(/event: confirm\ndata: (.*)/.exec(text)?.[1] ?? "{}") as { digest: string };
  return { id, digest };
}

interface Row {
  /** The path with its parts, and what is asked there. */
  readonly ask: () =>
    | Promise<{ readonly path: string; readonly body: unknown }>
    | { readonly path: string; readonly body: unknown };
  /** Absent: there is no other one that is right. */
  readonly other?: unknown;
  /** 202: a task, which is the same one. 200: an answer, which is the same to the letter. */
  readonly status: 200 | 202;
}

const batch = { name: "look", operations: [{ id: "look", type: "check", target: "server", items: ["one"] }] };
const change = (path: string, other: unknown): Row => ({
  ask: () => ({ path: `/workflows/${path}`, body: { infra: "small", check_mode: true } }),
  other,
  status: 200,
});

const ROWS: Readonly<Record<string, Row>> = {
  "/workflows": {
    ask: () => ({ path: "/workflows", body: { document: documentOf(1) } }),
    other: { document: documentOf(2) },
    status: 202,
  },
  "/workflows/batch": { ask: () => ({ path: "/workflows/batch", body: batch }), other: { ...batch, name: "other" }, status: 202 },
  "/workflows/servers/create": change("servers/create", { infra: "small" }),
  "/workflows/servers/update": change("servers/update", { infra: "small" }),
  "/workflows/servers/delete": change("servers/delete", { infra: "small" }),
  "/workflows/taskserv/create": change("taskserv/create", { infra: "small" }),
  "/workflows/taskserv/update": change("taskserv/update", { infra: "small" }),
  "/workflows/taskserv/delete": change("taskserv/delete", { infra: "small" }),
  "/workflows/cluster/create": change("cluster/create", { infra: "small" }),
  "/workflows/cluster/delete": change("cluster/delete", { infra: "small" }),
  "/workflows/{id}/pause": {
    ask: async () => ({ path: `/workflows/${await startedRun()}/pause`, body: { reason: "a" } }),
    other: { reason: "b" },
    status: 200,
  },
  "/workflows/{id}/cancel": {
    ask: async () => ({ path: `/workflows/${await pausedRun()}/cancel`, body: { reason: "a" } }),
    other: { reason: "b" },
    status: 200,
  },
  "/workflows/{id}/skip": {
    ask: async () => ({ path: `/workflows/${await pausedRun()}/skip`, body: { operation: "step-399" } }),
    other: { operation: "step-398" },
    status: 200,
  },
  "/workflows/{id}/resume": {
    ask: async () => ({ path: `/workflows/${await pausedRun()}/resume`, body: {} }),
    status: 202,
  },
  "/workflows/{id}/retry": {
    ask: async () => ({ path: `/workflows/${await pausedRun()}/retry`, body: { operations: ["step-1"] } }),
    other: { operations: ["step-2"] },
    status: 202,
  },
  "/workflows/{id}/rollback": {
    ask: async () => ({ path: `/workflows/${await pausedRun()}/rollback`, body: {} }),
    other: { toCheckpoint: 1 },
    status: 202,
  },
  "/tasks/{id}/cancel": {
    ask: async () => ({ path: `/tasks/${await startedRun()}/cancel`, body: { reason: "a" } }),
    other: { reason: "b" },
    status: 200,
  },
  "/tasks/{id}/confirm": {
    async ask() {
      const { id, digest } = await askingTask();
      return { path: `/tasks/${id}/confirm`, body: { digest, answer: false } };
    },
    other: { digest: "another", answer: true },
    status: 200,
  },
  "/actions/{name}": {
    ask: () => ({ path: "/actions/infra.plan", body: { input: { infra: "small" } } }),
    other: { input: {} },
    status: 200,
  },
};

describe("a key", () => {
  it("has a row here for every place that takes one", async () => {
    const { paths } = (await service.ask("/openapi.json")).json<{ paths: Record<string, Record<string, unknown>> }>();
    const posts = Object.entries(paths).flatMap(([path, methods]) => ("post" in methods ? [path] : []));
    expect(posts.sort()).toEqual(Object.keys(ROWS).sort());
  });

  it.each(Object.entries(ROWS))("makes the same request one at %s", async (place, { ask, other, status }) => {
    const { path, body } = await ask();
    const key = `key of ${place}`;
    const before = await accepted();
    const [first, meanwhile] = await Promise.all([post(path, body, key), post(path, body, key)]);
    expect([first.status, first.text]).toEqual([status, expect.any(String)]);
    const again = await post(path, body, key);
    if (status === 200) expect([meanwhile.text, again.text]).toEqual([first.text, first.text]);
    const ids = [first, meanwhile, again].map((answer) => answer.json<{ id?: string }>().id);
    expect(new Set(ids).size).toBe(1);
    const after = await accepted();
    expect(after - before).toBe(status === 202 ? 1 : 0);
    if (other !== undefined) {
      const refused = await post(path, other, key);
      expect([refused.status, codeOf(refused)]).toEqual([409, "IDEMPOTENCY_CONFLICT"]);
    }
    const elsewhere = await post("/actions/infra.list", {}, key);
    expect([elsewhere.status, codeOf(elsewhere)]).toEqual([409, "IDEMPOTENCY_CONFLICT"]);
  });
});

describe("what was answered at once", () => {
  it("is the same after a restart, and is not done again", async () => {
    const id = await startedRun();
    const path = `/workflows/${id}/pause`;
    const first = await post(path, { reason: "a" }, "kept");
    // A pause that came now would be refused.
    expect((await service.ask(`/workflows/${id}/cancel`, { body: {} })).status).toBe(200);
    await service.restart();
    const again = await post(path, { reason: "a" }, "kept");
    expect([again.status, again.text]).toEqual([200, first.text]);
    expect((await post(path, { reason: "b" }, "kept")).status).toBe(409);
  });

  it("is not what failed: that can be tried again, and also with another body", async () => {
    const id = "01890000-0000-7000-8000-000000000000";
    expect((await post(`/workflows/${id}/pause`, {}, "failed")).status).toBe(404);
    expect((await post(`/workflows/${id}/pause`, {}, "failed")).status).toBe(404);
    expect((await post("/actions/infra.plan", { input: {} }, "failed")).status).toBe(200);
  });

  it("is refused for another body while it is under way", async () => {
    const [first, other] = await Promise.all([
      post("/actions/infra.plan", { input: {} }, "at once"),
      post("/actions/infra.plan", { input: { infra: "small" } }, "at once"),
    ]);
    expect(new Set([first.status, other.status])).toEqual(new Set([200, 409]));
  });
});
