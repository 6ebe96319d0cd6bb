import type { ActionEvent } from "@provisioning/actions";
import type { OperationId, RunEvent } from "@provisioning/model";
import { afterEach, describe, expect, it, vi } from "vitest";
import { PLAIN_VIEW, type ViewSettings } from "../../command/view-words.js";
import { createProgress } from "./progress.js";
import type { AnnouncedOperation } from "./work.js";

const id = (name: string) => name as OperationId;
const run = (event: Partial<RunEvent> & { readonly type: string }): ActionEvent =>
  ({ type: "run", event: { at: 0, ...event } }) as unknown as ActionEvent;
const started = (operation: string) => run({ type: "operationStarted", operation: id(operation), attempt: 1, token: 1 } as never);
const completed = (operation: string) =>
  run({ type: "operationCompleted", operation: id(operation), attempt: 1, output: null } as never);
const announced: ActionEvent = {
  type: "runStarted",
  runId: "run-1" as never,
  resumed: false,
  longAfterMs: 60_000,
  operations: [
    { id: id("a"), title: "install redis on db-01", dependsOn: [], usualMs: 4_000 },
    { id: id("b"), title: "check redis on db-01", dependsOn: [id("a")] },
  ],
};

interface Told {
  readonly view?: Partial<ViewSettings>;
  readonly env?: Record<string, string>;
  readonly isTTY?: boolean;
  /** How long the events take altogether. */
  readonly tookMs?: number;
}

function tell(events: readonly ActionEvent[], { view, env = {}, isTTY = false, tookMs = 0 }: Told = {}): string {
  const written: string[] = [];
  const stream = { write: (text: string) => void written.push(text), isTTY, columns: 100, rows: 24 };
  let now = 0;
  const progress = createProgress(
    { process: { stdout: stream, stderr: stream, env }, view: { ...PLAIN_VIEW, ...view } },
    () => now,
  );
  for (const event of events) progress.show(event);
  now = tookMs;
  progress.stop();
  return written.join("");
}

const story = [announced, started("a"), completed("a"), started("b"), completed("b")];
const ESCAPE = "\u001b";

