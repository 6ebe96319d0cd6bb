import { describe, expect, it } from "vitest";
import { createMemoryHost } from "../memory-host.js";
import { type RunCommand, runCommand } from "./run-command.js";

function run(files: Record<string, string>, command: Partial<RunCommand> = {}): string {
  const result = runCommand({ host: createMemoryHost(files), folder: "/p", ...command });
  return result.ok ? result.log + result.text : `! ${result.log}${result.error}`;
}

describe("what is run", () => {
  const files = { "/p/main.k": "a = 1\n", "/p/b.k": "b = 2\n", "/p/sub/c.k": "c = 3\n", "/p/sub/c_test.k": "d = 4\n" };

  it.each([
    [["main.k"], "a: 1\n"],
    [["b.k", "main.k"], "b: 2\na: 1\n"],
    [["/p/sub"], "c: 3\n"],
    [["."], "b: 2\na: 1\n"],
    [["${KCL_MOD}/b.k"], "b: 2\n"],
    [[], "a: 1\n"],
  ])("inputs %j", (inputs, expected) => {
    expect(run(files, { inputs })).toBe(expected);
  });

  it("a package as a whole, when the folder has a kcl.mod", () => {
    expect(run({ ...files, "/p/kcl.mod": "" })).toBe("b: 2\na: 1\n");
    expect(run({ ...files, "/p/kcl.mod": '[profile]\nentries = ["b.k", "sub"]' })).toBe("b: 2\nc: 3\n");
    expect(run({ ...files, "/p/sub/kcl.mod": '[profile]\nentries = ["c.k"]\noverrides = ["c=7"]' }, { inputs: ["sub"] })).toBe(
      "c: 7\n",
    );
  });

  it("the files of kcl.yaml; an input that it does not list stands alone", () => {
    const listed = { ...files, "/p/kcl.yaml": "kcl_cli_configs:\n  files: [b.k, main.k]\n" };
    expect(run(listed)).toBe("b: 2\na: 1\n");
    expect(run(listed, { inputs: ["main.k"] })).toBe("b: 2\na: 1\n");
    expect(run(listed, { inputs: ["sub/c.k"] })).toBe("c: 3\n");
  });

  it("standard input, which may import from the folder", () => {
    expect(run(files, { inputs: ["-"], standardInput: "import sub\nx = sub.c\n" })).toBe("x: 3\n");
    expect(run(files, { inputs: ["-"], standardInput: "x = y\n" })).toContain("--> /p/<stdin>:1:5");
  });

  it("a folder, from which its imports start", () => {
    const folder = { "/p/app/main.k": "import part\nx = part.y\n", "/p/app/part/part.k": "y = 1\n" };
    expect(run(folder, { inputs: ["app"] })).toBe("x: 1\n");
  });

  it("nothing, with the reason", () => {
    expect(run({ "/p/readme": "" })).toBe(
      "! EvaluationError\nNo input KCL files: /p has no kcl.yaml, no kcl.mod with entries and no *.k file\n",
    );
    expect(run(files, { inputs: ["none.k"] })).toContain("/p/none.k");
    expect(run(files, { inputs: ["oci://example.org/x"] })).toContain("nothing is downloaded");
    expect(run(files, { inputs: ["${none:KCL_MOD}/x.k"] })).toContain("Cannot find the package 'none'");
  });
});

describe("settings", () => {
  const files = {
    "/p/main.k": 'a = option("a")\n_b = 1\nc = None\n',
    "/p/one.yaml":
      "kcl_options:\n- {key: a, value: one}\nkcl_cli_configs:\n  disable_none: true\n  output: ${KCL_MOD}/out.yaml\n",
    "/p/two.yaml": "kcl_options:\n- {key: a, value: two}\nkcl_cli_configs:\n  show_hidden: true\n  overrides: ['_b=2']\n",
  };

  it("are merged in order, and the command line wins", () => {
    expect(run(files, { settingFiles: ["one.yaml", "two.yaml"], inputs: ["main.k"] })).toBe("a: two\n_b: 2\n");
    expect(run(files, { settingFiles: ["two.yaml"], inputs: ["main.k"], arguments: ["a=three"], overrides: ["_b=3"] })).toBe(
      "a: three\n_b: 3\nc: null\n",
    );
  });

  it("name the file that takes the result", () => {
    const command = { host: createMemoryHost(files), folder: "/p", inputs: ["main.k"], settingFiles: ["one.yaml"] };
    expect(runCommand(command)).toMatchObject({ ok: true, output: "/p/out.yaml" });
    expect(runCommand({ ...command, output: "x.json" })).toMatchObject({ ok: true, output: "/p/x.json" });
  });

  it("of a wrong shape are refused", () => {
    expect(run({ ...files, "/p/bad.yaml": "kcl_options: 1\n" }, { settingFiles: ["bad.yaml"] })).toBe(
      "! EvaluationError\nFailed to load 'bad.yaml', invalid setting file format\n",
    );
    expect(run(files, { inputs: ["main.k"], arguments: ["a"] })).toBe(
      "! EvaluationError\nInvalid value for top level arguments\n",
    );
    expect(run(files, { inputs: ["main.k"], externalPackages: ["a"] })).toContain(
      "Invalid external package 'a', expected name=path",
    );
  });
});

