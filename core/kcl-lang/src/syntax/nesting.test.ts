/** Sources that go deep or go wrong again and again: one finding with a place, soon. */
import { expect, it } from "vitest";
import { createMemoryHost, loadProgram } from "../index.js";

const deep: readonly (readonly [string, string])[] = [
  ["lists", "[".repeat(5_000)],
  ["lists that close", `${"[".repeat(5_000)}${"]".repeat(5_000)}`],
  ["dicts", "{a = ".repeat(5_000)],
  ["parentheses", "(".repeat(5_000)],
  ["signs", "-".repeat(5_000)],
  ["negations", "not ".repeat(5_000)],
  ["operators", `${"1 + ".repeat(100_000)}1`],
  ["comparisons", `${"1 < ".repeat(100_000)}`],
  ["conditions", "1 if True else ".repeat(5_000)],
  ["lambdas", "lambda { ".repeat(5_000)],
  ["calls", "f(".repeat(5_000)],
  ["subscripts", "f[".repeat(5_000)],
  ["selectors", `a${"?.a".repeat(50_000)}`],
  ["comprehensions", "[x for x in ".repeat(5_000)],
  ["comprehensions that go on", "[x for x for ".repeat(4_000)],
  ["comprehensions of keywords", "[in for in in ".repeat(4_000)],
  ["quantifiers", "all x in ".repeat(5_000)],
  ["spreads", "[*".repeat(5_000)],
  ["unpacking", "{**".repeat(5_000)],
  ["schema expressions", "S {a = ".repeat(5_000)],
  ["branches in a list", "[if True: ".repeat(5_000)],
  ["branches of items", `[${"if True: ".repeat(5_000)}1]`],
  ["branches of entries", `{${"if True: ".repeat(5_000)}a = 1}`],
  ["templates", `"${'${"'.repeat(2_000)}"`],
];

it.each(deep)("%s inside each other are refused with a place", { timeout: 20_000 }, (_title, text) => {
  const [finding] = findingsOf(`a = ${text}\n`);
  expect(finding?.position.line).toBeGreaterThan(0);
});

it.each([
  ["types", `a: ${"[".repeat(5_000)}int = 1`],
  ["function types", `a: ${"(".repeat(5_000)}int = 1`],
  [
    "branches",
    `a = 1\nif a == 0:\n    _b = 1\n${Array.from({ length: 10_000 }, (_, index) => `elif a == ${index}:\n    _b = 1`).join("\n")}`,
  ],
  ["blocks", Array.from({ length: 2_000 }, (_, index) => `${" ".repeat(index)}if True:`).join("\n")],
  ["assignments", `${"a = ".repeat(5_000)}1 +`],
])("%s are refused with a place", { timeout: 20_000 }, (_title, text) => {
  expect(findingsOf(text)[0]?.position.line).toBeGreaterThan(0);
});

it("types of literals that double stay small", () => {
  const lines = Array.from({ length: 60 }, (_, index) => `_t${index + 1} = {a = _t${index}, b = [_t${index}, {c = _t${index}}]}`);
  expect(findingsOf(`_t0 = {a = 1}\n${lines.join("\n")}\nb: int = _t60\n`).length).toBeGreaterThan(0);
  expect(findingsOf(`a = ${"{a=".repeat(150)}1${"}".repeat(150)}`)).toEqual([]);
});

it("a damaged file has a bounded number of findings", () => {
  const found = findingsOf(Array.from({ length: 5_000 }, (_, index) => `a${index} = b${index} + c${index}`).join("\n"));
  expect(found.length).toBeGreaterThan(50);
  expect(found.length).toBeLessThanOrEqual(200);
});

function findingsOf(text: string) {
  const loaded = loadProgram({ host: createMemoryHost({ "/main.k": text }), files: ["/main.k"] });
  return loaded.ok ? [] : loaded.diagnostics;
}
