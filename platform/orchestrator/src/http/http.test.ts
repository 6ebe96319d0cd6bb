import { mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import type { Problem } from "@provisioning/api";
import { WebSocket } from "ws";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { rawAnswer } from "./errors.js";
import { type ServedWorkspace, serveWorkspace } from "../testing/served-workspace.js";

let service: ServedWorkspace;
beforeAll(async () => {
  service = await serveWorkspace({ flags: { "orchestrator.max_queued": 20 } });
});
afterAll(() => service.close());

/** What is made for each server of the fixture, with what its taskservs need. */
const ONE = ["server.one", "taskserv.one.os", "taskserv.one.redis", "taskserv.one.resolv"];
const TWO = ["server.two", "taskserv.two.nginx", "taskserv.two.os", "taskserv.two.resolv"];

/** What curl says of `-d`. */
const FORM = "application/x-www-form-urlencoded";

const evaluate = (condition: string) => ({
  document: {
    apiVersion: "provisioning/v1",
    kind: "Workflow",
    metadata: { name: "decide" },
    spec: { steps: [{ name: "decide", task: "provisioning.evaluate", params: { condition }, outputs: ["x"] }] },
  },
});

/** So many steps, one after the other, that a service takes up more of these than it can do meanwhile. */
const slow = {
  document: {
    ...evaluate("x = 1").document,
    spec: {
      steps: Array.from({ length: 25 }, (_, at) => ({
        name: `step-${at}`,
        task: "provisioning.evaluate",
        params: { condition: "x = 1" },
        ...(at === 0 ? {} : { depends_on: [`step-${at - 1}`] }),
      })),
    },
  },
};

async function ended(id: string): Promise<Record<string, unknown>> {
  for (;;) {
    const task = (await service.ask(`/tasks/${id}`)).json();
    if (!["pending", "running", "rollingBack"].includes(String(task.status))) return task;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

describe("who may ask", () => {
  it("needs the token for everything but health", async () => {
    expect((await service.ask("/health", { token: null })).status).toBe(200);
    const document = (await service.ask("/openapi.json")).json<{ paths: Record<string, Record<string, unknown>> }>();
    const routes = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => ({ path, method })),
    );
    expect(routes.length).toBeGreaterThan(30);
    for (const { path, method } of [...routes, { path: "/ws", method: "get" }]) {
      if (path === "/health") continue;
      const at = path.replaceAll(/\{\w+\}/g, "x");
      const none = await service.ask(at, { method: method.toUpperCase(), token: null });
      expect([path, none.status]).toEqual([path, 401]);
      expect((await service.ask(at, { method: method.toUpperCase(), token: "wrong" })).status).toBe(401);
    }
  });

  it("refuses names and origins that are not its own", async () => {
    const port = new URL(service.url).port;
    const rebound = await service.ask("/health", { headers: { host: `evil.example:${port}` } });
    expect([rebound.status, rebound.json<{ error: { code: string } }>().error.code]).toEqual([403, "HOST_REFUSED"]);
    const foreign = await service.ask("/tasks", { headers: { origin: "http://evil.example" } });
    expect([foreign.status, foreign.json<{ error: { code: string } }>().error.code]).toEqual([403, "ORIGIN_REFUSED"]);
    expect(
      (await service.ask("/tasks", { headers: { origin: `http://localhost:${port}`, host: `localhost:${port}` } })).status,
    ).toBe(200);
  });

  it("keeps the token where only the owner can read it", async () => {
    const file = join(service.workspace, "runtime/orchestrator/token");
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect((await readFile(file, "utf8")).trim()).toBe(service.token);
  });
});

describe("bad requests", () => {
  it.each([
    ["no JSON", "/workflows", { body: "{" }, 400, "BODY_SYNTAX"],
    ["another type", "/workflows", { body: "<a/>", headers: { "content-type": "application/xml" } }, 415, "MEDIA_TYPE_UNKNOWN"],
    ["unknown fields", "/workflows", { body: { documnet: {} } }, 400, "INPUT_INVALID"],
    ["nothing", "/workflows", { body: {} }, 400, "INPUT_INVALID"],
    ["too deep", "/workflows", { body: `{"document":${'{"a":'.repeat(80)}1${"}".repeat(80)}}` }, 400, "BODY_TOO_DEEP"],
    ["too much", "/workflows", { body: JSON.stringify({ document: { a: "x".repeat(1_100_000) } }) }, 413, "BODY_TOO_LARGE"],
    ["unknown action", "/actions/infra.explode", { body: {} }, 404, "ACTION_UNKNOWN"],
    ["local action", "/actions/kcl.run", { body: {} }, 404, "ACTION_UNKNOWN"],
    ["unknown route", "/nothing", {}, 404, "ROUTE_UNKNOWN"],
    ["a form", "/workflows", { body: "a=b", headers: { "content-type": FORM } }, 400, "BODY_SYNTAX"],
    ["wrong method", "/tasks", { method: "DELETE" }, 405, "METHOD_REFUSED"],
    ["wrong method at one of many", "/tasks/1/events", { method: "PUT" }, 405, "METHOD_REFUSED"],
    ["no WebSocket", "/ws", {}, 426, "UPGRADE_MISSING"],
    ["a WebSocket for something unknown", "/ws?foo=1", {}, 400, "INPUT_INVALID"],
    ["a key without an end", "/workflows", { body: {}, headers: { "idempotency-key": "x".repeat(201) } }, 400, "INPUT_INVALID"],
    ["another origin", "/tasks", { headers: { origin: "http://evil.example" } }, 403, "ORIGIN_REFUSED"],
    ["id that is none", "/tasks/1", {}, 404, "RUN_ID_INVALID"],
    ["id of nothing", "/tasks/01890000-0000-7000-8000-000000000000", {}, 404, "RUN_NOT_FOUND"],
    ["unknown infra", "/workflows/servers/create", { body: { infra: "nope" } }, 404, "INFRA_UNKNOWN"],
    [
      "unknown task",
      "/workflows",
      { body: { document: { kind: "Workflow", spec: { steps: [{ name: "a", task: "no" }] } } } },
      422,
      undefined,
    ],
    ["a batch without operations", "/workflows/batch", { body: { name: "a", operations: [] } }, 422, "KCL_E3M38"],
    ["two clusters", "/workflows/cluster/create", { body: { infra: "small", cluster: "other" } }, 400, "INPUT_INVALID"],
    ["two clusters to remove", "/workflows/cluster/delete", { body: { infra: "small", cluster: "other" } }, 400, "INPUT_INVALID"],
    ["a file outside", "/workflows/batch", { body: { file: "../../../etc/passwd" } }, 403, "PATH_OUTSIDE"],
    ["settings outside", "/workflows/servers/create", { body: { settings: "/etc/passwd" } }, 403, "PATH_OUTSIDE"],
    ["limit 0 of workflows", "/workflows?limit=0", {}, 400, "INPUT_INVALID"],
    ["limit 0", "/tasks?limit=0", {}, 400, "INPUT_INVALID"],
    ["a limit in words", "/tasks?limit=many", {}, 400, "INPUT_INVALID"],
  ])("are problems: %s", async (_, path, options, status, code) => {
    const answer = await service.ask(path, options);
    expect(answer.status).toBe(status);
    expect(answer.headers["content-type"]).toMatch(/^application\/problem\+json/);
    const problem = answer.json<Problem>();
    expect(problem.status).toBe(status);
    if (code !== undefined) expect(problem.error.code).toBe(code);
    // Either the next step, or what is wrong with each part of what was sent.
    expect(problem.error.hint ?? problem.errors?.[0]?.message).toMatch(/\w/);
    expect(problem.error.message).not.toMatch(/\bat .*\.[jt]s:\d/);
    expect(problem.traceId).toMatch(/^[0-9a-f]{32}$/);
  });

  it("do not arise from workflows that the workspace keeps itself", async () => {
    await mkdir(join(service.workspace, "workflows"), { recursive: true });
    await writeFile(join(service.workspace, "workflows", "own.k"), "import workflows\nretry = workflows.RetryPolicy {}\n");
    const operations = [{ id: "look", type: "check", target: "server", items: ["one"] }];
    const answer = await service.ask("/workflows/batch", { body: { name: "look", operations } });
    expect([answer.status, answer.text]).toEqual([202, expect.stringContaining('"id"') as string]);
    const wrong = await service.ask("/workflows/batch", {
      body: { name: "look", operations: [{ ...operations[0], parallell: true }] },
    });
    expect(wrong.status).toBe(422);
    expect(wrong.json<{ error: { message: string; hint: string } }>().error).toMatchObject({
      message: expect.stringContaining("operations[0].parallell") as string,
      hint: "Did you mean parallel?",
    });
  });

  it("name the methods that there are", async () => {
    expect((await service.ask("/tasks", { method: "PUT" })).headers.allow).toBe("GET");
    expect((await service.ask("/workflows", { method: "PUT" })).headers.allow?.toString().split(", ").sort()).toEqual([
      "GET",
      "POST",
    ]);
  });

  it("are parameters that nothing is done with, wherever something is asked for", async () => {
    const { paths } = (await service.ask("/openapi.json")).json<{ paths: Record<string, Record<string, unknown>> }>();
    const asked = Object.entries(paths).flatMap(([path, methods]) => ("get" in methods ? [path] : []));
    expect(asked.length).toBeGreaterThan(12);
    for (const path of asked) {
      const answer = await service.ask(`${path.replaceAll(/\{\w+\}/g, "01890000-0000-7000-8000-000000000000")}?foo=1`);
      expect([path, answer.status, answer.json<Problem>().error.code]).toEqual([path, 400, "INPUT_INVALID"]);
    }
  });

  it("that do not arrive in time are told so", () => {
    const [head = "", body = ""] = rawAnswer(Object.assign(new Error("slow"), { code: "ERR_HTTP_REQUEST_TIMEOUT" })).split(
      "\r\n\r\n",
    );
    expect(head).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\n/);
    expect(JSON.parse(body)).toMatchObject({ status: 408, error: { code: "REQUEST_TIMEOUT" }, retry: "later" });
  });

  it("keep the trace of the caller", async () => {
    const trace = "0af7651916cd43dd8448eb211c80319c";
    const answer = await service.ask("/tasks/x", { headers: { traceparent: `00-${trace}-b7ad6b7169203331-01` } });
    expect(answer.json().traceId).toBe(trace);
  });

  it("that are no HTTP end the connection, and nothing else", async () => {
    const port = Number(new URL(service.url).port);
    let told = "";
    await new Promise<void>((resolve) => {
      const socket = connect(port, "127.0.0.1", () => socket.write("NONSENSE\r\n\r\n"));
      socket.on("data", (data: Buffer) => (told += data.toString("utf8")));
      socket.on("error", () => {});
      socket.on("close", () => resolve());
    });
    expect(told).toMatch(/^HTTP\/1\.1 400 Bad Request\r\ncontent-type: application\/problem\+json\r\n/);
    expect(JSON.parse(told.split("\r\n\r\n")[1] ?? "")).toMatchObject({ error: { code: "BODY_SYNTAX" } });
    expect((await service.ask("/health")).status).toBe(200);
  });
});

