import { describe, expect, it } from "vitest";
import { renderRuns } from "./runs.js";
import { displayWidth } from "./table.js";

const runs = [
  {
    id: "01a202d4-7c56-742b-bcb9-33429eeee2f2",
    name: "apply web",
    status: "completed",
    completed: 4,
    operations: 4,
    createdAt: Date.UTC(2026, 10, 22, 10, 36),
  },
] as never;

describe("a list of runs", () => {
  it("has a line for each, also where the terminal is narrow", () => {
    for (const width of [80, 96, 200]) {
      const lines = renderRuns(runs, width).split("\n");
      expect(lines).toHaveLength(2);
      expect(displayWidth(lines[1] as string)).toBeLessThanOrEqual(width);
    }
    expect(renderRuns(runs, 80)).toContain(" 11-22 10:36");
    expect(renderRuns(runs)).toContain(" 2026-11-22 10:36");
  });
});
