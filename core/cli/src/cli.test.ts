import { readFileSync } from "node:fs";
import {
  type Change,
  type ChangeKind,
  DiagnosticsError,
  infraName,
  type Plan,
  ProvisioningError,
  providerName,
} from "@provisioning/model";
import { describe, expect, it } from "vitest";
import type { CliContext } from "./cli-context.js";
import { runWords } from "./command/run.js";
import { EXIT, exitCodeOf } from "./exit-codes.js";
import { writeResult } from "./output.js";
import { styleFor } from "./style.js";
import { PLAIN_VIEW } from "./command/view-words.js";
import { VERSION } from "./version.js";
import { formatDuration } from "./views/duration.js";
import { renderError } from "./views/error.js";
import { renderPlan } from "./views/plan.js";
import { planPage } from "./views/plan-html.js";
import { createProgress } from "./views/progress/progress.js";
import { displayWidth, renderTable } from "./views/table.js";

function sink(isTTY = false) {
  const written: string[] = [];
  return { write: (text: string) => void written.push(text), isTTY, text: () => written.join("") };
}
const plain = styleFor(sink(), {});

async function cli(...words: string[]) {
  const [stdout, stderr] = [sink(), sink()];
  const process: CliContext["process"] = { stdout, stderr, env: {} };
  const stdin = {} as CliContext["stdin"];
  await runWords({ process, stdin, currentDir: "/", platformRoot: "/", version: VERSION }, words, { isFolder: () => false });
  return { code: Number(process.exitCode), stdout: stdout.text(), stderr: stderr.text() };
}

it("tells its version, which is the package's", async () => {
  const manifest = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as { version: string };
  expect(VERSION).toBe(manifest.version);
  expect((await cli("--version")).stdout.trim()).toBe(VERSION);
  expect(JSON.parse((await cli("version", "-o", "json")).stdout)).toMatchObject({ schema_version: 1, version: VERSION });
});

describe("exit codes", () => {
  it.each([
    [new DiagnosticsError([{ severity: "error", code: "KCL_E1001", summary: "x" }]), EXIT.preflight],
    [new ProvisioningError({ code: "STORE_BUSY", message: "x" }), EXIT.lockHeld],
    [new ProvisioningError({ code: "INFRA_UNKNOWN", message: "x" }), EXIT.usage],
    [new ProvisioningError({ code: "ANYTHING", message: "x" }), EXIT.failure],
  ])("follow from the error's code: %s", (error, code) => {
    expect(exitCodeOf(error)).toBe(code);
  });
});

describe("colours", () => {
  it.each([
    [true, {}, true],
    [false, {}, false],
    [true, { NO_COLOR: "1" }, false],
    [true, { NO_COLOR: "1", FORCE_COLOR: "1" }, false],
    [false, { FORCE_COLOR: "1" }, true],
    [false, { CLICOLOR_FORCE: "1" }, true],
    [true, { TERM: "dumb" }, false],
  ])("on a terminal %s with %j: %s", (isTTY, env, colours) => {
    expect(styleFor(sink(isTTY), env).colours).toBe(colours);
  });
});

