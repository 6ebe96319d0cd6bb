import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { OperationDefinition } from "@provisioning/model";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { besideUsual, rememberDurations } from "./durations.js";
import type { RunReport } from "./report.js";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "durations-"));
});
afterEach(() => rm(folder, { recursive: true }));

const operations = ["taskserv.web-01.nginx", "taskserv.web-02.nginx", "server.web-01"].map((address) => ({
  id: `install:${address}`,
  action: "install",
  title: `install ${address}`,
  address,
})) as unknown as readonly OperationDefinition[];

const run = (durationMs: number, more: object = {}) =>
  ({
    operations: operations.map(({ id }) => ({ id, status: "completed", attempts: 1, durationMs, ...more })),
  }) as unknown as RunReport;
const usual = async () => (await besideUsual(folder, operations, run(1))).operations.map(({ usualMs }) => usualMs);

describe("what an operation usually takes", () => {
  it("is not known before it was done", async () => {
    expect(await usual()).toEqual([undefined, undefined, undefined]);
  });

  it("is told by what was done before, on any server", async () => {
    await rememberDurations(folder, operations.slice(0, 1), run(4_000));
    expect(await usual()).toEqual([4_000, 4_000, undefined]);
  });

  it("is another thing for what is updated than for what is created", async () => {
    await rememberDurations(
      folder,
      operations.map((operation) => ({ ...operation, title: "update it" })),
      run(100),
    );
    expect(await usual()).toEqual([undefined, undefined, undefined]);
  });

  it("does not count what failed or was tried again", async () => {
    await rememberDurations(folder, operations, run(9_000, { status: "failed" }));
    await rememberDurations(folder, operations, run(9_000, { attempts: 2 }));
    expect(await usual()).toEqual([undefined, undefined, undefined]);
  });
});