describe("progress", () => {
  it("is a line for each operation where there is no terminal", () => {
    expect(tell(story)).toBe(
      "▸ Start run run-1: 2 operations\n✓ install redis on db-01 (0.0 s)\n✓ check redis on db-01 (0.0 s)\n",
    );
  });

  it("does not list what was stopped before it began", () => {
    const cancelled = (operation: string) => run({ type: "operationCancelled", operation: id(operation), by: "me" } as never);
    expect(tell([announced, started("a"), cancelled("a"), cancelled("b")])).toBe(
      "▸ Start run run-1: 2 operations\n■ install redis on db-01 (0.0 s)  stopped\n",
    );
  });

  it("counts steps in words for screen readers, and moves no cursor", () => {
    const told = tell(story, { view: { plain: true }, isTTY: true, env: { NO_COLOR: "1" } });
    expect(told).toContain("ok: step 1 of 2: install redis on db-01");
    expect(told).not.toMatch(/[✓▸⠋]/);
    expect(told).not.toContain(ESCAPE);
  });

  it("has the time in front and folds in a pipeline", () => {
    const told = tell(story, { env: { CI: "true", GITHUB_ACTIONS: "true", NO_COLOR: "1" }, isTTY: true });
    expect(told).toContain("::group::Run run-1\n00:00:00 ▸ Start run run-1");
    expect(told.endsWith("::endgroup::\n")).toBe(true);
    expect(told).not.toContain(`${ESCAPE}[1F`);
  });

  it("says only what went wrong when it is to be quiet", () => {
    const failed = run({
      type: "compensationFailed",
      operation: id("a"),
      error: { code: "X", message: "no.", retry: "never" },
    } as never);
    expect(tell([...story, failed, { type: "warning", text: "careful" }], { view: { quiet: true } })).toBe(
      "✗ could not undo: install redis on db-01: no.\n! careful\n",
    );
  });

  it("draws nothing on a terminal that cannot move its cursor", () => {
    expect(tell(story, { isTTY: true, env: { TERM: "dumb", NO_COLOR: "1" } })).not.toContain(ESCAPE);
  });

  describe("on a terminal", () => {
    afterEach(() => vi.useRealTimers());

    /** What stands there when the events of a run, recorded before, have been shown and time has gone on. */
    function drawnAfter(events: readonly RunEvent[], operations: readonly AnnouncedOperation[], rows: number): readonly string[] {
      vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
      const written: string[] = [];
      const stream = { write: (text: string) => void written.push(text), isTTY: true, columns: 80, rows };
      const progress = createProgress(
        { process: { stdout: stream, stderr: stream, env: { NO_COLOR: "1" } }, view: PLAIN_VIEW },
        () => 61_000,
      );
      progress.show({ ...announced, operations, isWatched: true } as ActionEvent);
      for (const event of events) progress.show({ type: "run", event });
      vi.advanceTimersByTime(100);
      progress.stop();
      return (written.findLast((text) => text.includes(" done")) ?? "")
        .replaceAll(new RegExp(`${ESCAPE}\\[[0-9]*[A-Z]`, "g"), "")
        .split("\n")
        .slice(0, -1);
    }

    const operations = [
      { id: id("one"), title: "create one", usualMs: 9_000 },
      { id: id("two"), title: "create two" },
      { id: id("redis"), title: "install redis on one", dependsOn: [id("one"), id("two")] },
      { id: id("os"), title: "install os on two", dependsOn: [id("two")] },
      { id: id("nginx"), title: "install nginx on two", dependsOn: [id("os")] },
    ];
    const recorded = [
      { type: "operationStarted", at: 1_000, operation: id("one"), attempt: 1, token: 1 },
      { type: "operationStarted", at: 31_000, operation: id("two"), attempt: 1, token: 1 },
    ] as unknown as readonly RunEvent[];

    it("shows what runs since when, and below it what waits for it", () => {
      expect(drawnAfter(recorded, operations, 24)).toEqual([
        "⠙ create one (1 min 00 s of usually 9.0 s)",
        "  └ install redis on one, waiting for create two too",
        "⠙ create two (30.0 s)",
        "  └ install os on two",
        "  0 of 5 done; next: install os on two and 2 more, waiting for create two",
      ]);
    });

    it("keeps the line that says how far it is where there is little room", () => {
      expect(drawnAfter(recorded, operations, 9)).toEqual([
        "⠙ create one (1 min 00 s of usually 9.0 s)",
        "⠙ create two (30.0 s)",
        "  0 of 5 done; next: install os on two and 2 more, waiting for create two",
      ]);
    });

    it("takes the time that an operation took from what is recorded", () => {
      const ended = {
        type: "operationCompleted",
        at: 41_000,
        operation: id("one"),
        attempt: 1,
        output: null,
      } as unknown as RunEvent;
      expect(tell([announced, ...[...recorded, ended].map((event): ActionEvent => ({ type: "run", event }))])).toContain(
        "✓ one (40.0 s)",
      );
    });
  });

  const BELL = "\u0007";
  const after = (seconds: number): ActionEvent => ({ ...announced, longAfterMs: seconds * 1000 }) as ActionEvent;

  it.each([
    ["rings when a run took as long as the configuration says", 5, 5_000, true],
    ["keeps silent before", 5, 4_999, false],
    ["keeps silent after a minute when that is not long", 600, 61_000, false],
    ["rings after every run when any is long", 0, 0, true],
  ])("%s", (_, seconds, tookMs, rings) => {
    expect(tell([after(seconds)], { isTTY: true, tookMs }).endsWith(BELL)).toBe(rings);
  });

  it("rings no bell where nobody could hear it", () => {
    for (const told of [{}, { isTTY: true, view: { quiet: true } }, { isTTY: true, env: { CI: "1" } }])
      expect(tell([after(0)], { ...told, tookMs: 90_000 })).not.toContain(BELL);
  });
});
