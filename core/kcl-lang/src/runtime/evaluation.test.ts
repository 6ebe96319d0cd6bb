import { describe, expect, it } from "vitest";
import { renderDiagnostics } from "../diagnostics/render.js";
import { createMemoryHost } from "../memory-host.js";
import { loadProgram } from "../program.js";
import { type RunOptions, runProgram } from "../run.js";

function run(source: string, options: RunOptions = {}): unknown {
  const loaded = loadProgram({ host: createMemoryHost({ "/app/main.k": source }), files: ["/app/main.k"] });
  if (!loaded.ok) throw new Error(renderDiagnostics(loaded.diagnostics));
  const result = runProgram(loaded.program, options);
  if (!result.ok) throw new Error(renderDiagnostics(result.diagnostics));
  return result.value;
}

describe("evaluation", () => {
  it.each([
    ["floor division", "a = -7 // 2\nb = -7 % 2\nc = 7 / 2", { a: -4, b: 1, c: 3.5 }],
    ["values of and, or", 'a = 0 or "x"\nb = [] and 1', { a: "x", b: [] }],
    ["equality across types", "a = 1 == 1.0\nb = 1 == True", { a: true, b: false }],
    ["slices", 'a = "hello"[1:3]\nb = [1, 2, 3][::-1]\nc = [1, 2, 3][-2:]', { a: "el", b: [3, 2, 1], c: [2, 3] }],
    ["optional selection", "a = None?.b\nd = {x = 1}\nc = d?.x", { a: null, d: { x: 1 }, c: 1 }],
    [
      "comprehensions",
      "a = [i * j for i in [1, 2] for j in [3, 4] if i < 2]\nb = {k: v + 1 for k, v in {x = 1}}",
      { a: [3, 4], b: { x: 2 } },
    ],
    [
      "quantifiers",
      "a = all x in [1, 2] { x > 0 }\nb = filter k, v in {x = 1, y = 2} { v > 1 }\nc = map x in [1] { x + 1 }",
      { a: true, b: { y: 2 }, c: [2] },
    ],
    ["interpolation", 'n = "x"\na = "${n}-${[1, n]} ${n: #json}"', { n: "x", a: "x-[1, 'x'] \"x\"" }],
    ["closures", "f = lambda x { lambda y { x + y } }\na = f(1)(2)", { a: 3 }],
    ["the final value of a name, wherever it is read", "a = _x\n_x = 1\n_x += 1\nb = _x", { a: 2, b: 2 }],
    ["entries that see earlier entries", "a = {n = 1, m = n + 1}", { a: { n: 1, m: 2 } }],
    ["conditional entries", "a = {if True: x = 1\nelse: x = 2\n}", { a: { x: 1 } }],
  ])("%s", (_title, source, expected) => expect(run(source)).toEqual(expected));
});

describe("merging", () => {
  it.each([
    ["merges with a colon", "a = {x: {p = 1}} | {x: {q = 2}}", { a: { x: { p: 1, q: 2 } } }],
    ["replaces with an equals sign", "a = {x = {p = 1}} | {x = {q = 2}}", { a: { x: { q: 2 } } }],
    ["appends with plus equals", "a = {x = [1]} | {x += [2]}", { a: { x: [1, 2] } }],
    ["replaces one element", "a = {x = [1, 2], x[0] = 9}", { a: { x: [9, 2] } }],
    ["removes a key", "a = {x = 1, y = 2} | {x = Undefined}", { a: { y: 2 } }],
    ["merges lists by position", "a = [1, 2, 3] | [5]", { a: [5, 2, 3] }],
  ])("%s", (_title, source, expected) => expect(run(source)).toEqual(expected));

  it("refuses contradictions", () => {
    expect(() => run('a = {x = "a"} | {x: "b"}')).toThrow("conflicting values on the attribute 'x' between");
  });
});

describe("schemas", () => {
  it.each([
    [
      "reads what the configuration sets, in any order",
      "schema A:\n    b: int = a + 1\n    a: int\nx = A {a = 1}",
      { x: { b: 2, a: 1 } },
    ],
    ["builds instances of dicts", "schema A:\n    n: int = 1\nx: [A] = [{}, {n = 2}]", { x: [{ n: 1 }, { n: 2 }] }],
    [
      "inherits, mixes in, takes arguments",
      "schema P[n: int]:\n    a: int = n\nschema M_Mixin:\n    c = a + b\nschema C[n: int](P):\n    mixin [M_Mixin]\n    b: int = 2\nx = C(3) {}",
      { x: { a: 3, b: 2, c: 5 } },
    ],
    ["fills index signatures", "schema A:\n    [n: str]: {str:str} = {name = n}\nx = A {k: {}}", { x: { k: { name: "k" } } }],
    ["changes a copy", "schema A:\n    n: int = 1\n_a = A {}\nb = _a {n = 2}\nc = _a.n", { b: { n: 2 }, c: 1 }],
    ["keeps hidden attributes back", "schema A:\n    _h: int = 2\n    v: int = _h\nx = A {}", { x: { v: 2 } }],
  ])("%s", (_title, source, expected) => expect(run(source)).toEqual(expected));

  it("requires attributes at the schema expression", () => {
    expect(() => run("schema A:\n    n: int\nx = A {\n}")).toThrow(
      /main\.k:3:1[\s\S]*attribute 'n' of A is required and can't be None or Undefined/,
    );
  });

  it("runs checks with their message", () => {
    expect(() => run('schema A:\n    n: int\n    check:\n        n > 1 if n, "n is ${n}"\nx = A {n = 1}')).toThrow(
      /Instance check failed[\s\S]*Check failed on the condition: n is 1/,
    );
  });
});

describe("limits", () => {
  it.each([
    ["64-bit overflow", "a = 9223372036854775807 + 1", "9223372036854775808: A 64 bit integer overflow"],
    ["endless recursion", "f = lambda x { f(x) }\na = f(1)", "nested"],
    ["a list without end", "a = [0] * 100000000", "bytes for values was reached"],
  ])("%s ends the run", (_title, source, message) => expect(() => run(source)).toThrow(message));

  it("stops after the given steps", () => {
    expect(() => run("a = [i for i in range(100000)]", { limits: { steps: 1000 } })).toThrow(
      "the limit of 1000 steps was reached",
    );
  });

  it("keeps integers exact", () => {
    expect(run("a = 9007199254740993\nb = 2 ** 10")).toEqual({ a: 9007199254740993n, b: 1024 });
  });
});