describe("workflow documents", () => {
  it("are read as JSON also when curl calls them a form", async () => {
    const answer = await service.ask("/workflows", { body: evaluate("x = 8"), headers: { "content-type": FORM } });
    expect(answer.status).toBe(202);
    const { id } = answer.json<{ id: string }>();
    await ended(id);
    const cancelled = await service.ask(`/workflows/${id}/rollback`, { body: "", headers: { "content-type": FORM } });
    expect(cancelled.status).toBe(202);
  });

  it("are accepted, done, and told about", async () => {
    const answer = await service.ask("/workflows", { body: evaluate("x = 1 + 1") });
    expect(answer.status).toBe(202);
    const { id } = answer.json<{ id: string }>();
    expect(answer.headers.location).toBe(`/tasks/${id}`);
    expect(await ended(id)).toMatchObject({
      kind: "workflow",
      status: "completed",
      progress: { total: 1, completed: 1, failed: 0 },
    });
    const events = (await service.ask(`/workflows/${id}/events`)).text;
    expect(events.match(/^event: .*$/gm)).toEqual(
      ["runSubmitted", "runClaimed", "operationStarted", "operationCompleted", "runEnded"].map((type) => `event: ${type}`),
    );
    expect(events.match(/^id: .*$/gm)).toEqual([1, 2, 3, 4, 5].map((number) => `id: ${number}`));
    expect((await service.ask(`/tasks/${id}/events`)).text).toBe(events);
    const rest = (await service.ask(`/workflows/${id}/events`, { headers: { "last-event-id": "3" } })).text;
    expect(rest.match(/^id: .*$/gm)).toEqual(["id: 4", "id: 5"]);
    expect((await service.ask(`/workflows/${id}/logs`)).text).toMatch(/operationCompleted decide\n.*runEnded completed\n$/);
    expect((await service.ask(`/workflows/${id}/metrics`)).json()).toMatchObject({ attempts: 1, retries: 0 });
    expect((await service.ask(`/workflows/${id}/status`)).json()).toMatchObject({ id, status: "completed" });
    expect((await service.ask(`/workflows/${id}/why`)).status).toBe(200);
  });

  it("are answered when they have ended, for who asks for that", async () => {
    const answer = await service.ask("/workflows", { body: { ...evaluate("x = 2"), wait: true } });
    expect([answer.status, answer.json().status]).toEqual([200, "completed"]);
  });

  it("are done once for a key, and another one under the same key is refused", async () => {
    const headers = { "idempotency-key": "a-key" };
    const answers = await Promise.all([1, 2, 3].map(() => service.ask("/workflows", { body: evaluate("x = 3"), headers })));
    const ids = answers.map((answer) => answer.json().id);
    expect(new Set(ids).size).toBe(1);
    const other = await service.ask("/workflows", { body: evaluate("x = 4"), headers });
    expect([other.status, other.json<{ error: { code: string } }>().error.code]).toEqual([409, "IDEMPOTENCY_CONFLICT"]);
  });

  it("are the same request under a key after a restart", async () => {
    const headers = { "idempotency-key": "another-key" };
    const before = (await service.ask("/workflows", { body: evaluate("x = 5"), headers })).json().id;
    await service.restart();
    expect((await service.ask("/workflows", { body: evaluate("x = 5"), headers })).json().id).toBe(before);
  });

  it.each(["/tasks", "/workflows"])("come page by page at %s", async (path) => {
    for (let count = 0; count < 7; count += 1)
      await service.ask("/workflows", { body: { ...evaluate(`x = ${count}`), wait: true } });
    const found: string[] = [];
    let cursor: string | undefined;
    do {
      const page: { data: { id: string }[]; next?: string } = (
        await service.ask(`${path}?limit=3${cursor === undefined ? "" : `&cursor=${encodeURIComponent(cursor)}`}`)
      ).json();
      found.push(...page.data.map(({ id }) => id));
      cursor = page.next;
    } while (cursor !== undefined);
    expect(new Set(found).size).toBe(found.length);
    expect(found.length).toBeGreaterThanOrEqual(7);
  });

  it("are refused with 429 when too many wait, and all that were accepted are done", async () => {
    const answers = await Promise.all(Array.from({ length: 300 }, () => service.ask("/workflows", { body: slow })));
    const accepted = answers.filter(({ status }) => status === 202);
    const refused = answers.filter(({ status }) => status !== 202);
    expect(refused.length).toBeGreaterThan(0);
    expect(new Set(refused.map(({ status }) => status))).toEqual(new Set([429]));
    expect(refused.every(({ headers }) => headers["retry-after"] === "1")).toBe(true);
    for (const answer of accepted) expect((await ended(String(answer.json().id))).status).toBe("completed");
  });
});

