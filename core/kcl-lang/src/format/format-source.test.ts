import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { format as formatSource, parse as parseModule } from "../index.js";

const repository = fileURLToPath(new URL("../../../../", import.meta.url));
const cases = join(repository, "../shared/kcl-conformance/cases");
const golden = fileURLToPath(new URL("golden/", import.meta.url));

function format(text: string): string {
  const result = formatSource("t.k", text);
  if (!result.ok) throw new Error(result.diagnostics.map((finding) => finding.message).join("; "));
  return result.text;
}

function kclFiles(folder: string): string[] {
  const skipped = new Set(["node_modules", "dist", ".git"]);
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (entry.isDirectory()) return skipped.has(entry.name) ? [] : kclFiles(join(folder, entry.name));
    return entry.name.endsWith(".k") ? [join(folder, entry.name)] : [];
  });
}

/** The tree as text, without places. */
function treeText(text: string): string {
  const { tree, diagnostics } = parseModule("t.k", text);
  expect(diagnostics).toEqual([]);
  const hidden = new Set(["at", "nameAt", "file", "source"]);
  return JSON.stringify(tree.body, (key, value: unknown) =>
    hidden.has(key) ? undefined : typeof value === "bigint" ? `${value}n` : value === undefined ? "undefined" : value,
  );
}

/** Comments as a plain reader finds them: what stands behind a `#` outside strings. */
function comments(text: string): string[] {
  const pattern = /[rR]?("""|''')(?:\\[\s\S]|[\s\S])*?\1|[rR]?"(?:\\.|[^"\\\n])*"|[rR]?'(?:\\.|[^'\\\n])*'|#[^\n]*/g;
  return [...text.matchAll(pattern)]
    .map((match) => match[0].trimEnd())
    .filter((found) => found.startsWith("#"))
    .sort();
}

function expectFaithful(source: string): void {
  const formatted = format(source);
  expect(format(formatted)).toBe(formatted);
  expect(treeText(formatted)).toBe(treeText(source));
  expect(comments(formatted)).toEqual(comments(source));
}

describe("the formatter", () => {
  it.each(readdirSync(golden).flatMap((name) => name.match(/^(.*)\.before\.k$/)?.[1] ?? []))("lays out %s", async (name) => {
    const source = readFileSync(join(golden, `${name}.before.k`), "utf8");
    await expect(format(source)).toMatchFileSnapshot(join(golden, `${name}.after.k`));
    expectFaithful(source);
  });

  const missing = existsSync(cases) ? undefined : "the conformance cases are not beside the repository";
  it.skipIf(missing !== undefined)(
    `keeps tree and comments of every case that parses${missing === undefined ? "" : ` (skipped: ${missing})`}`,
    () => {
      const sources = kclFiles(cases).map((file) => readFileSync(file, "utf8").replaceAll("\r\n", "\n"));
      const sound = sources.filter((source) => parseModule("t.k", source).diagnostics.length === 0);
      expect(sound.length).toBeGreaterThan(800);
      for (const source of sound) expectFaithful(source);
    },
  );

  it.each(["kcl", "examples", "extensions", "templates"])("finds the files of %s formatted", (folder) => {
    const unformatted = kclFiles(join(repository, folder)).filter((file) => {
      const source = readFileSync(file, "utf8");
      return format(source) !== source;
    });
    expect(unformatted).toEqual([]);
  });
});

describe("formatting", () => {
  it("leaves a file with syntax errors alone and tells them with their lines", () => {
    const result = formatSource("t.k", "a = 1\nb = )\n");
    expect(result.ok).toBe(false);
    expect(result.ok ? [] : result.diagnostics[0]).toMatchObject({ position: { line: 2 }, sourceLine: "b = )" });
  });

  it.each([
    ["an empty file", "", ""],
    ["a file of blank lines", "\n \n", ""],
    ["a file of comments", "\n# a\n\n\n  # b", "# a\n\n# b\n"],
    ["other line ends and a byte order mark", '\uFEFFa = 1\r\nb = """x\r\ny"""\r\n', 'a = 1\nb = """x\ny"""\n'],
    ["tabs", "if a:\n\tb = 1\n\t# c\n", "if a:\n    b = 1\n    # c\n"],
    ["commas of lines", "a = [\n1,\n2,\n]\n", "a = [\n    1\n    2\n]\n"],
    ["a last comma of a line", "a = [1, 2,]\nb = {c = 1,}\n", "a = [1, 2]\nb = {c = 1}\n"],
    ["a comment behind a comma", "a = [\n1, # one\n2 # two\n, 3]\n", "a = [\n    1  # one\n    2  # two\n    3\n]\n"],
    ["an empty bracket over lines", "a = {\n}\nb = [\n\n]\n", "a = {}\nb = []\n"],
    ["a bracket with nothing but a comment", "a = {\n# c\n}\n", "a = {\n    # c\n}\n"],
    ["a branch on one line", "if a: b = 1\nelse: c = 2\n", "if a:\n    b = 1\nelse:\n    c = 2\n"],
    ["a branch inside a line that needs lines", "a = [1, if b:\n            2\n]\n", "a = [\n    1\n    if b:\n        2\n]\n"],
    [
      "a branch that another one holds",
      "a = {if b: if c: d = 1\n     else: e = 1}\n",
      "a = {\n    if b:\n        if c: d = 1\n        else: e = 1\n}\n",
    ],
    ["operators that stand alone", "a = - 1 + not b\nc = - -1\nd = ~ 1\n", "a = -1 + not b\nc = --1\nd = ~1\n"],
    ["a schema between statements", "a = 1\nschema B:\n    c: int\nd = 1\n", "a = 1\n\nschema B:\n    c: int\n\nd = 1\n"],
    ["the comment of a schema", "a = 1\n# b\nschema B:\n    c: int\n", "a = 1\n\n# b\nschema B:\n    c: int\n"],
    ["names with a dollar", "$if=1\n", "$if = 1\n"],
    ["a dot behind a float", "a = 1. .b\n", "a = 1. .b\n"],
  ])("handles %s", (_what, source, expected) => {
    expect(format(source)).toBe(expected);
    if (source.trim() !== "" && !source.includes("\r")) expectFaithful(source);
  });
});
