import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { lintPackage } from "../index.js";

const repository = fileURLToPath(new URL("../../../../", import.meta.url));

/** Code, line and column of each finding. */
function lint(...texts: readonly string[]): string[] {
  const sources = new Map(texts.map((text, index) => [`/${index}.k`, text]));
  return lintPackage(sources).map(({ code, position }) => `${code} ${position.line}:${position.column}`);
}

describe("the linter", () => {
  it.each([
    ["an import that nothing reads", "import math\na = 1\n", ["W1001 1:1"]],
    ["an import that a type reads", "import .p\na: p.S = {}\n", []],
    ["an import that a text reads", 'import math\na = "${math.pi}"\n', []],
    ["an import that a schema inherits from", "import .p\nschema S(p.B):\n    a: int\n", []],
    ["an import that only a key is called like", "import math\na = {math = 1}\n", ["W1001 1:1"]],
    ["a module imported twice", "import math\nimport math as m\na = math.pi + m.pi\n", ["W1002 2:1"]],
    ["a name for two modules", "import .a.x\nimport .b.x\na = x.y\n", ["W1002 2:1"]],
    ["an import behind other statements", "a = 1\nimport math\nb = math.pi\n", ["W1003 2:1"]],
    ["an import behind the documentation", '"""doc"""\nimport math\nb = math.pi\n', []],
    ["a parameter like an import", "import math\na = lambda math { math }\nb = math.pi\n", ["W1004 2:12"]],
    ["a loop variable like an import", "import math\na = [math for math in [1]]\n", ["W1004 2:15"]],
    ["a global like an import", "import math\nmath = 1\nb = math\n", ["W1004 2:1"]],
    ["a private variable that nothing reads", "_a = 1\nb = 2\n", ["W1005 1:1"]],
    ["a private variable that is only set again", "_a = 1\n_a += 1\n", ["W1005 1:1"]],
    ["a private variable that is read", "_a = 1\nb = _a\n", []],
    ["a variable of a lambda", "f = lambda x {\n    a = 1\n    b = 2\n    x + b\n}\n", ["W1005 2:5"]],
    ["the value of a lambda", "f = lambda x {\n    if x:\n        a = 1\n    else:\n        b = 2\n}\n", []],
    ["a second loop variable", "a = [k for k, v in {}]\n", ["W1006 1:15"]],
    ["a first loop variable", "a = [v for i, v in []]\nb = [v for _, v in []]\n", ["W1006 1:12"]],
    ["loop variables that conditions and keys read", "a = {k = 1 for k, v in {} if v}\nb = all i, c in [] { i > c }\n", []],
    ["a comparison with None", "a = 1\nb = a == None\nc = None != a\nd = a is None\n", ["W1007 2:5", "W1007 3:5"]],
    ["an entry that is replaced", "a = {\n    x = 1\n    x = 2\n}\n", ["W1008 2:5"]],
    ["an entry that is merged or read", "a = {x = {}, x: {}}\nb = {x = 1, x = x + 1}\n", []],
    [
      "an else below another if",
      "a = {\n    if b:\n        if c: d = 1\n    else:\n        d = 2\n}\nb = 1\nc = 1\n",
      ["W1009 4:5"],
    ],
    [
      "an else below its if",
      "a = {\n    if b:\n        d = 1\n    elif c:\n        d = 2\n    else:\n        d = 2\n}\nb = 1\nc = 1\n",
      [],
    ],
    [
      "a documented attribute that is none",
      'schema S:\n    """s\n\n    Attributes\n    ----------\n    nme : str\n    """\n    name: str\n',
      ["W1010 1:8"],
    ],
    ["a message on a line of its own", 'schema S:\n    a: int\n    check:\n        a > 1\n        "too small"\n', ["W1011 5:9"]],
    ["an assertion of a literal", "assert True\n", ["W1011 1:8"]],
    ["a syntax error", "a = )\n", ["E1001 1:5"]],
  ])("judges %s", (_what, text, expected) => {
    expect([...new Set(lint(text))]).toEqual(expected);
  });

  it("takes an import for used that another file of the package reads", () => {
    expect(lint("import math\n", "a = math.pi\n")).toEqual([]);
    expect(lint("import math\n", "import math\na = math.pi\n")).toEqual(["W1001 1:1"]);
  });

  it("says what to do and shows the line", () => {
    const [finding] = lintPackage(new Map([["/main.k", "import math\n"]]));
    expect(finding).toMatchObject({
      severity: "warning",
      name: "UnusedImportWarning",
      sourceLine: "import math",
      suggestions: ["remove this import"],
    });
  });

  /** In a template the name that a definition will have stands for a public one. */
  const textOf = (path: string) => readFileSync(path, "utf8").replaceAll("__IDENTIFIER__", "identifier");

  it.each(["kcl", "examples", "extensions", "templates"])("has nothing to say about the files of %s", (folder) => {
    const files = readdirSync(join(repository, folder), { recursive: true, encoding: "utf8" })
      .filter((path) => path.endsWith(".k") && !path.includes("node_modules"))
      .map((path) => join(repository, folder, path));
    const found = [...new Set(files.map((path) => dirname(path)))].flatMap((parent) => {
      const siblings = files.filter((path) => dirname(path) === parent);
      return lintPackage(new Map(siblings.map((path) => [path, textOf(path)])));
    });
    expect(found.map(({ code, position }) => `${position.file}:${position.line} ${code}`)).toEqual([]);
  });
});