describe("packages", () => {
  const files = {
    "/p/kcl.mod": '[dependencies]\nlib = { path = "../lib" }\ngone = { path = "../gone" }\nk8s = "1.28"\n',
    "/p/main.k": "import lib\nx = lib.x\n",
    "/p/gone.k.txt": "",
    "/lib/kcl.mod": '[dependencies]\ndeep-er = { path = "../deeper" }\n',
    "/lib/lib.k": "import deep_er.part\nx = part.y\n",
    "/deeper/part.k": "y = 5\n",
    "/vendor/k8s_1.28/api.k": "v = 1\n",
    "/vendor/other/o.k": "o = 2\n",
    "/lib2/x.k": "x = 6\n",
  };

  it("come from kcl.mod, also those that dependencies need", () => {
    expect(run(files, { inputs: ["main.k"] })).toBe("x: 5\n");
    expect(run(files, { inputs: ["${lib:KCL_MOD}/lib.k"] })).toBe("x: 5\n");
  });

  it("come from -E, which wins", () => {
    expect(run(files, { inputs: ["main.k"], externalPackages: ["lib=../lib2"] })).toBe("x: 6\n");
    const mapped = { ...files, "/p/kcl.yaml": "kcl_cli_configs:\n  package_maps:\n    lib: ${KCL_MOD}/../lib2\n" };
    expect(run(mapped, { inputs: ["main.k"] })).toBe("x: 6\n");
    expect(run(files, { inputs: ["main.k"], providedPackages: { lib: "/lib2" } })).toBe("x: 6\n");
  });

  it("come from the folder of vendored packages", () => {
    const main = { ...files, "/p/main.k": "import k8s.api\nimport other\na = api.v + other.o\n" };
    expect(run(main, { inputs: ["main.k"], vendorFolder: "/vendor" })).toBe("a: 3\n");
    expect(run(main, { inputs: ["main.k"] })).toContain("pkgpath k8s.api not found in the program");
    expect(run(main, { inputs: ["main.k"] })).toContain("note: /p/kcl.mod asks for 'k8s' 1.28 from a registry");
  });

  it("found in two places are refused, and the platform's own are no exception", () => {
    const both = { ...files, "/p/main.k": "import other.o\n", "/p/other/o.k": "o = 1\n" };
    const message = "the `other.o` is found multiple times in the current package and vendor package";
    expect(run(both, { inputs: ["main.k"], vendorFolder: "/vendor" })).toContain(message);
    expect(run(both, { inputs: ["main.k"], externalPackages: ["other=/vendor/other"] })).toContain(message);
    expect(run(both, { inputs: ["main.k"] })).toBe("{}\n");
  });

  it("that are missing are reported where they are imported", () => {
    const text = run({ ...files, "/p/main.k": "import gone\n" }, { inputs: ["main.k"] });
    expect(text).toContain("--> /p/main.k:1:1");
    expect(text).toContain("note: /p/kcl.mod says that 'gone' is at /gone; there is no such folder");
  });
});

describe("output", () => {
  const files = { "/p/main.k": 'print("hello")\nb = {c = [1, None], a = None}\na = 9007199254740993\n' };

  it.each([
    [{}, "hello\nb:\n  c:\n  - 1\n  - null\n  a: null\na: 9007199254740993\n"],
    [{ disableNone: true, sortKeys: true }, "hello\na: 9007199254740993\nb:\n  c:\n  - 1\n"],
    [{ pathSelectors: ["b.c"] }, "hello\n- 1\n- null\n"],
    [{ format: "json" as const, pathSelectors: ["b.c.0", "a"] }, "hello\n[\n    1,\n    9007199254740993\n]\n"],
  ])("with %j", (command, expected) => {
    expect(run(files, { inputs: ["main.k"], ...command })).toBe(expected);
  });

  it("of a failure is what was printed and the findings; -d adds a backtrace", () => {
    const failing = { "/p/main.k": 'print("hello")\nx = 1 // 0\n' };
    expect(run(failing, { inputs: ["main.k"] })).toMatch(/^! hello\nerror\[E3M38\]: EvaluationError\n --> \/p\/main\.k:2:1\n/);
    expect(run(failing, { inputs: ["main.k"], debug: true })).toMatch(
      /note: backtrace:\n\t0: kcl_main\n\t\tat \/p\/main\.k:2\n$/,
    );
  });
});
