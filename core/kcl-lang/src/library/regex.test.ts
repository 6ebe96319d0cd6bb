import { describe, expect, it } from "vitest";
import { RegexMatcher } from "./regex-match.js";
import { compileRegex } from "./regex-program.js";

/** What the first match of a pattern is, with its groups. */
function match(pattern: string, text: string, mostSteps = 100_000): readonly string[] | undefined {
  let steps = 0;
  const step = (count: number): void => {
    steps += count;
    if (steps > mostSteps) throw new Error("too many steps");
  };
  const matcher = new RegexMatcher(compileRegex(pattern).program, text, { step, allocate: () => undefined });
  const found = matcher.search(0);
  if (found === undefined) return undefined;
  return Array.from({ length: found.length / 2 }, (_, index) =>
    found[2 * index]! < 0 ? "" : text.slice(found[2 * index], found[2 * index + 1]),
  );
}

describe("patterns", () => {
  it.each([
    ["a+b", "xaab", ["aab"]],
    ["a+?", "aaa", ["a"]],
    ["(a|ab)(c|bcd)(d*)", "abcd", ["abcd", "a", "bcd", ""]],
    ["^\\d{2,3}$", "123", ["123"]],
    ["\\w+@(\\w+)\\.com", "me@here.com", ["me@here.com", "here"]],
    ["(?P<year>\\d{4})-(?P=year)", "2024-2024", ["2024-2024", "2024"]],
    ["(a)\\1", "aa", ["aa", "a"]],
    ["(?i)HeLLo", "say hello", ["hello"]],
    ["a(?i:B)c", "aBc", ["aBc"]],
    ["(?s)a.b", "a\nb", ["a\nb"]],
    ["(?m)^b$", "a\nb", ["b"]],
    ["(?<=\\$)\\d+", "cost $42", ["42"]],
    ["(?<!\\$)\\b\\d+", "$42 17", ["17"]],
    ["q(?=u)", "qu", ["q"]],
    ["q(?!u)", "qa", ["q"]],
    ["[^a-c\\s]+", "ab cxyz", ["xyz"]],
    ["[[:alpha:]]+", "12ab", ["ab"]],
    ["\\p{Lu}", "aÄ", ["Ä"]],
    ["\\bäh\\b", "oh äh!", ["äh"]],
    ["𝄞.", "a𝄞b", ["𝄞b"]],
    ["(a*)*", "b", ["", ""]],
    ["(|a)+b", "ab", ["ab", "a"]],
    ["x{0}y", "xy", ["y"]],
    ["a{,3}", "a{,3}", ["a{,3}"]],
    ["\\x41\\u0042\\t", "AB\t", ["AB\t"]],
    ["(?x) a b # more", "ab", ["ab"]],
    ["z", "abc", undefined],
  ] as const)("%s", (pattern, text, expected) => expect(match(pattern, text)).toEqual(expected));

  it.each([
    "(",
    "a)",
    "[a",
    "*a",
    "a**",
    "(?P<n",
    "\\",
    "a{3,2}",
    "(?<x>a)\\2",
    "\\p{Nothing}",
    "((((a{1000}){1000}){1000}){1000})",
  ])("%s is refused", (pattern) => expect(() => compileRegex(pattern)).toThrow(SyntaxError));
});

describe("patterns that take other engines exponential time", () => {
  it.each([
    ["^(a+)+$", `${"a".repeat(1_000)}!`],
    ["^(a|a|aa)*$", `${"a".repeat(1_000)}!`],
    ["(x+x+)+y", "x".repeat(300)],
    ["^(([a-z])+.)+[A-Z]([a-z])+$", "a".repeat(1_000)],
    ["(?=(a+)+$)b", "a".repeat(300)],
    ["(.*)(.*)(.*)(.*)(.*)[z]", "a".repeat(300)],
  ])("%s takes time in proportion", (pattern, text) => expect(match(pattern, text, 200 * text.length)).toBeUndefined());

  it("are stopped by the meter where they have backreferences", () => {
    expect(() => match("^(a+)+\\1$", `${"a".repeat(60)}!`)).toThrow("too many steps");
  });
});
