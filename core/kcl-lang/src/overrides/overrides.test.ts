import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { runCommand } from "../command/run-command.js";
import { createMemoryHost } from "../memory-host.js";

function run(text: string, ...overrides: string[]): string {
  const result = runCommand({
    host: createMemoryHost({ "/p/main.k": text }),
    folder: "/p",
    inputs: ["main.k"],
    overrides,
    format: "json",
  });
  if (!result.ok) return result.error.trim();
  return JSON.stringify(JSON.parse(result.text));
}

const app = `schema App:
    name: str = "default"
    replicas: int = 1
    labels?: {str:str} = {app = name}
    ports?: [int]

app: App {
    name = "web"
    replicas = 2
    labels.tier = "front"
    ports = [80, 443]
}
`;

describe("overrides of an attribute", () => {
  it.each([
    ["app.replicas=5", { name: "web", replicas: 5, labels: { app: "web", tier: "front" }, ports: [80, 443] }],
    [":app.replicas=5", { name: "web", replicas: 5, labels: { app: "web", tier: "front" }, ports: [80, 443] }],
    ["app.replicas:5", { name: "web", replicas: 5, labels: { app: "web", tier: "front" }, ports: [80, 443] }],
    ['app.name="api"', { name: "api", replicas: 2, labels: { app: "api", tier: "front" }, ports: [80, 443] }],
    ['app.labels.tier="back"', { name: "web", replicas: 2, labels: { app: "web", tier: "back" }, ports: [80, 443] }],
    ['app.labels."a-b"="c"', { name: "web", replicas: 2, labels: { app: "web", tier: "front", "a-b": "c" }, ports: [80, 443] }],
    ['app["labels"]={x="y"}', { name: "web", replicas: 2, labels: { x: "y" }, ports: [80, 443] }],
    ["app.labels:{tier = 'z'}", { name: "web", replicas: 2, labels: { app: "web", tier: "z" }, ports: [80, 443] }],
    ["app.ports[0]=81", { name: "web", replicas: 2, labels: { app: "web", tier: "front" }, ports: [81, 443] }],
    ["app.ports[-1]-", { name: "web", replicas: 2, labels: { app: "web", tier: "front" }, ports: [80] }],
    ["app.ports+=[8080]", { name: "web", replicas: 2, labels: { app: "web", tier: "front" }, ports: [80, 443, 8080] }],
    ["app.name-", { name: "default", replicas: 2, labels: { app: "default", tier: "front" }, ports: [80, 443] }],
    ["app.nothing-", { name: "web", replicas: 2, labels: { app: "web", tier: "front" }, ports: [80, 443] }],
    [
      "app:{replicas = 3, ports += [1]}",
      { name: "web", replicas: 3, labels: { app: "web", tier: "front" }, ports: [80, 443, 1] },
    ],
  ])("%s", (override, expected) => {
    expect(JSON.parse(run(app, override))).toEqual({ app: expected });
  });

  it("are checked like anything that was written", () => {
    expect(run(app, 'app.replicas="many"')).toBe(
      [
        "error[E2G22]: TypeError",
        ' --> -O app.replicas="many":1:1',
        "  |",
        '1 | app.replicas="many"',
        "  | ^ expected int, got str(many)",
        "  |",
        "",
        " --> /p/main.k:3:5",
        "  |",
        "3 |     replicas: int = 1",
        "  |     ^ variable is defined here, its type is int, but got str(many)",
        "  |",
      ].join("\n"),
    );
    expect(run(app, "app.replica=3")).toContain("Cannot add member 'replica' to schema 'App', did you mean");
  });

  it("change all declarations that are joined, and append once", () => {
    const text = `${app}\napp: App { replicas = 3 }\n`;
    expect(JSON.parse(run(text, "app.replicas=7")).app.replicas).toBe(7);
    expect(JSON.parse(run(text, "app.ports+=[1]")).app.ports).toEqual([80, 443, 1]);
  });

  it("reach values that are no literals", () => {
    const text = "base = {a = 1, b = {c = 2}}\nx = base\ny = {z = base}\n";
    expect(run(text, "x.b.c=5", "y.z.a-")).toBe('{"base":{"a":1,"b":{"c":2}},"x":{"a":1,"b":{"c":5}},"y":{"z":{"b":{"c":2}}}}');
  });

  it("reach dicts in lists, entries with positions and conditional entries", () => {
    const text = "a = {items = [{n = 1}, {n = 2}]}\nb = {if True: c = 1}\n_l = {x = [1, 2]}\nd = {**_l}\n";
    expect(run(text, "a.items[1].n=9", "a.items[0]:{m = 0}", "b.c=4", "d.x[1]=7", "d.x[0]-")).toBe(
      '{"a":{"items":[{"n":1,"m":0},{"n":9}]},"b":{"c":4},"d":{"x":[7]}}',
    );
  });
});

