/** Health while the storage fails, over a real service whose storage is made to. */

import { rm } from "node:fs/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { platformLayout } from "@provisioning/actions";
import { ProvisioningError, systemClock } from "@provisioning/model";
import { pino } from "pino";
import { createServiceMetrics } from "../metrics/service-metrics.js";
import { openService, type Service } from "../service.js";
import type { Answer } from "./endpoint.js";
import { systemEndpoints } from "./routes/system.js";

let base: string;
let service: Service;
beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), "provisioning-health-"));
  const workspace = join(base, "workspace");
  await mkdir(join(workspace, "config"), { recursive: true });
  await writeFile(join(workspace, "config", "provisioning.yaml"), "");
  service = await openService({
    logger: pino({ level: "silent" }),
    observe: async () => createServiceMetrics(systemClock, "0.0.0").observer,
    context: {
      platform: platformLayout(fileURLToPath(new URL("../../../../", import.meta.url)).replace(/\/$/, "")),
      platformVersion: "0.0.0",
      clock: systemClock,
      environment: { XDG_CONFIG_HOME: join(base, "user") },
      currentDir: workspace,
      workspace,
      flags: {},
      holder: "test",
    },
  });
});
afterAll(async () => {
  await service.close();
  await rm(base, { recursive: true, force: true });
});

/** Asks for health until it is so. */
async function untilStatus(wanted: number, current: Service["storage"]["leases"]["current"]): Promise<() => Promise<unknown>> {
  const { storage } = service;
  const broken = { ...service, storage: { ...storage, leases: { ...storage.leases, current } } } as Service;
  const health = systemEndpoints(
    broken,
    () => [],
    async () => "",
  ).find(({ path }) => path === "/health");
  const ask = async () => (await health?.serve({} as never)) as Extract<Answer, { body: unknown }>;
  for (;;) {
    const answer = await ask();
    if (answer.status === wanted) return async () => (await ask()).body;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

it("is well while the storage answers", async () => {
  const body = await untilStatus(200, (scope) => service.storage.leases.current(scope));
  expect(await body()).toMatchObject({ status: "ok" });
});

it("is failing while the storage throws, and well when it answers again", async () => {
  let isBroken = true;
  const body = await untilStatus(503, async (scope) => {
    if (isBroken) throw new ProvisioningError({ code: "STORE_DENIED", message: "No." });
    return service.storage.leases.current(scope);
  });
  expect(await body()).toMatchObject({ status: "failing", reason: "STORE_DENIED" });
  isBroken = false;
  await expect.poll(body, { timeout: 5_000 }).toMatchObject({ status: "ok" });
});

it("is failing while the storage hangs, and says so without waiting for it", async () => {
  const body = await untilStatus(503, () => new Promise(() => {}));
  const began = performance.now();
  expect(await body()).toMatchObject({ status: "failing", reason: "STORE_SILENT" });
  expect(performance.now() - began).toBeLessThan(100);
});
