import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ProvisioningError } from "@provisioning/model";
import { afterAll, describe, expect, it } from "vitest";
import { commandLog, commandLogFile, type CommandLogLimits } from "../../command-log.js";
import { traceIdOf, type TraceSource, traceLines } from "./trace-lines.js";

const dir = mkdtempSync(join(tmpdir(), "provisioning-trace-"));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const TRACE = "0af7651916cd43dd8448eb211c80319c";
const OTHER = "1bf7651916cd43dd8448eb211c80319c";
const OLD = "3cf7651916cd43dd8448eb211c80319c";
const TASK = "01890000-0000-7000-8000-000000000001";
const at = (second: number) => `2026-03-01T12:00:0${second}.000Z`;
const lines = (...entries: object[]) => entries.map((entry) => JSON.stringify(entry)).join("\n");

mkdirSync(join(dir, "tasks"));
writeFileSync(
  join(dir, "service.log"),
  lines(
    {
      level: "info",
      time: at(2),
      trace_id: TRACE,
      method: "POST",
      route: "/workflows",
      status: 202,
      seconds: 0.004,
      message: "request",
    },
    {
      level: "info",
      time: at(2),
      trace_id: OTHER,
      method: "GET",
      route: "/tasks",
      status: 200,
      seconds: 0.004,
      message: "request",
    },
    { level: "info", time: at(3), trace_id: TRACE, run: TASK, message: "run started", name: "deploy" },
  ) + "\nTrace: no JSON, and half a line {",
);
writeFileSync(
  join(dir, "tasks", `${TASK}.ndjson`),
  lines(
    { time: at(4), level: "info", traceId: TRACE, event: "action", data: { type: "phase", title: "look at 1 server" } },
    {
      time: at(5),
      level: "error",
      traceId: TRACE,
      event: "action",
      data: { type: "run", event: { type: "operationFailed", operation: "a", error: { message: "too slow" } } },
    },
  ),
);

const sources: readonly TraceSource[] = [
  { source: "service", file: join(dir, "service.log") },
  { source: "task", folder: join(dir, "tasks") },
  { source: "workflow", folder: join(dir, "nothing") },
  {
    source: "command",
    text: lines({ time: at(1), trace_id: TRACE, level: "info", message: "command", command: "provisioning apply" }),
  },
];

describe("a trace", () => {
  it("is the lines of all logs that have its id, in the order of time", async () => {
    expect((await traceLines(TRACE, sources)).map(({ source, level, message }) => `${source} ${level} ${message}`)).toEqual([
      "command info command: provisioning apply",
      "service info POST /workflows: 202 in 4 ms",
      "service info run started: deploy",
      "task info phase look at 1 server",
      "task error operationFailed a: too slow",
    ]);
    expect((await traceLines(TRACE, sources)).map(({ id }) => id)).toEqual([undefined, undefined, TASK, TASK, TASK]);
  });

  it("is looked for in the logs that were put aside, too, the oldest first", async () => {
    const file = join(dir, "rotated", "orchestrator.log");
    mkdirSync(join(dir, "rotated"));
    const line = (second: number, message: string) => ({ time: at(second), trace_id: OLD, level: "info", message });
    for (const [suffix, message] of [
      ["", "newest"],
      [".1", "newer"],
      [".2", "old"],
      [".10", "oldest"],
    ] as const) {
      writeFileSync(`${file}${suffix}`, lines(line(7, message)));
    }
    // Nobody wrote these.
    for (const other of [".gz", ".1.bak", ".0", "2"]) writeFileSync(`${file}${other}`, lines(line(7, "other")));
    const found = await traceLines(OLD, [{ source: "service", file }]);
    expect(found.map(({ message }) => message)).toEqual(["oldest", "old", "newer", "newest"]);
    expect(await traceIdOf("3cf7651916", [{ source: "service", file }])).toBe(OLD);
  });

  it.each([
    ["itself", TRACE, TRACE],
    ["its beginning", "0af76519", TRACE],
    ["a task of it", TASK, TRACE],
    ["another one", OTHER.slice(0, 10), OTHER],
    ["one that is not there", "99999999", undefined],
    ["too little", "0af7", undefined],
    ["a word", "operationFailed", undefined],
  ])("is found by %s", async (_, id, found) => {
    expect(await traceIdOf(id, sources)).toBe(found);
  });
});

describe("the log of commands", () => {
  const noLimits = () => Promise.reject(new Error("not asked for"));

  it("is put aside beyond its limit, and so many are kept", async () => {
    const runtimeDir = join(dir, "large");
    const file = commandLogFile(runtimeDir);
    mkdirSync(join(runtimeDir, "logs"), { recursive: true });
    const line = { traceId: TRACE, command: "provisioning plan", now: () => 0 };
    const ask = (mebibytes: number, limits: () => Promise<CommandLogLimits>) => {
      writeFileSync(file, `${"x".repeat(mebibytes * 1024 * 1024)}\n`);
      return commandLog(runtimeDir, line, limits).around("infra.plan", async () => {});
    };
    const limits = async () => ({ maxBytes: 2 * 1024 * 1024, keep: 2 });
    await ask(1, limits);
    expect(readdirSync(join(runtimeDir, "logs"))).toEqual(["commands.ndjson"]);
    await ask(2, noLimits);
    expect(readdirSync(join(runtimeDir, "logs"))).toEqual(["commands.ndjson"]);
    for (let round = 0; round < 3; round += 1) await ask(2, limits);
    expect(readdirSync(join(runtimeDir, "logs")).sort()).toEqual(["commands.ndjson", "commands.ndjson.1", "commands.ndjson.2"]);
    expect(readFileSync(file, "utf8").trim().split("\n")).toHaveLength(2);
    // Ten at once put one aside.
    writeFileSync(file, "x".repeat(3 * 1024 * 1024));
    writeFileSync(`${file}.1`, "before");
    const ten = Array.from({ length: 10 }, () => commandLog(runtimeDir, line, limits).around("infra.plan", async () => {}));
    await Promise.all(ten);
    expect(readFileSync(`${file}.2`, "utf8")).toBe("before");
  });

  it("has a line before and a line after what the service is asked for", async () => {
    const runtimeDir = join(dir, "runtime");
    mkdirSync(join(runtimeDir, "logs"), { recursive: true });
    let now = Date.parse(at(1));
    const log = commandLog(runtimeDir, { traceId: TRACE, command: "provisioning apply", now: () => (now += 500) }, noLimits);
    expect(await log.around("infra.apply", async () => 7)).toBe(7);
    const refused = new ProvisioningError({ code: "QUEUE_FULL", message: "Too many." });
    await expect(log.around("infra.apply", () => Promise.reject(refused))).rejects.toBe(refused);
    const written = readFileSync(commandLogFile(runtimeDir), "utf8").trim().split("\n");
    expect(written.map((line) => JSON.parse(line) as object)).toMatchObject([
      { level: "info", trace_id: TRACE, message: "command", action: "infra.apply", command: "provisioning apply" },
      { level: "info", trace_id: TRACE, message: "answered", seconds: 1 },
      { message: "command" },
      { level: "error", message: "failed", code: "QUEUE_FULL" },
    ]);
  });

  it("stops no command where it cannot be written", async () => {
    const log = commandLog(join(dir, "service.log"), { traceId: TRACE, command: "x", now: () => 0 }, noLimits);
    expect(await log.around("infra.plan", async () => "answer")).toBe("answer");
  });
});