describe("overrides of a variable", () => {
  it.each([
    ["a = 1\nb = a", "a=2", '{"a":2,"b":2}'],
    ["a = b = 1", "b=2", '{"a":1,"b":2}'],
    ["a = 1", "c.d.e=[1, 2]", '{"a":1,"c":{"d":{"e":[1,2]}}}'],
    ["a = 1", "c+=[1]", '{"a":1,"c":[1]}'],
    ["a = [1]", "a+=[2]", '{"a":[1,2]}'],
    ["a = [1, 2, 3]", "a[1]-", '{"a":[1,3]}'],
    ["a = [1, 3]", "a[1]+=2", '{"a":[1,2,3]}'],
    ["a = 1\nb = 2", "a-", '{"b":2}'],
    ["_a = 1\n_a += 2\nb = _a", "_a=10", '{"b":10}'],
    ["a = {x = 1}\na.y = 2", "a.y=3", '{"a":{"x":1,"y":3}}'],
    ["if True:\n    a = 1\nelse:\n    a = 2", "a=3", '{"a":3}'],
  ])("%j with %s", (text, override, expected) => {
    expect(run(text, override)).toBe(expected);
  });

  it("are made one after another", () => {
    expect(run("a = {}", "a.b={}", "a.b.c=1", "a.b.c=2")).toBe('{"a":{"b":{"c":2}}}');
  });
});

describe("what is no override", () => {
  it.each([
    ["", "it must begin with the name of a variable"],
    ["1a=2", "it must begin with the name of a variable"],
    ["a.b", "after the path stands '=', ':', '+=' or '-'"],
    ["a.=1", "after the path stands '=', ':', '+=' or '-'"],
    ["a=", "there is no value"],
    ["a.image=nginx:1.2", "its value is no expression: "],
  ])("%j is refused with the reason", (override, reason) => {
    expect(run("a = 1", override)).toContain(`EvaluationError\nInvalid override '${override}': ${reason}`);
  });

  it.each([
    ["App.name=1", "it is a schema, and only variables can be changed"],
    ["l[7]=1", "position 7 is out of range, the list has 1 item"],
    ["l.x=1", "a list has no keys"],
    ["none[0]=1", "there is no such list"],
  ])("%s is refused where it does not fit", (override, reason) => {
    const error = run("schema App:\n    name?: str\nl = [0]\n", override);
    expect(error).toContain(`error[E2L23]: CompileError\n --> -O ${override}:1:1`);
    expect(error).toContain(reason);
  });
});

describe("any text at all", () => {
  const pieces = [
    "app",
    ".ports",
    ".labels",
    "[0]",
    "[-9]",
    '["x y"]',
    "=",
    ":",
    "+=",
    "-",
    "1",
    "{b = 1}",
    "[1]",
    "(",
    '"',
    "é",
    "\n",
  ];
  const text = fc.array(fc.constantFrom(...pieces), { maxLength: 8 }).map((parts) => parts.join(""));

  it("is made or refused, and the program stays one", () => {
    fc.assert(
      fc.property(text, text, (one, other) => {
        expect(run(app, one, other)).toMatch(/^(\{|error\[|EvaluationError\n)/);
      }),
      { numRuns: 300 },
    );
  });
});
