import { describe, expect, it } from "vitest";
import { createMemoryHost } from "../memory-host.js";
import { loadProgram } from "../program.js";

function findings(source: string, others: Record<string, string> = {}): string[] {
  const loaded = loadProgram({ host: createMemoryHost({ "/app/main.k": source, ...others }), files: ["/app/main.k"] });
  return loaded.ok
    ? []
    : loaded.diagnostics.map(
        (finding) => `${finding.position.line}:${finding.position.column} ${finding.code} ${finding.message}`,
      );
}

const server = 'schema Server:\n    name: str\n    plan: "small" | "medium" = "small"\n';

describe("what the checker reports", () => {
  it.each([
    ["an unknown name", "a = servrs\nservers = []\n", "1:5 E2L23 name 'servrs' is not defined, did you mean '[\"servers\"]'?"],
    [
      "an unknown attribute",
      `${server}s = Server {nam = "x"}\n`,
      "4:13 E2L23 Cannot add member 'nam' to schema 'Server', did you mean '[\"name\"]'?",
    ],
    ["a wrong type", `${server}s = Server {name = 1}\n`, "4:13 E2G22 expected str, got int(1)"],
    [
      "a literal that is not in the union",
      `${server}s: [Server] = [{name = "a", plan = "big"}]\n`,
      "4:29 E2G22 expected str(small) | str(medium), got str(big)",
    ],
    ["a second assignment", "a = 1\na = 2\n", "2:1 E1001 Can not change the value of 'a', because it was declared immutable"],
    ["operands that do not go together", "a = 1 + 'x'\n", "1:5 E2G22 unsupported operand type(s) for +: 'int(1)' and 'str(x)'"],
    [
      "a missing argument",
      "f = lambda x: int, y: int { x + y }\na = f(1)\n",
      "2:5 E2L23 expected 2 positional arguments, found 1",
    ],
    [
      "schemas that inherit from each other",
      "schema A(B):\n    a: int\nschema B(A):\n    b: int\n",
      "1:8 E2L23 There is a circular reference between schemas A, B",
    ],
    [
      "a parameter without default after one with",
      "schema A[x = 1, y]:\n    a: int = x\n",
      "1:14 E1001 non-default argument follows default argument",
    ],
    ["an unknown module", "import nothing.here\n", "1:1 E2F04 pkgpath nothing.here not found in the program"],
    [
      "an unknown member of a module",
      "import math\na = math.flor(1)\n",
      "2:5 E2G22 attribute 'flor' not found in 'module 'math''",
    ],
  ])("%s", (_title, source, expected) => expect(findings(source)[0]).toBe(expected));

  it("names both sides of an import cycle", () => {
    const found = findings("import a\n", { "/app/a.k": "import b\n", "/app/b.k": "import a\n" });
    expect(found).toHaveLength(2);
    expect(found[0]).toContain("There is a circular reference between modules");
  });

  it("lets values of unknown type pass", () => {
    expect(findings('import json\nx: int = json.decode("1")\ny: str = option("y")\n')).toEqual([]);
  });
});
