/** Who said what about a value: everybody, in order, with who won over them. And nothing is different for a run that does not ask. */
import { describe, expect, it } from "vitest";
import { completeValue, createMemoryHost, loadProgram, runProgram, type Saying } from "../index.js";
import { createMachine } from "../run.js";
import { linesOf } from "../testing/hostile-programs.js";
import type { Machine } from "./machine.js";

function load(files: Record<string, string>) {
  const loaded = loadProgram({
    host: createMemoryHost(files),
    files: Object.keys(files).filter((file) => /^\/[^/]+$/.test(file)),
  });
  if (!loaded.ok) throw new Error(loaded.diagnostics[0]?.message);
  return loaded.program;
}

function sayings(files: Record<string, string>, path: readonly (string | number)[]): readonly Saying[] {
  const ran = runProgram(load(files), { history: true });
  if (!ran.ok) throw new Error(ran.diagnostics[0]?.message);
  return ran.sayingsOf(path);
}

/** `main.k:3 "small" lost to main.k:7` */
const told = (text: string, path: readonly (string | number)[], others: Record<string, string> = {}): string[] =>
  sayings({ "/main.k": text, ...others }, path).map(({ place, value, schema, fate, lostTo }) =>
    [
      place === undefined ? "?" : `${place.file.slice(1)}:${place.line}`,
      value === undefined ? "-" : JSON.stringify(value),
      ...(schema === undefined ? [] : [`of ${schema}`]),
      fate,
      ...(lostTo === undefined ? [] : [`to ${lostTo.file.slice(1)}:${lostTo.line}`]),
    ].join(" "),
  );

const schemas =
  'schema Base:\n    plan: str = "small"\n    labels: {str:str} = {a = "1"}\nschema Web(Base):\n    plan = "medium"\n';

describe("everybody who says something about a value is told, in order", () => {
  it("the default of a schema", () => {
    expect(told(`${schemas}a = Base {}`, ["a", "plan"])).toEqual(['main.k:2 "small" of Base wins']);
  });

  it.each([":", "="])("the default, that of the schema below, and the configuration (%s)", (operator) => {
    expect(told(`${schemas}a = Web {plan ${operator} "large"}`, ["a", "plan"])).toEqual([
      'main.k:2 "small" of Base lost to main.k:5',
      'main.k:5 "medium" of Web lost to main.k:6',
      'main.k:6 "large" wins',
    ]);
  });

  it("a default that was not evaluated, for something replaces it", () => {
    const text = 'schema S:\n    name: str = "a" + "b"\na = S {name = "c"}';
    expect(told(text, ["a", "name"])).toEqual(["main.k:2 - of S lost to main.k:3", 'main.k:3 "c" wins']);
  });

  it("unions and overrides, one after the other", () => {
    const text = '_base = {plan = "small"}\na = _base | {plan = "medium"} | {plan = "large"}';
    expect(told(text, ["a", "plan"])).toEqual([
      'main.k:1 "small" lost to main.k:2',
      'main.k:2 "medium" lost to main.k:2',
      'main.k:2 "large" wins',
    ]);
  });

  it("an unpacked base of another package, and its schema", () => {
    const text = 'import base\na = base.Server {**base.web, plan = "large"}';
    const others = { "/base/base.k": 'schema Server:\n    plan: str = "small"\nweb = {plan = "medium"}' };
    expect(told(text, ["a", "plan"], others)).toEqual([
      'base/base.k:2 "small" of Server lost to base/base.k:3',
      'base/base.k:3 "medium" lost to main.k:2',
      'main.k:2 "large" wins',
    ]);
  });

  it("repeated declarations in several files", () => {
    const text = `${schemas}a: Web {labels.b = "2"}`;
    const others = { "/over.k": 'a: Web {\n    labels.a = "9"\n    plan = "large"\n}' };
    expect(told(text, ["a", "plan"], others).at(-1)).toBe('over.k:3 "large" wins');
    expect(told(text, ["a", "labels", "a"], others)).toEqual(['main.k:3 "1" lost to over.k:2', 'over.k:2 "9" wins']);
    expect(told(text, ["a", "labels", "b"], others)).toEqual(['main.k:6 "2" wins']);
  });

  it("a mixin", () => {
    const text = 'schema Large:\n    plan = "large"\nschema S:\n    mixin [LargeMixin]\n    plan: str = "small"\n'
      .replace("schema Large", "mixin LargeMixin")
      .concat("a = S {}");
    expect(told(text, ["a", "plan"])).toEqual(['main.k:5 "small" of S lost to main.k:2', 'main.k:2 "large" of LargeMixin wins']);
  });

  it("assignments along a path", () => {
    const text = '_a = {x = {y = "1", z = "2"}}\n_a.x.y = "3"\na = _a';
    expect(told(text, ["a", "x", "y"])).toEqual(['main.k:1 "1" lost to main.k:2', 'main.k:2 "3" wins']);
    expect(told(text, ["a", "x", "z"])).toEqual(['main.k:1 "2" wins']);
  });

  it("what was in a value that was replaced as a whole", () => {
    const text = 'a = {l = [{plan = "small"}]} | {\n    l = [{plan = "large"}]\n}';
    expect(told(text, ["a", "l", 0, "plan"])).toEqual(['main.k:1 "small" lost to main.k:2', 'main.k:2 "large" wins']);
  });

  it("the parts of a list and of a dict", () => {
    expect(told('a = {\n    l = ["1"]\n    l += ["2"]\n}', ["a", "l"])).toEqual(['main.k:2 ["1"] part', 'main.k:3 ["2"] part']);
    expect(told('a = {d = {x = "1"}} | {\n    d: {y = "2"}\n}', ["a", "d"])).toEqual([
      'main.k:1 {"x":"1"} part',
      'main.k:2 {"y":"2"} part',
    ]);
  });

  it("None, which says nothing", () => {
    expect(told('a = {x = "1"} | {\n    x: None\n}', ["a", "x"])).toEqual([
      'main.k:1 "1" wins',
      "main.k:2 null lost to main.k:1",
    ]);
  });

  it("the schema, for parts of its default too", () => {
    expect(told(`${schemas}a = Web {}`, ["a", "labels", "a"])).toEqual(['main.k:3 "1" of Base wins']);
  });

  it("nobody, where nothing is", () => {
    expect(told("a = {x = 1}", ["a", "y"])).toEqual([]);
    expect(told("a = {x = 1}", ["a", "x", 3, "z"])).toEqual([]);
  });
});

