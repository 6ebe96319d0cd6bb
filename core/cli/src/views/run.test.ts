import type { RunReport } from "@provisioning/actions";
import { infraName, newRunId } from "@provisioning/model";
import { expect, it } from "vitest";
import { styleFor } from "../style.js";
import { renderRun } from "./run.js";

const id = newRunId();
const run = (part: Partial<RunReport>): RunReport => ({
  id,
  name: "slow",
  infra: infraName("shop"),
  purpose: "workflow",
  status: "running",
  createdAt: "2026-01-01T00:00:00.000Z",
  interrupted: false,
  operations: [],
  ...part,
});

it.each<[string, Partial<RunReport>, string, string]>([
  ["under way", {}, "▸ slow is running", ""],
  ["left by a command that was killed", { interrupted: true }, "✗ slow was interrupted", "workflow resume"],
  ["that waits", { status: "pending" }, "▸ slow waits for a worker", "workflow resume"],
  ["that is paused", { status: "paused" }, "■ slow is paused", "workflow resume"],
  ["of batch that is paused", { status: "paused", purpose: "batch" }, "■ slow is paused", "batch resume"],
  ["of an infra that is paused", { status: "paused", purpose: "apply" }, "■ slow is paused", "workflow resume"],
  ["of an infra, left by a command", { interrupted: true, purpose: "apply" }, "✗ slow was interrupted", "apply --infra shop"],
  ["that is undone", { status: "rollingBack" }, "▸ slow is being rolled back", ""],
  ["that failed", { status: "failed" }, "✗ slow failed", "workflow retry"],
  ["that went well", { status: "completed" }, "✓ slow completed", ""],
])("a run %s is told as that, with how to go on", (_, part, verdict, next) => {
  const text = renderRun(run(part), styleFor({ write: () => true }, { NO_COLOR: "1" }));
  expect(text).toContain(`${verdict}: 0 of 0 operations done`);
  expect(text.includes("Go on with: provisioning ")).toBe(next !== "");
  expect(text).toContain(next);
});
