/** Work is counted, not timed: four times the program costs four times the work. And values stay what they were when their storage passes on. */
import { describe, expect, it } from "vitest";
import { createMemoryHost, loadProgram, runProgram } from "../index.js";
import { createMachine } from "../run.js";
import { linesOf } from "../testing/hostile-programs.js";
import type { Machine } from "./machine.js";

const pieces = (count: number, piece: (index: number) => string): string =>
  Array.from({ length: count }, (_, i) => piece(i)).join("");

describe("the work of a program that grows is proportional to its size:", () => {
  it.each<[string, (n: number) => string]>([
    ["a chain of |", (n) => `a = {x = 0}${pieces(n, (i) => ` | {k${i} = ${i}}`)}`],
    ["a chain of | on a variable", (n) => `_b = {x = 0}\na = _b${pieces(n, (i) => ` | {k${i} = ${i}}`)}`],
    ["a chain of | on nested dicts", (n) => `a = {x = {y = 0}}${pieces(n, (i) => ` | {x = {k${i} = ${i}}}`)}`],
    ["a chain of | on lists", (n) => `a = [${"1, ".repeat(n)}]${pieces(n, () => " | [1]")}`],
    ["a chain of + on lists", (n) => `a = [0]${pieces(n, (i) => ` + [${i}]`)}`],
    ["|= statements", (n) => `_a = {}\n${linesOf(n, (i) => `_a |= {k${i} = ${i}}`)}`],
    ["+= statements on a list", (n) => `_a = []\n${linesOf(n, (i) => `_a += [${i}]`)}`],
    ["+= statements on a text", (n) => `_a = ""\n${linesOf(n, (i) => `_a += "text ${i}"`)}`],
    ["assignments to keys", (n) => `_a = {}\n${linesOf(n, (i) => `_a.k${i} = ${i}`)}`],
    ["assignments to keys of a nested dict", (n) => `_a = {b = {}}\n${linesOf(n, (i) => `_a.b.k${i} = ${i}`)}`],
    ["assignments to positions", (n) => `_a = [${"0, ".repeat(n)}]\n${linesOf(n, (i) => `_a[${i}] = ${i}`)}`],
    [
      "assignments to attributes",
      (n) => `schema S:\n${linesOf(n, (i) => `    k${i}?: int`)}\n_a = S {}\n${linesOf(n, (i) => `_a.k${i} = ${i}`)}`,
    ],
    ["|= in a lambda", (n) => `f = lambda {\n    _a = {}\n${linesOf(n, (i) => `    _a |= {k${i} = ${i}}`)}\n    _a\n}\na = f()`],
    ["a reduction to a list", (n) => `a = reduce(lambda t, x { t + [x] }, range(${n}), [])`],
    ["a reduction to a dict", (n) => `a = reduce(lambda t, x { t | {str(x): x} }, range(${n}), {})`],
    ["a reduction to a text", (n) => `a = reduce(lambda t, x { t + "abc" }, range(${n}), "")`],
    ["nested entries of one dict", (n) => `a = {\n${linesOf(n, (i) => `    b: {k${i} = ${i}}`)}\n}`],
    ["paths into one dict", (n) => `a = {\n${linesOf(n, (i) => `    b.c.k${i} = ${i}`)}\n}`],
    ["+= entries", (n) => `a = {\n    l = []\n${linesOf(n, (i) => `    l += [${i}]`)}\n}`],
    ["entries for positions", (n) => `a = {\n    l = [${"0, ".repeat(n)}]\n${linesOf(n, (i) => `    l[${i}] = ${i}`)}\n}`],
    ["declarations of one dict", (n) => `schema S:\n    [...str]: any\n${linesOf(n, (i) => `a: S {b: {k${i} = ${i}}}`)}`],
    [
      "declarations of one dict with a schema",
      (n) => `schema T:\n    [...str]: int\nschema S:\n    b: T\n${linesOf(n, (i) => `a: S {b: {k${i} = ${i}}}`)}`,
    ],
    ["instances", (n) => `schema S:\n    n: int\n    m: int = 1\n${linesOf(n, (i) => `s${i} = S {n = ${i}}`)}`],
    [
      "inheritance",
      (n) => `schema A0:\n    x: int = 1\n${linesOf(n, (i) => `schema A${i + 1}(A${i}):\n    y${i}: int = x`)}\na = A${n} {}`,
    ],
  ])("%s", (_title, program) => {
    const [small, large] = [spentBy(program(100)), spentBy(program(400))];
    expect(large.steps / small.steps).toBeLessThan(4.2);
    expect(large.bytes / small.bytes).toBeLessThan(4.2);
    expect(large.copies).toBeLessThan(4.2 * small.copies + 10);
  });

  it("13,000 declarations of one dict fit into the default limits", () => {
    const text = `schema S:\n    [...str]: any\n${linesOf(13_000, (i) => `a: S {b: {k${i} = ${i}}}`)}`;
    const ran = runProgram(load(text));
    expect(ran.ok && Object.keys((ran.value as { a: { b: object } }).a.b).length).toBe(13_000);
  });
});

