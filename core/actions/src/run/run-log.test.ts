import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type LoggingConfig, newRunId, type OperationId, systemClock } from "@provisioning/model";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { testContext } from "../testing/test-context.js";
import { logLabel, RunLog, type RunLogLine, underRunLog } from "./run-log.js";

const folder = mkdtempSync(join(tmpdir(), "provisioning-run-log-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(folder, "workspace-"));
});

const NOW = Date.parse("2026-03-01T12:00:00Z");
const clock = { ...systemClock, now: () => NOW };
const standard: LoggingConfig = {
  level: "info",
  destinations: ["file", "stdout"],
  format: "json",
  retentionDays: 30,
  path: "./logs/workflows",
};
const operation = "a" as OperationId;
const run = newRunId();
const trace = "0af7651916cd43dd8448eb211c80319c";

function makeLog() {
  const printed: string[] = [];
  const asked = testContext(root, { clock, traceId: trace, log: (line) => void printed.push(line) });
  return { log: new RunLog(asked), asked, printed };
}

/** An action with one operation that is tried twice, told as the real ones do. */
async function work(config: Partial<LoggingConfig> = {}, id = run) {
  const { log, asked, printed } = makeLog();
  const { report } = log.context;
  report({ type: "phase", title: "look at 1 server" });
  await log.begin({ name: "nightly deploy", logging: { ...standard, ...config } }, root);
  report({ type: "note", text: "before the run" });
  report({
    type: "runStarted",
    runId: id,
    operations: [{ id: operation, title: "create web-01" }],
    resumed: false,
    longAfterMs: 0,
  });
  report({ type: "progress", operation, text: "waits for its boot" });
  const error = { code: "TIMEOUT", message: "too slow", retry: "now" } as const;
  report({ type: "run", event: { type: "operationFailed", at: NOW, operation, error, retryAt: NOW + 1000 } as never });
  report({ type: "warning", text: "two\nlines" });
  report({ type: "run", event: { type: "operationFailed", at: NOW, operation, error } as never });
  await log.close();
  const dir = join(root, config.path ?? standard.path);
  const file = join(dir, `nightly_deploy-${id}.log`);
  const lines = existsSync(file)
    ? readFileSync(file, "utf8")
        .split("\n")
        .filter((line) => line !== "")
    : [];
  return { dir, file, lines, asked, printed };
}

describe("the log of a workflow", () => {
  it("is a file for each run in which each line parses, and the same lines printed", async () => {
    const { file, lines, printed, asked } = await work();
    const parsed = lines.map((line) => JSON.parse(line) as RunLogLine);
    expect(parsed.map(({ level, event }) => `${level} ${event}`)).toEqual([
      "info phase",
      "info note",
      "info runStarted",
      "warn operationFailed",
      "warn warning",
      "error operationFailed",
    ]);
    expect(parsed[3]).toEqual({
      time: "2026-03-01T12:00:00.000Z",
      level: "warn",
      trace_id: trace,
      workflow: "nightly deploy",
      run,
      event: "operationFailed",
      operation: "a",
      message: "create web-01: failed with TIMEOUT: too slow; it is tried again at 2026-03-01T12:00:01.000Z",
    });
    expect(printed).toEqual(lines);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    // Whoever watches sees everything, as without a log.
    expect(asked.events).toHaveLength(7);
  });

  it.each([
    ["debug", 7],
    ["info", 6],
    ["warn", 3],
    ["error", 1],
  ] as const)("of level %s has %i lines", async (level, count) => {
    const { lines, printed } = await work({ level });
    expect([lines.length, printed.length]).toEqual([count, count]);
  });

  it("can be text for people, one line each", async () => {
    const { lines } = await work({ format: "text" });
    expect(lines[0]).toBe("2026-03-01T12:00:00.000Z INFO  look at 1 server");
    expect(lines).toContain("2026-03-01T12:00:00.000Z WARN  two lines");
  });

  it("goes where its destinations say", async () => {
    expect(await work({ destinations: ["file"] })).toMatchObject({ printed: [] });
    const { dir, printed } = await work({ destinations: ["stdout"], path: "elsewhere" });
    expect(printed.length).toBe(6);
    expect(existsSync(dir)).toBe(false);
  });

  it("goes on in its file when the run goes on", async () => {
    await work();
    const { file, lines } = await work();
    expect(lines).toHaveLength(12);
    writeFileSync(file, '{"half": "a li', { flag: "a" });
    const again = (await work()).lines;
    expect(again).toHaveLength(18);
    for (const line of again) JSON.parse(line);
  });

  it("is removed when it is older than its retention, and nothing else is", async () => {
    const { dir, file } = await work();
    const old = join(dir, `nightly_deploy-${newRunId()}.log`);
    const foreign = join(dir, "notes.log");
    for (const path of [old, foreign]) {
      writeFileSync(path, "");
      utimesSync(path, NOW / 1000 - 31 * 86_400, NOW / 1000 - 31 * 86_400);
    }
    utimesSync(file, NOW / 1000 - 29 * 86_400, NOW / 1000 - 29 * 86_400);
    await work({}, newRunId());
    expect([existsSync(old), existsSync(foreign), existsSync(file)]).toEqual([false, true, true]);
  });

  it.each(["/var/log", "../outside", "link/logs"])("is refused in %s, which is not in the workspace", async (path) => {
    symlinkSync(tmpdir(), join(root, "link"));
    const { log } = makeLog();
    await expect(log.begin({ name: "a", logging: { ...standard, path } }, root)).rejects.toMatchObject({
      code: "LOG_PATH_OUTSIDE",
    });
  });

  it("that cannot be written is told once, and stops nothing", async () => {
    mkdirSync(join(root, "logs"));
    writeFileSync(join(root, "logs", "workflows"), "a file where the folder should be");
    const { asked, printed } = await work();
    const warnings = asked.events.filter(({ type }) => type === "warning");
    expect(warnings).toHaveLength(2);
    expect(printed).toHaveLength(6);
  });

  it("is not made when there is no run", async () => {
    const { log, printed } = makeLog();
    await log.begin({ name: "a", logging: standard }, root);
    log.context.report({ type: "note", text: "nothing to do" });
    await log.close();
    expect(printed).toEqual([]);
    expect(readdirSync(root)).toEqual([]);
  });

  it("is found again by whoever goes on with the run, and written once by whoever logs already", async () => {
    const session = { context: makeLog().asked, workspace: { layout: { root } } };
    const definition = { name: "nightly deploy", labels: logLabel({ ...standard, format: "text" }) };
    const goOn = async ({ context }: typeof session) => {
      context.report({ type: "runStarted", runId: run, operations: [], resumed: true, longAfterMs: 0 });
      await underRunLog({ ...session, context }, definition, async (inner) =>
        inner.context.report({ type: "note", text: "once" }),
      );
    };
    await underRunLog(session, definition, goOn);
    const text = readFileSync(join(root, standard.path, `nightly_deploy-${run}.log`), "utf8");
    expect(text.match(/ {2}.*$/gm)).toEqual(["  the run goes on, with 0 operations", "  once"]);
    await underRunLog(session, { name: "another", labels: {} }, goOn);
    expect(readdirSync(join(root, standard.path))).toHaveLength(1);
  });
});
