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

  it("ends on any damaged text", () => {
    const source =
      'schema A[x: int = 1](B):\n    a?: {str:[int]} = {"k" = [1], if x: b: 2}\n    check:\n        len(a) > 1 if a, "m ${x}"\nf = lambda x { [y for y in x if y] }\n';
    for (let at = 0; at < source.length; at++) {
      for (const piece of ["", "{", ")", "\n  ", '"', "$"])
        parseModule("t.k", source.slice(0, at) + piece + source.slice(at + 1));
    }
  });
});
