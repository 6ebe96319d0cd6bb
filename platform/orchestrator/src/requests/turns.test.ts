/** Changes of one infra come one after the other, and hold nobody else back. */

import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { platformLayout, WORKFLOW_PURPOSE } from "@provisioning/actions";
import {
  infraName,
  networkAddress,
  newRunId,
  type OperationId,
  type RunDefinition,
  type RunId,
  systemClock,
} from "@provisioning/model";
import { infraScope } from "@provisioning/storage";
import { pino } from "pino";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createServiceMetrics } from "../metrics/service-metrics.js";
import { openService, type Service } from "../service.js";
import { thinkingWorkflow } from "../testing/test-service.js";
import { requestRun } from "./request.js";

const root = fileURLToPath(new URL("../../../../", import.meta.url)).replace(/\/$/, "");
const [shop, blog] = [infraName("shop"), infraName("blog")];

let base: string;
let dir: string;
let service: Service;
let slow: Slow;

beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), "provisioning-turns-"));
  dir = join(base, "workspace");
  for (const folder of ["config", "workflows", "infra/shop"]) await mkdir(join(dir, folder), { recursive: true });
  const settings = "orchestrator:\n  workers: 8\nworkflows:\n  service_environment: SLOW\n";
  await writeFile(join(dir, "config", "provisioning.yaml"), settings);
  await writeFile(join(dir, "workflows", "think.json"), JSON.stringify(thinkingWorkflow()));
  await writeFile(join(dir, "workflows", "slow.json"), JSON.stringify(slowWorkflow));
  slow = await startSlow();
  service = await open();
});
afterEach(async () => {
  await service.close();
  slow.close();
  await rm(base, { recursive: true, force: true });
});

/** Answers when it is told to: a step that calls it takes as long as the test wants. */
interface Slow {
  readonly url: string;
  readonly asked: () => number;
  answer(): void;
  close(): void;
}

