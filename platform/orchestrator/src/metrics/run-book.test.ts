import { newRunId, type RunDefinition, type RunEvent, type RunId, systemClock } from "@provisioning/model";
import { openMemoryStorage } from "@provisioning/storage";
import { describe, expect, it } from "vitest";
import { requestRun } from "../requests/request.js";
import { RunBook } from "./run-book.js";

const NOW = 1_000_000;

function definitionOf(changes: Partial<RunDefinition> = {}): RunDefinition {
  const request = { action: "infra.apply", input: {}, approve: "given", flags: {}, command: "apply", traceId: "0" } as const;
  return { ...requestRun({ request, infra: "shop" as never, title: "a run", at: NOW }), ...changes };
}

const submitted = (definition: RunDefinition): RunEvent => ({ type: "runSubmitted", at: NOW, definition });
const claimed: RunEvent = { type: "runClaimed", at: NOW, holder: "a", token: 1 as never };
const ended: RunEvent = { type: "runEnded", at: NOW, status: "completed" };

function note(book: RunBook, id: RunId, ...events: RunEvent[]): void {
  for (const event of events) book.note(id, event);
}

describe("the book of runs", () => {
  it("knows how many runs wait, by priority, and not those that are not due", () => {
    const book = new RunBook();
    const runs = [
      definitionOf(),
      definitionOf({ priority: 5 }),
      definitionOf({ priority: 5 }),
      definitionOf({ notBefore: NOW + 1 }),
    ];
    for (const run of runs) note(book, run.id, submitted(run));
    expect([...book.depths(NOW)]).toEqual([
      [0, 1],
      [5, 2],
    ]);
    expect(book.depths(NOW + 1).get(0)).toBe(2);
    note(book, runs[1]?.id as RunId, claimed);
    expect(book.depths(NOW).get(5)).toBe(1);
  });

  it("counts what was submitted before it began", async () => {
    const storage = openMemoryStorage({ clock: systemClock });
    const run = definitionOf({ priority: -3 });
    await storage.runs.submit(run);
    const book = new RunBook();
    await book.load(storage.runs);
    expect([...book.depths(NOW)]).toEqual([[-3, 1]]);
    expect(book.get(run.id)?.actions.size).toBe(0);
    book.describe(run.id, run);
    expect([...(book.get(run.id)?.actions.values() ?? [])]).toEqual(["action.invoke"]);
    await storage.close();
  });

  it("keeps a run that ended for a while, and one that is tried again for as long as it goes on", () => {
    const book = new RunBook();
    const again = definitionOf();
    note(book, again.id, submitted(again), ended);
    expect(book.get(again.id)).toBeDefined();
    note(book, again.id, { type: "runRetried", at: NOW + 5, by: "a", operations: [] });
    for (let count = 0; count < 1000; count += 1) {
      const other = definitionOf({ id: newRunId() });
      note(book, other.id, submitted(other), claimed, ended);
    }
    expect(book.get(again.id)?.submittedAt).toBe(NOW + 5);
    expect(book.depths(NOW).get(0)).toBe(1);
  });
});