describe("plain data with the defaults of its schema", () => {
  const program = load({
    "/main.k":
      "schema In:\n    a: int = 1\n    b?: str\nschema Config:\n    port: int = 80\n    name: str\n    inner: In = In {}\n",
  });

  it("has them at every depth, and tells where they stand", () => {
    const completed = completeValue(program, "Config", { inner: { b: "x" } }, { history: true });
    if (!completed.ok) throw new Error(completed.diagnostics[0]?.message);
    expect(completed.value).toMatchObject({ port: 80, inner: { a: 1, b: "x" } });
    expect(completed.sayingsOf(["port"])).toMatchObject([{ value: 80, schema: "Config", place: { line: 5 }, fate: "wins" }]);
    expect(completed.sayingsOf(["name"])).toEqual([]);
    expect(completed.sayingsOf(["inner", "a"])).toMatchObject([{ value: 1, schema: "In", place: { line: 2 }, fate: "wins" }]);
  });

  it("is refused where a type does not fit, or there is no such schema", () => {
    expect(completeValue(program, "Config", { port: "x" })).toMatchObject({ ok: false });
    expect(completeValue(program, "Nothing", {})).toMatchObject({ ok: false });
  });
});

describe("a run that does not ask", () => {
  const programs: [string, (n: number) => string][] = [
    ["a chain of |", (n) => `a = {x = 0}${Array.from({ length: n }, (_, i) => ` | {x = ${i}}`).join("")}`],
    ["nested entries of one dict", (n) => `a = {\n${linesOf(n, (i) => `    b: {k${i} = ${i}}`)}\n}`],
    ["+= entries", (n) => `a = {\n    l = []\n${linesOf(n, (i) => `    l += [${i}]`)}\n}`],
    ["instances", (n) => `schema S:\n    n: int = 0\n    m: int = 1\n${linesOf(n, (i) => `s${i} = S {n = ${i}}`)}`],
    [
      "inheritance",
      (n) => `schema A0:\n    x: int = 1\n${linesOf(n, (i) => `schema A${i + 1}(A${i}):\n    x = ${i}`)}\na = A${n} {}`,
    ],
  ];

  it.each(programs)("does and keeps nothing for it: %s", (_title, program) => {
    const [plain, asking] = [spentBy(program(100), false), spentBy(program(100), true)];
    expect(plain.steps).toBe(asking.steps);
    expect(plain.copies).toBe(asking.copies);
    expect(plain.bytes).toBeLessThanOrEqual(asking.bytes);
    const machine = createMachine(load({ "/main.k": program(3) }), {});
    machine.packages.get("__main__")?.run();
    for (const { instance } of machine.instances)
      for (const entry of instance.attributes.values()) expect(Object.keys(entry)).not.toContain("past");
  });

  it.each(programs)("one that asks costs in proportion to its size too: %s", (_title, program) => {
    const [small, large] = [spentBy(program(100), true), spentBy(program(400), true)];
    expect(large.steps / small.steps).toBeLessThan(4.2);
    expect(large.bytes / small.bytes).toBeLessThan(4.2);
  });

  it.each(programs)("has the same value: %s", (_title, program) => {
    const loaded = load({ "/main.k": program(50) });
    const [plain, asking] = [runProgram(loaded), runProgram(loaded, { history: true })];
    expect(asking.ok && asking.toText()).toBe(plain.ok && plain.toText());
  });
});

function spentBy(text: string, history: boolean): Machine["spent"] {
  const machine = createMachine(load({ "/main.k": text }), { history });
  machine.packages.get("__main__")?.run();
  return machine.spent;
}
