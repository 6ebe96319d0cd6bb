import { describe, expect, it } from "vitest";
import { renderDiagnostics } from "../diagnostics/render.js";
import { createMemoryHost } from "../memory-host.js";
import { runTests, type TestRequest } from "./run-tests.js";

const files = {
  "/p/kcl.mod": "",
  "/p/person.k":
    'schema Person:\n    name: str = "kcl"\n    age: int = 1\n    check:\n        0 <= age <= 120, "age must be in [0, 120]"\n',
  "/p/person_test.k": `import runtime

test_name = lambda {
    print("looking")
    a = Person {}
    assert a.name == "kcl"
}
test_age = lambda {
    assert Person {}.age == 2, "the age is wrong"
}
test_message = lambda {
    message = runtime.catch(lambda { a = Person {age = 123} })
    assert message == "age must be in [0, 120]"
}
schema test_instance:
    person: Person = Person {age = 7}
    check:
        person.age == 7
schema test_broken:
    person: Person = Person {age = 200}
test_number = 5
helper = lambda { assert False }
`,
  "/p/sub/math_test.k": "import person\ntest_sum = lambda { assert 1 + 1 == 2 }\n",
  "/p/sub/person.k": "",
  "/p/.hidden/x_test.k": "test_x = lambda { assert False }\n",
  "/p/vendor/x_test.k": "test_x = lambda { assert False }\n",
};

function run(request: Partial<TestRequest> = {}, more: Record<string, string> = {}) {
  let clock = 0;
  return runTests({ host: createMemoryHost({ ...files, ...more }), paths: ["/p"], run: { now: () => clock++ }, ...request });
}

describe("the test runner", () => {
  it("calls lambdas and makes instances of schemas, in order, each in a run of its own", () => {
    const report = run();
    expect(report.ok).toBe(false);
    expect(report.broken).toEqual([]);
    expect(report.tests.map((test) => [test.name, test.ok, test.log])).toEqual([
      ["test_name", true, "looking\n"],
      ["test_age", false, ""],
      ["test_message", true, ""],
      ["test_instance", true, ""],
      ["test_broken", false, ""],
      ["test_sum", true, ""],
    ]);
    expect(report.tests[0]).toMatchObject({ file: "/p/person_test.k", line: 3 });
    expect(report.tests.every((test) => test.durationMs > 0)).toBe(true);
    expect(renderDiagnostics(report.tests[1]!.diagnostics)).toContain("person_test.k:9:1");
    expect(renderDiagnostics(report.tests[1]!.diagnostics)).toContain("the age is wrong");
  });

  it("runs those that are asked for, and stops at the first failure", () => {
    expect(run({ filter: /sum|name$/g }).tests.map((test) => test.name)).toEqual(["test_name", "test_sum"]);
    expect(run({ failFast: true }).tests.map((test) => test.name)).toEqual(["test_name", "test_age"]);
    expect(run({ paths: ["/p/sub/math_test.k"] }).tests).toHaveLength(1);
    expect(run({ paths: ["/none"], filter: /x/ }).tests).toEqual([]);
  });

  it("reports folders that cannot be loaded and goes on with the others", () => {
    const report = run({}, { "/p/bad/a_test.k": "test_a = lambda { assert nothing }\n" });
    expect(report.broken).toMatchObject([{ folder: "/p/bad", diagnostics: [{ message: "name 'nothing' is not defined" }] }]);
    expect(report.tests).toHaveLength(6);
  });

  it("tests modules that do not fit together in one scope", () => {
    const modules = { "/m/kcl.mod": "", "/m/a.k": "schema S:\n    x: int = 1\n", "/m/b.k": "schema S:\n    y: int = 2\n" };
    const tests = { "/m/ab_test.k": "import a\nimport b\ntest_both = lambda { assert a.S {}.x + b.S {}.y == 3 }\n" };
    expect(run({ paths: ["/m"] }, { ...modules, ...tests })).toMatchObject({ ok: true, tests: [{ name: "test_both" }] });
  });

  it("fails tests that want arguments, never end, or whose package fails", () => {
    const limits = { steps: 10_000 };
    const more = {
      "/p/person_test.k": "test_a = lambda x { 1 }\ntest_b = lambda { sum([i for i in range(100000)]) }\n",
      "/p/sub/math_test.k": "x = 1 // 0\ntest_c = lambda { 1 }\n",
    };
    expect(run({ run: { limits } }, more).tests.map((test) => [test.name, test.ok])).toEqual([
      ["test_a", false],
      ["test_b", false],
      ["test_c", false],
    ]);
  });
});