async function startSlow(): Promise<Slow> {
  const waiting: ServerResponse[] = [];
  let asked = 0;
  const server = createServer((_, response) => {
    asked += 1;
    waiting.push(response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    asked: () => asked,
    answer() {
      for (const response of waiting.splice(0)) response.end("ok");
    },
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

const slowWorkflow = {
  ...thinkingWorkflow("slow"),
  spec: { steps: [{ name: "call", task: "notifications.webhook", params: { webhook: "${SLOW}", message: "are you there?" } }] },
};

function open(): Promise<Service> {
  const context = {
    platform: platformLayout(root),
    platformVersion: "0.0.0",
    clock: systemClock,
    environment: { XDG_CONFIG_HOME: join(base, "user"), SLOW: slow.url },
    currentDir: dir,
    workspace: dir,
    flags: { "notifications.allow_private_addresses": "yes" },
    holder: "the service",
  };
  const observe = () => Promise.resolve(createServiceMetrics(systemClock, "0.0.0").observer);
  return openService({ context, logger: pino({ level: "silent" }), observe });
}

/** A change of an infra that takes no time: a workflow that only thinks. */
async function change(infra = shop, file = "workflows/think.json"): Promise<RunId> {
  const request = {
    action: "workflow.run",
    input: { file },
    approve: "given",
    flags: {},
    command: "test",
    traceId: "0".repeat(32),
  } as const;
  return service.engine.submit(requestRun({ request, infra, title: `change ${infra}`, at: Date.now(), id: newRunId() }));
}

const statusOf = async (id: RunId) => (await service.engine.state(id)).status;
const statuses = async (ids: readonly RunId[]) => [...new Set(await Promise.all(ids.map(statusOf)))];
const startedOf = async (ids: readonly RunId[]) => {
  const states = await Promise.all(ids.map((id) => service.engine.state(id)));
  return states.filter((state) => state.operations.at(0).status === "running").length;
};

const holdByHand = (infra = shop) => service.storage.leases.acquire(infraScope(infra), "somebody on another machine", 60_000);

describe("many changes of one infra that wait", () => {
  it("leave the places of the worker to others, also while they are many more than there are places", async () => {
    const held = await holdByHand();
    const waiting = await Promise.all(Array.from({ length: 64 }, () => change()));
    await expect.poll(() => startedOf(waiting)).toBe(64);
    await expect.poll(() => service.worker.active).toBe(0);
    const others = await Promise.all(Array.from({ length: 20 }, () => change(blog)));
    await expect.poll(() => statuses(others)).toEqual(["completed"]);
    expect(await startedOf(waiting)).toBe(64);
    await service.storage.leases.release(held);
    await expect.poll(() => statuses(waiting), { timeout: 15_000 }).toEqual(["completed"]);
    await expect.poll(() => service.worker.active).toBe(0);
  });

  it("can be cancelled while they wait", async () => {
    const held = await holdByHand();
    const id = await change();
    await expect.poll(() => startedOf([id])).toBe(1);
    expect(service.requests.cancel(id, "drain")).toBe(false);
    await service.engine.cancel(id, "test", "not any more");
    await expect.poll(() => statusOf(id)).toBe("cancelled");
    await service.storage.leases.release(held);
  });
});

describe("a service that stops while a change is under way and others wait", () => {
  it("gives all of them back, and the next one takes them up at once", async () => {
    const running = await change(shop, "workflows/slow.json");
    await expect.poll(slow.asked).toBe(1);
    const waiting = await Promise.all([change(), change()]);
    await expect.poll(() => startedOf(waiting)).toBe(2);
    const began = performance.now();
    await service.close();
    // The call is given its ten seconds to end, nothing more.
    expect(performance.now() - began).toBeLessThan(11_500);
    service = await open();
    await expect.poll(slow.asked, { timeout: 3_000 }).toBe(2);
    expect(await statusOf(running)).toBe("running");
    slow.answer();
    await expect.poll(() => statuses([running, ...waiting])).toEqual(["completed"]);
  }, 40_000);
});

describe("a step that deploys taskservs", () => {
  /** Its servers are not there: it looks, and fails. */
  const deploy = (): RunDefinition => ({
    id: newRunId(),
    name: "deploy",
    infra: shop,
    operations: [
      {
        id: "deploy" as OperationId,
        title: "deploy",
        action: "task.provisioning.deploy-taskservs",
        address: networkAddress(shop),
        input: { task: "provisioning.deploy-taskservs", params: { taskservs: ["os"] } },
        dependsOn: [],
        timeoutMs: 60_000,
        retry: { maxAttempts: 1, backoff: "linear", initialDelayMs: 0, maxDelayMs: 0 },
        onFailure: "fail",
      },
    ],
    parallelLimit: 1,
    labels: { purpose: WORKFLOW_PURPOSE },
    createdAt: Date.now(),
  });
  const describeShop = async () => {
    const text = await readFile(join(root, "tests/fixtures/small/infra/small/main.k"), "utf8");
    await writeFile(join(dir, "infra/shop/main.k"), text.replace('name = "small"', 'name = "shop"'));
  };
  const endOf = async (id: RunId) =>
    (await service.storage.runs.load(id)).events.findLast(({ type }) => type === "runEnded")?.at ?? Number.NaN;

  it("waits for whoever changes its infra, and holds changes back until it has ended", async () => {
    await describeShop();
    const held = await holdByHand();
    const deploying = await service.engine.submit(deploy());
    await expect.poll(() => startedOf([deploying])).toBe(1);
    await expect.poll(() => service.turns.isTaken(shop)).toBe(true);
    const waiting = await change();
    await expect.poll(() => startedOf([waiting])).toBe(1);
    await change(blog).then((other) => expect.poll(() => statusOf(other)).toBe("completed"));
    expect(await statuses([deploying, waiting])).toEqual(["running"]);
    await service.storage.leases.release(held);
    await expect.poll(() => statusOf(deploying), { timeout: 15_000 }).toBe("failed");
    await expect.poll(() => statusOf(waiting)).toBe("completed");
    const [made] = (await service.storage.runs.list({ infra: shop })).runs.filter(({ labels }) => labels.request === waiting);
    expect(made?.createdAt).toBeGreaterThanOrEqual(await endOf(deploying));
  });

  it("is given back when the service stops while it waits, and waits again in the next one", async () => {
    await describeShop();
    const held = await holdByHand();
    const deploying = await service.engine.submit(deploy());
    await expect.poll(() => service.turns.isTaken(shop)).toBe(true);
    await service.close();
    service = await open();
    await expect.poll(() => service.turns.isTaken(shop)).toBe(true);
    expect(await statusOf(deploying)).toBe("running");
    // The storage was closed: whoever held the infra is gone.
    expect(await service.storage.leases.current(infraScope(shop))).not.toEqual(held);
    await expect.poll(() => statusOf(deploying), { timeout: 15_000 }).toBe("failed");
    const { events } = await service.storage.runs.load(deploying);
    const failed = events.filter((event) => event.type === "operationFailed");
    expect(failed.map(({ error }) => error.code)).not.toContain("SERVICE_STOPPING");
  });

  it("lends one place, however many of its run wait", async () => {
    await describeShop();
    const held = await holdByHand();
    const { operations, ...rest } = deploy();
    const several = Array.from({ length: 5 }, (_, index) =>
      operations.map((operation) => ({ ...operation, id: `deploy-${index}` as OperationId })),
    ).flat();
    const deploying = await service.engine.submit({ ...rest, parallelLimit: 5, operations: several });
    await expect.poll(() => startedOf([deploying])).toBe(1);
    await expect.poll(() => service.worker.active).toBe(0);
    const others = await Promise.all(Array.from({ length: 10 }, () => change(blog, "workflows/slow.json")));
    await expect.poll(slow.asked).toBe(1);
    // Eight places; those of the infra that has its turn and those that wait for it lend theirs.
    await expect.poll(() => service.worker.active).toBe(1);
    await service.engine.cancel(deploying, "test", "enough");
    for (const id of others) await service.engine.cancel(id, "test", "enough");
    await expect.poll(() => statuses([deploying, ...others])).toEqual(["cancelled"]);
    await service.storage.leases.release(held);
    await expect.poll(() => service.worker.active).toBe(0);
  });

  it("does not wait for the task that it belongs to", async () => {
    const steps = [{ name: "base", task: "provisioning.deploy-taskservs", params: { taskservs: ["os"] } }];
    await writeFile(join(dir, "workflows", "deploy.json"), JSON.stringify({ ...thinkingWorkflow("deploy"), spec: { steps } }));
    await describeShop();
    const id = await change(shop, "workflows/deploy.json");
    await expect.poll(() => statusOf(id), { timeout: 15_000 }).toBe("failed");
    const [made] = (await service.storage.runs.list({ infra: shop })).runs.filter(({ labels }) => labels.request === id);
    expect(made?.status).toBe("failed");
  });
});
