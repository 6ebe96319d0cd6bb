/**
 * What every taskserv must keep, tried on a real server: check tells, apply does, the second apply changes nothing, health passes, remove
 * takes it back. Call it in a test file of the taskserv with factories.
 */

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { compileProgram, type ProgramMode } from "../compiler/program.js";
import type { ProgramSection } from "../compiler/section.js";
import type { Connection } from "../connection/connection.js";
import { runProgram } from "../connection/run-program.js";
import type { ServerReport } from "../report/report.js";
import { requireSteps } from "../steps/parse.js";
import { type CompiledTaskserv, installSection, removeSection } from "../taskserv/compiled.js";

export interface TaskservConformance {
  readonly name: string;
  /** A connection to a fresh server, and what takes the server away again. */
  connect(): Promise<{ readonly connection: Connection; readonly close: () => Promise<void> }>;
  /** The taskserv, evaluated for that server. */
  compile(): Promise<CompiledTaskserv>;
  readonly secrets?: readonly string[];
  /** Why the suite cannot run here. */
  readonly skip?: string | undefined;
  /** For one test. Default 10 minutes. */
  readonly timeoutMs?: number;
}

export function taskservConformance(options: TaskservConformance): void {
  const timeout = options.timeoutMs ?? 600_000;
  const title = `taskserv ${options.name}${options.skip === undefined ? "" : ` (skipped: ${options.skip})`}`;
  describe.skipIf(options.skip !== undefined)(title, { timeout, sequential: true }, () => {
    let taskserv: CompiledTaskserv;
    let connection: Connection;
    let close: (() => Promise<void>) | undefined;
    beforeAll(async () => {
      taskserv = await options.compile();
      ({ connection, close } = await options.connect());
    }, timeout);
    afterAll(() => close?.(), timeout);
    const run = (mode: ProgramMode, section: ProgramSection) =>
      runProgram(connection, compileProgram({ mode, sections: [section], secrets: options.secrets ?? [] }));

    it("tells in check what would change", async () => {
      const report = await run("check", installSection(taskserv));
      expect(complaints(report)).toEqual([]);
      expect(report.summary?.wouldChange).toBeGreaterThan(0);
    });

    it("applies, and is healthy", async () => {
      const report = await run("apply", installSection(taskserv));
      expect(complaints(report)).toEqual([]);
      expect(report.summary?.changed).toBeGreaterThan(0);
      expect(report.health.every((check) => check.status === "ok")).toBe(true);
    });

    it("changes nothing when applied again, in one round trip", async () => {
      const before = connection.roundTrips;
      const report = await run("apply", installSection(taskserv));
      expect(complaints(report)).toEqual([]);
      expect(touched(report)).toEqual([]);
      expect(connection.roundTrips - before).toBe(1);
    });

    it("finds nothing to change in check", async () => {
      const report = await run("check", installSection(taskserv));
      expect(touched(report)).toEqual([]);
      expect(report.health.filter((check) => check.status === "failed")).toEqual([]);
    });

    it("reports a failing step with its reason and goes no further", async () => {
      const steps = requireSteps(
        [
          { kind: "command", id: "fails", command: ["sh", "-c", "echo told why; exit 7"], unless: ["false"] },
          { kind: "command", id: "never", command: ["true"], unless: ["false"] },
        ],
        { taskserv: taskserv.name, list: "install" },
      );
      const report = await run("apply", { ...installSection(taskserv), steps, health: [] });
      expect(report.steps).toMatchObject([
        { step: "fails", status: "failed", exit: 7, output: "told why" },
        { step: "never", status: "skipped", reason: "EARLIER_STEP_FAILED" },
      ]);
    });

    it("is removed, and check would make it again", async () => {
      const removed = await run("remove", removeSection(taskserv));
      expect(complaints(removed)).toEqual([]);
      const again = await run("remove", removeSection(taskserv));
      expect(complaints(again)).toEqual([]);
      expect(touched(again)).toEqual([]);
      const report = await run("check", installSection(taskserv));
      expect(report.summary?.wouldChange).toBeGreaterThan(0);
    });
  });
}

/** Steps and checks that did not go well, as short texts that a test failure shows. */
function complaints(report: ServerReport): string[] {
  const failed = [...report.steps, ...report.health].filter((item) => item.status === "failed");
  return failed.map((item) => `${"step" in item ? item.step : item.check}: ${item.reason} ${item.output ?? ""}`);
}

function touched(report: ServerReport): string[] {
  const steps = report.steps.filter((step) => step.status === "changed" || step.status === "would_change");
  return steps.map((step) => `${step.step}: ${step.diff ?? step.status}`);
}
