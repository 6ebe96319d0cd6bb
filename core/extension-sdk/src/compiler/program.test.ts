import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRedactor, type Json } from "@provisioning/model";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  compileProgram,
  openLocalConnection,
  parseHealthChecks,
  type ProgramMode,
  requireSteps,
  runProgram,
  type ServerReport,
} from "../index.js";

let root: string;
const connection = openLocalConnection();

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "steps-"));
});
afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

interface Given {
  readonly taskserv?: string;
  readonly steps?: Json;
  readonly health?: Json;
  readonly requires?: readonly string[];
}

async function run(
  mode: ProgramMode,
  sections: readonly Given[],
  secrets: readonly string[] = [],
  scriptRunner?: string,
): Promise<ServerReport> {
  const redactor = createRedactor();
  for (const secret of secrets) redactor.add(secret);
  const program = compileProgram({
    mode,
    secrets,
    ...(scriptRunner === undefined ? {} : { scriptRunner }),
    paths: { lockFile: join(root, "run/lock"), stateDir: join(root, "state"), scratchDir: join(root, "run") },
    sections: sections.map(({ taskserv = "demo", steps = [], health = [], requires = [] }) => ({
      taskserv,
      version: "1.0.0",
      requires,
      steps: requireSteps(steps, { taskserv, list: "install" }),
      health: parseHealthChecks(health, { taskserv, list: "health" }).checks,
    })),
  });
  return runProgram(connection, program, { redactor });
}

const apply = (...steps: Json[]) => run("apply", [{ steps }]);
const check = (...steps: Json[]) => run("check", [{ steps }]);
const statuses = (report: ServerReport) => report.steps.map((step) => step.status);

describe("a script step", () => {
  const script = (id: string, interpreter: string): Json => ({
    kind: "script",
    id,
    interpreter,
    unless: ["false"],
    script: `echo "$0" >"${join(root, id)}"; false; echo too far >"${join(root, id)}"`,
  });
  const fake = (): string => {
    const file = join(root, "a runner");
    writeFileSync(file, `#!/bin/sh\nprintf '%s\\n' "$@" >>"${join(root, "runner.log")}"\nexec sh "$@"\n`, { mode: 0o755 });
    return file;
  };

  it("is run by the runner that was chosen, called as sh is", async () => {
    const report = await run("apply", [{ steps: [script("one", "sh")] }], [], fake());
    expect(statuses(report)).toEqual(["failed"]);
    const [dash, file, ...more] = readFileSync(join(root, "runner.log"), "utf8").trim().split("\n");
    expect([dash, more]).toEqual(["-e", []]);
    // It stopped at the first failing command.
    expect(readFileSync(join(root, "one"), "utf8")).toBe(`${file}\n`);
  });

  it("that asks for bash has bash all the same", async () => {
    await run("apply", [{ steps: [script("two", "bash")] }], [], fake());
    expect(readdirSync(root)).toContain("two");
    expect(readdirSync(root)).not.toContain("runner.log");
  });

  it("says that the runner is missing", async () => {
    const report = await run("apply", [{ steps: [script("three", "sh")] }], [], "/nowhere/nu");
    expect(report.steps[0]).toMatchObject({ status: "failed", reason: "COMMAND_NOT_FOUND" });
  });
});

