import { createRedactor } from "@provisioning/model";
import { expect, it } from "vitest";
import { createReportParser } from "../index.js";

it("reads reports as they arrive and leaves noise out", () => {
  const seen: string[] = [];
  const parser = createReportParser(createRedactor(), {
    onStart: ({ session }) => seen.push(`start ${session}`),
    onStep: (step) => seen.push(`${step.step} ${step.status}`),
    onHealth: (check) => seen.push(`${check.check} ${check.status}`),
    onLog: (text) => seen.push(text),
  });
  for (const line of [
    "Welcome to this server!",
    "",
    '{"type":"start","pid":7,"session":9}',
    '{"type":"log","text":"waiting"}',
    '{"type":"step","taskserv":"etcd","step":"packages","status":"ok","ms":10}',
    '{"type":"step","taskserv":"etcd","st',
    '{"type":"unknown"}',
    '{"other":1}',
    '{"type":"step","taskserv":"etcd","step":"odd","status":"strange","ms":"x"}',
    '{"type":"health","taskserv":"etcd","check":"alive","status":"failed","ms":1,"attempts":3,"exit":1,"reason":"COMMAND_FAILED","output":"no"}',
  ])
    parser.line(line);
  expect(seen).toEqual(["start 9", "waiting", "packages ok", "odd failed", "alive failed"]);
  const report = parser.report();
  expect(report.summary).toBeUndefined();
  expect(report.steps[1]).toEqual({ taskserv: "etcd", step: "odd", status: "failed", ms: 0 });
  expect(report.health[0]).toMatchObject({ attempts: 3, reason: "COMMAND_FAILED", output: "no" });
});

it("shows no secret, and none that a step reported", () => {
  const redactor = createRedactor();
  redactor.add("given-secret");
  const parser = createReportParser(redactor);
  parser.line('{"type":"output","taskserv":"k8s","step":"token","name":"token","secret":true,"value":"reported-secret"}');
  parser.line(
    '{"type":"step","taskserv":"k8s","step":"a","status":"failed","ms":1,"diff":"+given-secret","output":"reported-secret","exit":1,"reason":"X"}',
  );
  const { outputs, steps } = parser.report();
  expect(outputs).toEqual([{ taskserv: "k8s", name: "token", value: "reported-secret", secret: true }]);
  expect(JSON.stringify(steps)).not.toMatch(/given-secret|reported-secret/);
});
