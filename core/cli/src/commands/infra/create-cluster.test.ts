import type { HealthReport } from "@provisioning/actions";
import { describe, expect, it } from "vitest";
import { untilHealthy } from "./create-cluster.js";

const service = (healthy: boolean) => ({ server: "a", name: "b", status: "healthy", healthy, checks: [] });
const report = (healthy: boolean, services: readonly unknown[] = [service(healthy)]) =>
  ({ infra: "shop", healthy, services }) as unknown as HealthReport;

/** Each look takes a minute. */
async function wait(...looks: HealthReport[]) {
  let [now, looked] = [0, 0];
  const { signal } = new AbortController();
  const found = await untilHealthy(
    { clock: { now: () => now } as never, signal },
    async () => {
      now += 60_000;
      looked += 1;
      return looks[Math.min(looked, looks.length) - 1] as HealthReport;
    },
    0,
  );
  return { healthy: found.healthy, looked };
}

describe("waiting for health", () => {
  it("ends when all is healthy", async () => {
    expect(await wait(report(true))).toEqual({ healthy: true, looked: 1 });
    expect(await wait(report(false), report(false), report(true))).toEqual({ healthy: true, looked: 3 });
  });

  it("gives up when time is over, with what was seen last", async () => {
    expect(await wait(report(false))).toEqual({ healthy: false, looked: 5 });
  });

  it("has nothing to wait for where nothing is to run", async () => {
    expect(await wait(report(false, []))).toEqual({ healthy: true, looked: 1 });
  });
});