describe("events of all runs", () => {
  it("come over a WebSocket, and go on after the last one", async () => {
    const messages: { id: string; event: string; data: { run: string } }[] = [];
    const url = `${service.url.replace("http", "ws")}/ws`;
    const headers = { authorization: `Bearer ${service.token}` };
    const listen = (path: string, until: (event: string) => boolean) =>
      new Promise<void>((resolve, reject) => {
        const socket = new WebSocket(`${url}${path}`, { headers });
        socket.on("error", reject);
        socket.on("message", (data: Buffer) => {
          const message = JSON.parse(data.toString("utf8")) as (typeof messages)[number];
          messages.push(message);
          if (until(message.event)) socket.close();
        });
        socket.on("close", () => resolve());
        socket.on("open", () => void service.ask("/workflows", { body: evaluate("x = 6") }));
      });
    await listen("", (event) => event === "operationStarted");
    await listen(`?after=${encodeURIComponent(messages.at(-1)?.id ?? "")}`, (event) => event === "runEnded");
    const numbers = messages.map(({ id }) => Number(id.split(":")[1]));
    expect(numbers).toEqual(Array.from(numbers, (_, index) => (numbers[0] ?? 0) + index));
  });

  it("of one run end with it", async () => {
    const { id } = (await service.ask("/workflows", { body: { ...evaluate("x = 7"), wait: true } })).json<{ id: string }>();
    const events: string[] = [];
    await new Promise<void>((resolve, reject) => {
      const socket = new WebSocket(`${service.url.replace("http", "ws")}/ws?run=${id}`, {
        headers: { authorization: `Bearer ${service.token}` },
      });
      socket.on("error", reject);
      socket.on("message", (data: Buffer) => events.push((JSON.parse(data.toString("utf8")) as { event: string }).event));
      socket.on("close", () => resolve());
    });
    expect(events.at(-1)).toBe("runEnded");
  });
});

