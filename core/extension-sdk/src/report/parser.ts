/**
 * Reads a program's lines as they arrive. Lines that are no report of ours (a banner, noise of a login shell) are counted and left out.
 * Everything passes the redactor; a secret output's value is added to it before anything else is shown.
 */

import { isJsonObject, type Json, type JsonObject, type Redactor } from "@provisioning/model";
import type { HealthReport, OutputValue, ProgramSummary, ServerFacts, ServerReport, StepReport, StepStatus } from "./report.js";

export interface ReportHandlers {
  onStep?(step: StepReport): void;
  onHealth?(health: HealthReport): void;
  onFacts?(facts: ServerFacts): void;
  /** Something for people, for example that the program waits for another one. */
  onLog?(text: string): void;
  /** The program runs; its session is what has to be ended to stop it. */
  onStart?(start: { readonly pid: number; readonly session: number }): void;
}

export interface ReportParser {
  line(line: string): void;
  /** What has been reported so far. */
  report(): ServerReport;
}

export function createReportParser(redactor: Redactor, handlers: ReportHandlers = {}): ReportParser {
  const steps: StepReport[] = [];
  const health: HealthReport[] = [];
  const outputs: OutputValue[] = [];
  let facts: ServerFacts | undefined;
  let summary: ProgramSummary | undefined;
  let error: { reason: string; message: string } | undefined;

  const record = (value: JsonObject): void => {
    switch (value.type) {
      case "start":
        return handlers.onStart?.({ pid: number(value.pid), session: number(value.session) });
      case "log":
        return handlers.onLog?.(redactor.text(text(value.text)));
      case "facts":
        facts = readFacts(value);
        return handlers.onFacts?.(facts);
      case "step": {
        const step = readStep(value, redactor);
        steps.push(step);
        return handlers.onStep?.(step);
      }
      case "health": {
        const check = readHealth(value, redactor);
        health.push(check);
        return handlers.onHealth?.(check);
      }
      case "output": {
        const output = {
          taskserv: text(value.taskserv),
          name: text(value.name),
          value: text(value.value),
          secret: value.secret === true,
        };
        if (output.secret) redactor.add(output.value);
        outputs.push(output);
        return;
      }
      case "error":
        error = { reason: text(value.reason), message: redactor.text(text(value.message)) };
        return;
      case "summary":
        summary = readSummary(value);
    }
  };

  return {
    line(line) {
      const value = parseLine(line);
      if (value) record(value);
    },
    report: () => ({
      steps,
      health,
      outputs,
      ...(facts === undefined ? {} : { facts }),
      ...(summary === undefined ? {} : { summary }),
      ...(error === undefined ? {} : { error }),
    }),
  };
}

function parseLine(line: string): JsonObject | undefined {
  if (!line.startsWith('{"type":"')) return undefined;
  try {
    const value = JSON.parse(line) as Json;
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

const STATUSES: readonly string[] = ["ok", "changed", "would_change", "failed", "skipped"] satisfies StepStatus[];

function readStep(value: JsonObject, redactor: Redactor): StepReport {
  const status = STATUSES.includes(text(value.status)) ? (text(value.status) as StepStatus) : "failed";
  return {
    taskserv: text(value.taskserv),
    step: text(value.step),
    status,
    ms: number(value.ms),
    ...(typeof value.diff === "string" ? { diff: redactor.text(value.diff) } : {}),
    ...ending(value, redactor),
  };
}

function readHealth(value: JsonObject, redactor: Redactor): HealthReport {
  const status = value.status === "ok" || value.status === "skipped" ? value.status : "failed";
  return {
    taskserv: text(value.taskserv),
    check: text(value.check),
    status,
    ms: number(value.ms),
    attempts: number(value.attempts),
    ...ending(value, redactor),
  };
}

function ending(value: JsonObject, redactor: Redactor): { output?: string; exit?: number; reason?: string } {
  return {
    ...(typeof value.output === "string" ? { output: redactor.text(value.output) } : {}),
    ...(typeof value.exit === "number" ? { exit: value.exit } : {}),
    ...(typeof value.reason === "string" ? { reason: value.reason } : {}),
  };
}

function readFacts(value: JsonObject): ServerFacts {
  const addresses = Array.isArray(value.addresses)
    ? value.addresses.filter((item): item is string => typeof item === "string")
    : [];
  return {
    osId: text(value.osId),
    osVersion: text(value.osVersion),
    osCodename: text(value.osCodename),
    architecture: text(value.architecture),
    kernel: text(value.kernel),
    hostname: text(value.hostname),
    cpus: number(value.cpus),
    memoryMiB: number(value.memoryMiB),
    diskTotalMiB: number(value.diskTotalMiB),
    diskFreeMiB: number(value.diskFreeMiB),
    addresses,
    init: value.init === "systemd" ? "systemd" : "other",
  };
}

function readSummary(value: JsonObject): ProgramSummary {
  return {
    ok: number(value.ok),
    changed: number(value.changed),
    wouldChange: number(value.wouldChange),
    failed: number(value.failed),
    skipped: number(value.skipped),
    unhealthy: number(value.unhealthy),
    ms: number(value.ms),
  };
}

function text(value: Json | undefined): string {
  return typeof value === "string" ? value : "";
}

function number(value: Json | undefined): number {
  return typeof value === "number" && Number.isFinite(value) ? value : 0;
}
