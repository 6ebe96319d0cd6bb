import type { OperationId, RunEvent } from "@provisioning/model";
import { expect, test } from "vitest";
import { judge } from "./testing/kills/verdict.js";
import { definitionsOf } from "./testing/kills/work.js";

const [definition] = definitionsOf(1, 1, 0);
if (definition === undefined) throw new Error("there is no definition");
const { id } = definition;

/** A life without trouble: each operation is announced, done and stored. */
function goodLife(): { lines: string[]; events: RunEvent[] } {
  const events: RunEvent[] = [
    { type: "runSubmitted", at: 0, definition: definition as never },
    { type: "runClaimed", at: 0, holder: "life-0", token: 1 },
  ];
  const lines = [`opened 1`, `submitted ${id}`];
  definition?.operations.forEach(({ id: operation }, index) => {
    events.push({ type: "operationStarted", at: 0, operation, attempt: 1, token: 1 });
    lines.push(
      `stored ${id} ${events.length} operationStarted ${operation} 1`,
      `effect execute ${id} ${operation} 1 1 ${id}/${operation}`,
    );
    events.push({ type: "operationCompleted", at: 0, operation, attempt: 1, output: null });
    lines.push(`stored ${id} ${events.length} operationCompleted ${operation} 1`);
    if (index === 1) events.push({ type: "checkpointReached", at: 0, number: 1, completed: ["a", "b"] as OperationId[] });
  });
  events.push({ type: "runEnded", at: 0, status: "completed" });
  return { lines, events };
}

test("a life without trouble is good", () => {
  const { lines, events } = goodLife();
  expect(judge(lines, [events])).toMatchObject({ problems: [], effects: 4, repeated: 0 });
});

test.each([
  ["a lost run", ["opened 1"], /acknowledged at version 11 and is at 0/],
  ["a lost event", [`present ${id} 5`, "opened 1"], /acknowledged at version 11 and is at 5/],
  ["an operation that is done again", [`effect execute ${id} b 2 1 ${id}/b`], /done again after its result was stored/],
  ["another token for the same", [`effect execute ${id} b 1 1 other`], /was done as .* and as other/],
  ["an effect without intent", [`effect compensate ${id} b 1 1 ${id}/b`], /without the intent being stored/],
  ["a request that is not there", [`asked ${id} pauseRequested`], /pauseRequested of .* is not there/],
  ["a history that became another one", [`stored ${id} 3 operationStarted b 1`], /was operationStarted a 1 and then/],
])("%s is found", (_, added, problem) => {
  const { lines, events } = goodLife();
  expect(judge([...lines, ...added], [events]).problems.join("\n")).toMatch(problem);
});

test("a run that never ended, or is gone, is found", () => {
  const { lines, events } = goodLife();
  expect(judge(lines, [events.slice(0, -1)]).problems.join("\n")).toMatch(/ended as running/);
  expect(judge(lines, []).problems.join("\n")).toMatch(/is gone/);
});