describe("requests for actions", () => {
  it("that only look are answered at once, as in this process", async () => {
    const plan = (await service.ask("/actions/infra.plan", { body: { input: {} } })).json();
    expect(plan).toMatchObject({ infra: "small" });
    const checked = await service.ask("/workflows/servers/create", { body: { infra: "small", check_mode: true } });
    expect(checked.json()).toEqual(plan);
    const body = { infra: "small", cluster: "small", check_mode: true };
    expect((await service.ask("/workflows/cluster/create", { body })).json()).toEqual(plan);
  });

  it.each([
    ["servers/create", { infra: "small", servers: ["one"] }, ONE],
    ["taskserv/create", { infra: "small", taskserv: "nginx" }, TWO],
    ["taskserv/create", { infra: "small", taskservs: ["nginx"], servers: ["two"] }, TWO],
    ["cluster/create", { cluster: "small" }, [...ONE, ...TWO].sort()],
  ])("change what the body names, and nothing else: %s %j", async (path, body, expected) => {
    const checked = await service.ask(`/workflows/${path}`, { body: { ...body, check_mode: true } });
    expect(checked.status).toBe(200);
    const { changes } = checked.json<{ changes: { address: string; kind: string }[] }>();
    const made = changes.filter(({ kind }) => kind === "create").map(({ address }) => address);
    expect(made.filter((address) => !address.startsWith("network.")).sort()).toEqual(expected);
  });

  it("take their settings from a file of the workspace", async () => {
    await writeFile(join(service.workspace, "settings.yaml"), "servers:\n  default_plan: large\n");
    const body = { infra: "small", settings: "./settings.yaml", check_mode: true };
    expect((await service.ask("/workflows/servers/create", { body })).status).toBe(200);
    await writeFile(join(service.workspace, "settings.yaml"), "storage:\n  type: memory\n");
    const refused = await service.ask("/workflows/servers/create", { body });
    expect([refused.status, refused.json<{ error: { code: string } }>().error.code]).toEqual([422, "SETTINGS_REFUSED"]);
  });

  it.each([
    ["what belongs to the service", { "orchestrator.workers": 1, "storage.type": "memory" }, "SETTINGS_REFUSED"],
    ["what it opens to others", { "workflows.service_environment": "*" }, "SETTINGS_REFUSED"],
    ["a secret that would be recorded", { "notifications.webhook": "https://chat.example/s3cret" }, "SETTINGS_SECRET"],
  ])("refuse as settings %s", async (_, flags, code) => {
    const before = (await service.ask("/tasks")).text;
    const answer = await service.ask("/actions/infra.apply", { body: { input: {}, flags, approve: "ask" } });
    expect([answer.status, answer.json<{ error: { code: string } }>().error.code]).toEqual([422, code]);
    expect(answer.text).not.toContain("s3cret");
    expect((await service.ask("/tasks")).text).toBe(before);
  });

  it.each(["PROVISIONING_ORCHESTRATOR_WORKERS", "PROVISIONING_NOTIFICATIONS_WEBHOOK", "PATH"])(
    "refuse the variable %s",
    async (name) => {
      const answer = await service.ask("/actions/infra.plan", { body: { variables: { [name]: "https://chat.example/s3cret" } } });
      expect([answer.status, answer.json<{ error: { code: string } }>().error.code]).toEqual([422, "SETTINGS_REFUSED"]);
      expect(answer.text).toContain(name);
      expect(answer.text).not.toContain("s3cret");
    },
  );

  it("have their settings also after a restart", async () => {
    await writeFile(join(service.workspace, "config/prod-defaults.toml"), '[servers]\ndefault_plan = "xlarge"\n');
    const apply = async (flags: object) =>
      (await service.ask("/actions/infra.apply", { body: { input: {}, flags, approve: "ask" } })).json<{ id: string }>().id;
    const decline = async (id: string) => {
      await service.ask(`/tasks/${id}/cancel`, { body: {} });
      await ended(id);
    };
    const plain = await apply({});
    expect(await untilLine(plain, "event: confirm")).not.toContain("xlarge");
    await decline(plain);
    const chosen = await apply({ "environment.default": "prod" });
    expect(await untilLine(chosen, "event: confirm")).toContain("xlarge");
    await service.restart();
    const [, first, second] = (await untilLine(chosen, "event: confirm", 2)).split("event: confirm\n");
    const planIn = (text = "") => /"plan":(.*)/.exec(text)?.[1];
    expect(planIn(second)).toContain("xlarge");
    expect(planIn(second)).toBe(planIn(first));
    await decline(chosen);
  });

  it("tell the findings of a bad definition with their places", async () => {
    await mkdir(join(service.workspace, "infra/broken"), { recursive: true });
    await writeFile(
      join(service.workspace, "infra/broken/main.k"),
      "import provisioning.settings as cfg\n\nx = cfg.Settings {nmae = 1}\n",
    );
    const answer = await service.ask("/actions/infra.plan", { body: { input: { infra: "broken" } } });
    expect(answer.status).toBe(422);
    const { errors } = answer.json<{ errors: { place: string }[] }>();
    expect(errors[0]?.place).toMatch(/^infra\/broken\/main\.k:\d+:\d+$/);
    const task = await service.ask("/actions/infra.apply?wait=true", { body: { input: { infra: "broken" } } });
    expect(task.json()).toMatchObject({ status: "failed" });
  });

  it("ask before they change anything, and take no for an answer", async () => {
    const { id } = (await service.ask("/actions/infra.apply", { body: { input: { infra: "small" }, approve: "ask" } })).json<{
      id: string;
    }>();
    const asked = await untilLine(id, "event: confirm");
    const { digest } = JSON.parse(/event: confirm\ndata: (.*)/.exec(asked)?.[1] ?? "{}") as { digest: string };
    expect((await service.ask(`/tasks/${id}/confirm`, { body: { digest: "another", answer: true } })).status).toBe(409);
    expect((await service.ask(`/tasks/${id}/confirm`, { body: { digest, answer: false } })).status).toBe(200);
    expect(await ended(id)).toMatchObject({ status: "completed", result: { outcome: "declined" } });
  });
});

/** What a task has told as soon as so many lines of it are `line`. */
async function untilLine(id: string, line: string, times = 1): Promise<string> {
  const stop = new AbortController();
  const answer = await fetch(`${service.url}/tasks/${id}/events`, {
    headers: { authorization: `Bearer ${service.token}` },
    signal: stop.signal,
  });
  let text = "";
  const decoder = new TextDecoder();
  for await (const chunk of answer.body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    if (text.split(line).length > times && text.endsWith("\n\n")) break;
  }
  return text;
}
