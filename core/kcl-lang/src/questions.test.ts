import { describe, expect, it } from "vitest";
import { check, createMemoryHost, evaluate, format, parse } from "./index.js";

const host = createMemoryHost({
  "/good.k":
    'schema Server:\n    plan: str = "small"\n\nbase = {plan = "medium"}\nserver: Server {\n    **base\n}\nlarge = server | {plan = "large"}\n',
  "/bad.k": 'a: int = "x"\nb = c\nd = b.x + e\n',
});

describe("one call for each question", () => {
  it("check tells all findings in order of place, and nothing for a good file", () => {
    expect(check({ host, files: ["/good.k"] })).toEqual([]);
    const lines = check({ host, files: ["/bad.k"] }).map(({ position }) => position.line);
    expect(lines.length).toBeGreaterThan(1);
    expect(lines).toEqual([...lines].sort((a, b) => a - b));
  });

  it("evaluate gives the value, and where each part was written, also through merges", () => {
    const result = evaluate({ host, files: ["/good.k"] });
    expect(result).toMatchObject({ ok: true, value: { server: { plan: "medium" }, large: { plan: "large" } } });
    if (!result.ok) return;
    expect(result.sources.get("server.plan")).toEqual({ file: "/good.k", line: 4, column: 9 });
    expect(result.sources.get("large.plan")).toEqual({ file: "/good.k", line: 8, column: 19 });
  });

  it("evaluate tells what is wrong", () => {
    expect(evaluate({ host, files: ["/bad.k"] })).toMatchObject({ ok: false, log: "" });
  });

  it("parse and format work on one text", () => {
    expect(parse("/x.k", "a=1\n").diagnostics).toEqual([]);
    expect(format("/x.k", "a=1\n")).toEqual({ ok: true, text: "a = 1\n" });
  });
});
