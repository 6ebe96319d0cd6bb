/** Hostile programs: each must end soon, with a diagnostic that has a place. */
import { describe, expect, it } from "vitest";
import { createMemoryHost, defaultLimits, type KclDiagnostic, type Limits, loadProgram, runProgram } from "../index.js";
import { hostilePrograms, linesOf } from "../testing/hostile-programs.js";

const small = { steps: 300_000, bytes: 16 * 1024 * 1024, outputBytes: 1024 * 1024, ms: 1_000 };

describe("a hostile program", () => {
  it.each(hostilePrograms)("%s ends with a diagnostic that has a place", { timeout: 10_000 }, (_title, text) => {
    const [finding] = findingsOf(text);
    expect(finding?.position.file).toBe("/main.k");
    expect(finding?.position.line).toBeGreaterThan(0);
  });
});

describe("depth", () => {
  it.each([
    [
      "a lambda that calls itself 1,000 times",
      "f = lambda n: int -> int {\n    _r = 0\n    if n > 0:\n        _r = 1 + f(n - 1)\n    _r\n}\na = f(1000)",
    ],
    ["500 schemas inside each other", "schema N:\n    n: int\n    next?: N = N {n = n - 1} if n > 0 else None\na = N {n = 500}"],
    ["500 globals that need the next", `${linesOf(500, (i) => `a${i} = a${i + 1} + 1`)}\na500 = 1`],
    ["900 lists inside each other", "a = reduce(lambda t, x { [t] }, range(900), [])"],
    ["2,000 operators in a row", `a = ${"1 + ".repeat(2000)}1`],
    ["1,000 branches", `a = 5\nif a == 0:\n    _b = 1\n${linesOf(1000, (i) => `elif a == ${i + 10}:\n    _b = ${i}`)}`],
  ])("%s are no problem", (_title, text) => {
    expect(findingsOf(text)).toEqual([]);
  });
});

describe("a limit", () => {
  it.each([
    ["steps", "a = [i for i in range(100000)]"],
    ["depth", "f = lambda n { 0 if n == 0 else f(n - 1) }\na = f(500)"],
    ["bytes", 'a = "a" * 1000000'],
    ["outputBytes", "a = range(100000)"],
  ] as const)("of %s can be set", (limit, text) => {
    expect(findingsOf(text, { [limit]: 100 })[0]?.message).toMatch(/limit of 100/);
    expect(findingsOf(text, {})).toEqual([]);
  });

  it("of time can be set", () => {
    let now = 0;
    const loaded = load("a = [x for x in range(1000000)]");
    const ran = loaded.ok && runProgram(loaded.program, { now: () => (now += 100), limits: { ms: 1000 } });
    expect(ran && !ran.ok && ran.diagnostics[0]?.message).toBe("the time limit of 1000 ms was reached");
  });

  it("has a default", () => {
    expect(defaultLimits).toMatchObject({ steps: 50_000_000, ms: 60_000 });
  });
});

function load(text: string): ReturnType<typeof loadProgram> {
  return loadProgram({ host: createMemoryHost({ "/main.k": text }), files: ["/main.k"] });
}

function findingsOf(text: string, limits: Partial<Limits> = small): readonly KclDiagnostic[] {
  const loaded = load(text);
  if (!loaded.ok) return loaded.diagnostics;
  const ran = runProgram(loaded.program, { limits });
  if (!ran.ok) return ran.diagnostics;
  ran.toText();
  return [];
}
