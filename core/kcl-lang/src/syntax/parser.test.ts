import { describe, expect, it } from "vitest";
import { parseExpressionText, parseModule } from "./parser.js";

/** An expression fully parenthesised, to show how operators bind. */
function shape(source: string): string {
  const show = (node: unknown): string => {
    const one = node as {
      kind: string;
      operator: string;
      left: unknown;
      right: unknown;
      value: unknown;
      name: string;
      first: unknown;
      rest: { operator: string; value: unknown }[];
    };
    switch (one.kind) {
      case "binary":
      case "logic":
        return `(${show(one.left)} ${one.operator} ${show(one.right)})`;
      case "unary":
        return `(${one.operator} ${show(one.value)})`;
      case "compare":
        return `(${show(one.first)}${one.rest.map((step) => ` ${step.operator} ${show(step.value)}`).join("")})`;
      case "parenthesis":
        return show(one.value);
      default:
        return one.name ?? String(one.value);
    }
  };
  return show(parseExpressionText("t.k", source).tree);
}

describe("operators", () => {
  it.each([
    ["-2 ** 2", "((- 2) ** 2)"],
    ["2 ** 3 ** 2", "((2 ** 3) ** 2)"],
    ["a or b and c", "(a or (b and c))"],
    ["not a == b", "((not a) == b)"],
    ["a < b == c", "((a < b) == c)"],
    ["1 < x <= 9", "(1 < x <= 9)"],
    ["a not in b", "(a not in b)"],
    ["a is not b", "(a is not b)"],
    ["a | b ^ c & d << e + f * g", "(a | (b ^ (c & (d << (e + (f * g))))))"],
    ["!a && b || c", "(((not a) and b) or c)"],
  ])("%s binds as %s", (source, expected) => expect(shape(source)).toBe(expected));
});

describe("recovery", () => {
  it("reports the errors of several lines", () => {
    const { diagnostics, tree } = parseModule("t.k", "a = )\nb = 1\nc = ]\n");
    expect(diagnostics.map((finding) => finding.position.line)).toEqual([1, 1, 3, 3]);
    expect(tree.body.some((statement) => statement.kind === "assign" && statement.targets[0]?.name === "b")).toBe(true);
  });

  it.each([
    ["a==\n", 'expected one of ["identifier", "literal", "(", "[", "{"] got newline'],
    ["a = 1, 2\n", "unexpected token ','"],
    ["f() = 1\n", "'CallExpression' is an illegal expression for assignment"],
    ["schema A(B, C):\n    a: int\n", 'expected one of [")"] got ,'],
  ])("%j says what is wrong", (source, message) => expect(parseModule("t.k", source).diagnostics[0]?.message).toBe(message));

  const findings = (source: string): string[] =>
    parseModule("t.k", source).diagnostics.map(({ position, message }) => `${position.line}:${position.column} ${message}`);
  const operand = 'expected one of ["identifier", "literal", "(", "[", "{"]';

  it.each([
    [
      "a missing colon",
      "schema A\n    x: int\nif True\n    a = 1\n",
      ['1:8 expected one of [":"] got newline', '3:7 expected one of [":"] got newline'],
    ],
    [
      "a missing bracket",
      "a = (1 + 2\nb = [1, 2}\n",
      ['1:10 expected one of [")"] got newline', '2:10 expected one of ["]"] got }', "2:10 unexpected token '}'"],
    ],
    ["a missing brace", "a = {b = 1\nc = 2\n", ['3:1 expected one of ["}"] got eof']],
    ["a missing quote", "a = 'x\nb = 2 +\n", ["1:5 unterminated string", `2:7 ${operand} got newline`]],
    [
      "a dedent to no level",
      "schema A:\n    x: int\n   y: int\n",
      ["3:4 invalid indentation with 3 spaces, try to align indents by adding or removing spaces"],
    ],
    ["an indent that nothing opens", "a = 1\n  b = 2\n", ["2:3 unexpected token 'indent'", "3:1 unexpected token 'dedent'"]],
    [
      "a stray token",
      "a = 1, 2\nb = a ? 1 : 2\nc = 1; d = 2\n",
      ["1:6 unexpected token ','", "2:7 unexpected token '?'", "3:6 unexpected token ';'"],
    ],
    [
      "an entry without operator",
      "a = {\n  b = 1\n  c 2\n  d = 3\n}\ne = 2 +\n",
      ['3:5 expected one of [":", "=", "+="] got literal', `6:7 ${operand} got newline`],
    ],
    [
      "a loop without in",
      "a = [i for i() in b]\n",
      [
        '1:13 expected one of ["in"] got (',
        `1:14 ${operand} got )`,
        '1:14 expected one of ["]"] got )',
        "1:14 unexpected token ')'",
        "1:20 unexpected token ']'",
      ],
    ],
    [
      "checks that are cut short",
      "schema A:\n    n: int\n    check:\n        n ==\n        len(n) >\n    age int\n",
      [`4:12 ${operand} got newline`, `5:16 ${operand} got newline`, "6:9 unexpected token 'int'"],
    ],
    [
      "a check with a bracket too many",
      "schema A:\n    check:\n        (a not None)\n",
      [
        '3:12 expected one of [")"] got identifier',
        `3:20 ${operand} got )`,
        "3:20 expected expression, got )",
        `3:20 ${operand} got newline`,
      ],
    ],
    [
      "two parents",
      "schema A(B, C):\n    x: int\n",
      [
        '1:11 expected one of [")"] got ,',
        '1:13 expected one of [":"] got identifier',
        "1:14 unexpected token ')'",
        "1:15 unexpected token ':'",
        "2:5 unexpected token 'indent'",
        '3:1 expected one of ["="] got dedent',
        "3:1 unexpected token 'dedent'",
      ],
    ],
    ["a lambda without body", "f = lambda x, y: int\na = 1\n", ['1:20 expected one of ["{"] got newline']],
    ["an import of nothing", "import\na = 1\n", ['1:6 expected one of ["identifier"] got newline']],
    ["half an interpolation", 'a = "${1 +}"\n', [`1:11 ${operand} got eof`]],
  ])("%s is reported in order", (_title, source, expected) => expect(findings(source)).toEqual(expected));

  it("ends on any damaged text", () => {
    const source =
      'schema A[x: int = 1](B):\n    a?: {str:[int]} = {"k" = [1], if x: b: 2}\n    check:\n        len(a) > 1 if a, "m ${x}"\nf = lambda x { [y for y in x if y] }\n';
    for (let at = 0; at < source.length; at++) {
      for (const piece of ["", "{", ")", "\n  ", '"', "$"])
        parseModule("t.k", source.slice(0, at) + piece + source.slice(at + 1));
    }
  });
});