describe("a file step", () => {
  const file = (content: string): Json => ({
    kind: "file",
    id: "config",
    path: join(root, "a file.conf"),
    content,
    mode: "0640",
  });

  it("writes once, then finds it done", async () => {
    expect(statuses(await apply(file("one\n")))).toEqual(["changed"]);
    expect(readFileSync(join(root, "a file.conf"), "utf8")).toBe("one\n");
    expect(statSync(join(root, "a file.conf")).mode & 0o777).toBe(0o640);
    expect(statuses(await apply(file("one\n")))).toEqual(["ok"]);
  });

  it("shows a unified diff in check and changes nothing", async () => {
    await apply(file("one\ntwo\n"));
    const report = await check(file("one\nthree\n"));
    expect(report.steps[0]).toMatchObject({ status: "would_change" });
    expect(report.steps[0]?.diff).toContain("-two\n+three");
    expect(readFileSync(join(root, "a file.conf"), "utf8")).toBe("one\ntwo\n");
  });

  it.each([
    ["quotes", `it's "quoted" 'twice'`],
    ["expansions", "$(touch /tmp/never) `id` ${HOME} $HOME \\$ \\\\ !!\n"],
    ["here-document ends", "EOF\nEND_\nEND_OF_BASE64\n'\n"],
    ["no newline at the end", "x"],
    ["nothing", ""],
    ["blank lines", "\n\n\n"],
    ["all characters", Array.from({ length: 0x250 }, (_, code) => String.fromCharCode(code + 1)).join("")],
    ["a megabyte", "Áé→🙂 lines\n".repeat(60_000)],
  ])("carries %s to the byte", async (_, content) => {
    expect(statuses(await apply(file(content)))).toEqual(["changed"]);
    expect(readFileSync(join(root, "a file.conf"), "utf8")).toBe(content);
    expect(statuses(await apply(file(content)))).toEqual(["ok"]);
  });

  it("carries binary content", async () => {
    const bytes = Buffer.from(Array.from({ length: 1024 }, (_, index) => index % 256));
    const step: Json = { kind: "file", id: "blob", path: join(root, "blob"), content_base64: bytes.toString("base64") };
    expect(statuses(await apply(step))).toEqual(["changed"]);
    expect(readFileSync(join(root, "blob")).equals(bytes)).toBe(true);
    expect(statuses(await apply(step))).toEqual(["ok"]);
  });

  it("hides a file that holds a secret, and the secret everywhere else", async () => {
    const report = await run("apply", [{ steps: [file("password = hunter2hunter2\n")] }], ["hunter2hunter2"]);
    expect(JSON.stringify(report)).not.toContain("hunter2");
  });
});

describe("sections", () => {
  it("stop at a failed step and skip what requires them", async () => {
    const report = await run("apply", [
      { taskserv: "first", steps: [command("one", ["false"]), command("two", ["true"])] },
      { taskserv: "second", requires: ["first"], steps: [command("three", ["true"])] },
      { taskserv: "third", steps: [command("four", ["true"])] },
    ]);
    expect(report.steps.map((step) => [step.step, step.status, step.reason])).toEqual([
      ["one", "failed", "COMMAND_FAILED"],
      ["two", "skipped", "EARLIER_STEP_FAILED"],
      ["three", "skipped", "REQUIREMENT_FAILED"],
      ["four", "changed", undefined],
    ]);
    expect(report.summary).toMatchObject({ changed: 1, failed: 1, skipped: 2 });
  });
});

function command(id: string, words: readonly string[], more: Readonly<Record<string, Json>> = {}): Json {
  return { kind: "command", id, command: words, unless: ["false"], ...more };
}

describe("health", () => {
  it("tries again and judges the output", async () => {
    const report = await run("health", [
      {
        health: [
          { id: "good", command: ["echo", "all is well"], expect: "well" },
          { id: "bad", command: "echo nothing; exit 3", retries: 1, interval_seconds: 1 },
          { id: "odd", command: ["echo", "hm"], expect: "well", retries: 0 },
        ],
      },
    ]);
    expect(report.health).toMatchObject([
      { check: "good", status: "ok", attempts: 1 },
      { check: "bad", status: "failed", attempts: 2, exit: 3, output: "nothing" },
      { check: "odd", status: "failed", reason: "UNEXPECTED_OUTPUT" },
    ]);
  });
});

it("leaves no scratch folder behind", async () => {
  writeFileSync(join(root, "x"), "");
  await apply(command("one", ["true"]));
  expect(readdirSync(join(root, "run")).filter((name) => name.startsWith("provisioning-program."))).toEqual([]);
});
