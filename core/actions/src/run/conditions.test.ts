import { infraName, newRunId } from "@provisioning/model";
import { describe, expect, it } from "vitest";
import { kclConditions } from "./conditions.js";

const scope = (outputs: Record<string, { ready: boolean }>) =>
  ({ run: { id: newRunId(), name: "deploy", infra: infraName("shop"), labels: { purpose: "batch" } }, outputs }) as const;

describe("wait conditions", () => {
  it.each([
    "outputs['db'].ready",
    "'db' in outputs && outputs['db'].ready",
    "!(run.name == 'x') || run.labels.purpose == 'batch'",
    "len(outputs) >= 0 and True",
  ])("%s can be used", async (expression) => {
    expect(kclConditions.check(expression)).toBeUndefined();
    expect(await kclConditions.holds(expression, scope({ db: { ready: true } }) as never)).toBe(true);
  });

  it.each([
    ["", "empty"],
    ["outputs[", "expected one of"],
    ["otputs['db'].ready", "name 'otputs' is not defined"],
    ["import os", "expected"],
    ["x".repeat(5_000), "characters"],
  ])("%s cannot, which is said before anything is begun", (expression, text) => {
    expect(kclConditions.check(expression)).toContain(text);
  });

  it.each(["outputs['db'].ready", "1 + 1", "len([x for x in range(100000000)]) > 1", "file.read('/etc/hostname') != ''"])(
    "%s fails when it comes to nothing",
    async (expression) => {
      await expect(kclConditions.holds(expression, scope({}) as never)).rejects.toThrow();
    },
  );
});
