import { describe, expect, it } from "vitest";
import { scan } from "./scanner.js";

const kinds = (source: string): string =>
  scan("t.k", source)
    .tokens.map((token) => (token.kind === "op" ? token.text : token.kind))
    .join(" ");

describe("scan", () => {
  it.each([
    ["a = 1\n", "name = int newline eof"],
    ["if a:\n    b = 1\nc = 2", "keyword name : newline indent name = int newline dedent name = int newline eof"],
    ["a = [\n  1\n  2\n]\n", "name = [ newline int newline int newline ] newline eof"],
    ["a = 1 \\\n  + 2\n", "name = int + int newline eof"],
    ["$if = 1Ki", "name = int newline eof"],
    ["a.b?.c", "name . name ? . name newline eof"],
    ["# only a comment", "eof"],
    ["rule: 1", "name : int newline eof"],
  ])("%j gives %s", (source, expected) => expect(kinds(source)).toBe(expected));

  it.each([
    ["a = 1mi", "invalid int binary suffix"],
    ["if a:\n    b = 2\n\tc = 3\n", "inconsistent use of tabs and spaces in indentation"],
    ["if a:\n    b = 2\n  c = 3\n", "invalid indentation with 2 spaces, try to align indents by adding or removing spaces"],
    ["a = 'x", "unterminated string"],
  ])("%j is reported", (source, message) => expect(scan("t.k", source).diagnostics[0]?.message).toBe(message));

  it("counts columns in characters", () => {
    expect(scan("t.k", '"张" "x"').tokens[1]).toMatchObject({ line: 1, column: 5 });
  });
});