describe("the limits count", () => {
  it("the copy that a value makes when it is asked after its storage passed on", () => {
    const reads = (read: string) =>
      `a = reduce(lambda t, x {\n    _n = t | {str(x): x}\n    _r = ${read}\n    _n\n}, range(200), {})`;
    expect(spentBy(reads("0")).copies).toBeLessThan(10);
    expect(spentBy(reads("len(t)")).copies).toBeGreaterThan(199 * 100);
  });

  it("the merging of every piece", () => {
    const doubling = `_a = {k = {}}\n${linesOf(30, () => "_a = {k = _a, l = _a} | {m = _a}")}\nb = [_a | {m = {k = 1}} for _ in range(100000)]`;
    const ran = runProgram(load(doubling), { limits: { steps: 10_000, bytes: 1024 * 1024 } });
    expect(ran.ok).toBe(false);
  });

  it("a text that doubles by its length", () => {
    const ran = runProgram(load(`_0 = "abcd"\n${linesOf(30, (i) => `_${i + 1} = _${i} + _${i}`)}`.replaceAll(/_(\d)/g, "_n$1")));
    expect(!ran.ok && ran.diagnostics[0]?.message).toMatch(/larger than|limit of/);
  });
});

describe("a value stays what it was", () => {
  it.each([
    [
      "when two others are made from it",
      "_a = {x = 0} | {y = 0}\nb = _a | {z = 1}\nc = _a | {z = 2}\nd = _a",
      { b: { x: 0, y: 0, z: 1 }, c: { x: 0, y: 0, z: 2 }, d: { x: 0, y: 0 } },
    ],
    ["when it is merged with itself", "_a = {x = 1} | {y = 2}\nb = _a | _a\nc = _a", { b: { x: 1, y: 2 }, c: { x: 1, y: 2 } }],
    ["when it is appended to itself", "_a = [1] + [2]\nb = _a + _a\nc = _a", { b: [1, 2, 1, 2], c: [1, 2] }],
    [
      "when an entry of the next is removed",
      "_a = {x = 1} | {y = 2}\nb = _a | {z = 3} | {x = Undefined}\nc = _a",
      { b: { y: 2, z: 3 }, c: { x: 1, y: 2 } },
    ],
    [
      "when a closure refers to a literal's entry",
      "_a = {k = 1, f = lambda { k }}\nb = _a | {k = 2}\nc = b.f()",
      { b: { k: 2 }, c: 1 },
    ],
    ["when it is looped over meanwhile", "_a = [1] + [2]\nb = [len(_a + [x]) for x in _a]\nc = _a", { b: [3, 3], c: [1, 2] }],
  ])("%s", (_title, text, expected) => {
    const ran = runProgram(load(text));
    expect(ran.ok && ran.value).toEqual(expected);
    expect(ran.ok && JSON.stringify(ran.value)).toBe(JSON.stringify(expected));
  });

  it("when a merge with it fails", () => {
    const text = `import runtime\n_a = {x = 1} | {y = 2}\nb = runtime.catch(lambda { _a | {p: 1, q: 2, y: 3} })\nc = _a\nd = _a | {z = 1}`;
    const ran = runProgram(load(text));
    expect(ran.ok && ran.value).toMatchObject({ c: { x: 1, y: 2 }, d: { x: 1, y: 2, z: 1 } });
  });

  it.each(Array.from({ length: 20 }, (_, seed) => [seed + 1]))("in any order of changes (seed %d)", (seed) => {
    const { text, expected } = randomHistory(seed);
    const ran = runProgram(load(text));
    expect(ran.ok && JSON.stringify(ran.value)).toBe(JSON.stringify(expected));
  });
});

/** Dicts and lists made of earlier ones, and what they must be in the end. */
function randomHistory(seed: number): { readonly text: string; readonly expected: Record<string, unknown> } {
  let state = seed;
  const random = (below: number): number => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((state / 2_147_483_648) * below);
  };
  const lines = ["d0 = {k0 = 0} | {k1 = 1}", "l0 = [0] + [1]"];
  const dicts: Record<string, unknown>[] = [{ k0: 0, k1: 1 }];
  const lists: unknown[][] = [[0, 1]];
  for (let turn = 1; turn <= 60; turn++) {
    const [from, key] = [random(turn), `k${random(8)}`];
    const dict = { ...dicts[from] };
    const removes = random(6) === 0;
    if (removes && key in dict) delete dict[key];
    else if (!removes) dict[key] = turn;
    dicts.push(dict);
    lines.push(
      `d${turn} = d${from} | ${removes && !(key in (dicts[from] ?? {})) ? "{}" : `{${key} = ${removes ? "Undefined" : turn}}`}`,
    );
    const list = [...(lists[from] ?? [])];
    if (random(2) === 0) {
      list.push(turn);
      lines.push(`l${turn} = l${from} + [${turn}]`);
    } else {
      lines.push(`_l${turn} = l${from}`, `_l${turn}[0] = ${turn}`, `l${turn} = _l${turn}`);
      list[0] = turn;
    }
    lists.push(list);
  }
  const expected = Object.fromEntries(dicts.flatMap((dict, i) => [[`d${i}`, dict] as const, [`l${i}`, lists[i]] as const]));
  return { text: lines.join("\n"), expected };
}

function load(text: string) {
  const loaded = loadProgram({ host: createMemoryHost({ "/main.k": text }), files: ["/main.k"] });
  if (!loaded.ok) throw new Error(loaded.diagnostics[0]?.message);
  return loaded.program;
}

function spentBy(text: string): Machine["spent"] {
  const machine = createMachine(load(text), {});
  machine.packages.get("__main__")!.run();
  return machine.spent;
}