describe("results", () => {
  it.each(["json", "yaml"] as const)("are data alone as %s", async (format) => {
    const stdout = sink();
    const context = { process: { stdout }, view: PLAIN_VIEW, schemaVersion: 3 } as unknown as CliContext;
    await writeResult(context, format, { a: [1] }, () => "not used");
    expect(stdout.text()).toMatch(format === "json" ? /^\{\n {2}"schema_version": 3,\n {2}"a"/ : /^schema_version: 3\na:\n/);
  });
});

describe("tables", () => {
  it("align columns whatever is wide, combined or coloured", () => {
    const coloured = styleFor(sink(), { FORCE_COLOR: "1" });
    const rows = ["日本", "e\u0301", coloured.red("red"), "plain"];
    const lines = renderTable(rows, [
      { title: "NAME", cell: (row) => row },
      { title: "X", cell: () => "x" },
    ]).split("\n");
    expect(new Set(lines.map((line) => displayWidth(line.slice(0, line.search(/x$|X$/))))).size).toBe(1);
  });
});

describe("durations", () => {
  it.each([
    [400, "0.4 s"],
    [59_949, "59.9 s"],
    [125_000, "2 min 05 s"],
  ])("%i ms is %s", (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });
});

function change(address: string, kind: ChangeKind, more: Partial<Change> = {}): Change {
  const resource = address.split(".")[0] as Change["resource"];
  return {
    address: address as Change["address"],
    kind,
    resource,
    provider: providerName("local"),
    reasons: [],
    fields: [],
    steps: [],
    drift: false,
    dependsOn: [],
    ...more,
  };
}

describe("the plan", () => {
  it("shows destruction first, fields with their places, diffs, and a verdict", () => {
    const plan: Plan = {
      infra: infraName("shop"),
      estimate: { lowMs: 60_000, highMs: 125_000 },
      changes: [
        change("server.c", "create"),
        change("taskserv.a.nginx", "update", {
          reasons: ["its definition changed"],
          fields: [{ path: "config.port", before: 80, after: 81, position: { file: "infra/shop/main.k", line: 9, column: 1 } }],
          steps: [{ id: "site", title: "Write site", diff: "-listen 80\n+listen 81\n" }],
        }),
        change("server.b", "delete", { reasons: ["it is no longer in the definition"] }),
        change("server.a", "replace", {
          drift: true,
          fields: [{ path: "image", before: "x", after: "y", forcesReplacement: true }],
        }),
        change("network.local", "none"),
      ],
    };
    expect(renderPlan(plan, plain)).toMatchInlineSnapshot(`
      "Changed behind our back
        ± server.a (drift)
            image: x → y (forces a replacement)

      Destroy
        - server.b  it is no longer in the definition

      Change
        ~ taskserv.a.nginx  its definition changed
            config.port: 80 → 81  infra/shop/main.k:9
            step Write site
              -listen 80
              +listen 81

      Create
        + server.c

      shop: 1 destroy · 1 replace · 1 change · 1 create · ≈ 1 min 00 s to 2 min 05 s"
    `);
    expect(renderPlan(plan, plain, { only: "change" })).toContain("~ taskserv.a.nginx");
    expect(renderPlan(plan, plain, { only: "change" })).not.toContain("server.b");
    expect(renderPlan(plan, plain, { summary: true })).toBe(
      "shop: 1 destroy · 1 replace · 1 change · 1 create · ≈ 1 min 00 s to 2 min 05 s",
    );
    expect(renderPlan(plan, plain, { tree: true })).toContain("  ~   └ nginx");
    const page = planPage({ ...plan, infra: "<b>" as never }, "today");
    expect(page).toContain("&lt;b&gt;");
    expect(page).not.toMatch(/<script|https?:/);
  });

  it("is one line when nothing changes", () => {
    const text = renderPlan({ infra: infraName("shop"), changes: [change("server.a", "none")] }, plain);
    expect(text).toBe("✓ shop: nothing changes (1 resource as described).");
  });
});

describe("errors", () => {
  it("show every finding with its line, and where to look", () => {
    const error = new DiagnosticsError([
      {
        severity: "error",
        code: "A",
        summary: "First.",
        position: { file: "a.k", line: 3, column: 5 },
        sourceLine: "    x = 1",
        hint: "Do this.",
      },
      { severity: "error", code: "B", summary: "Second." },
    ]);
    expect(renderError(error, plain, false)).toMatchInlineSnapshot(`
      "✗ A First.
        --> a.k:3:5
        3 |     x = 1
                ^
        → Do this.
      ✗ B Second."
    `);
  });

  it("show no stack unless it is asked for", () => {
    expect(renderError(new Error("boom"), plain, false)).not.toContain("at ");
    expect(renderError(new Error("boom"), plain, true)).toContain("at ");
  });
});

describe("progress", () => {
  it("writes whole lines only where there is no terminal", () => {
    const stream = sink();
    const progress = createProgress({ process: { stdout: stream, stderr: stream, env: {} }, view: PLAIN_VIEW }, () => 0);
    const id = "a" as never;
    progress.show({
      type: "runStarted",
      runId: "r" as never,
      operations: [{ id, title: "install nginx on a" }],
      resumed: false,
      longAfterMs: 60_000,
    });
    progress.show({ type: "run", event: { type: "operationStarted", at: 0, operation: id, attempt: 1, token: 1 } });
    progress.show({ type: "progress", operation: id, text: "passing" });
    progress.show({ type: "run", event: { type: "operationCompleted", at: 0, operation: id, attempt: 1, output: null } });
    progress.stop();
    expect(stream.text()).toBe("▸ Start run r: 1 operation\n✓ install nginx on a (0.0 s)\n");
  });
});
