/** The page of errors has every code that the source can give, and no other. */

import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { kinds } from "../../../core/kcl-lang/src/diagnostics/diagnostic.js";
import { filesIn, root } from "./sources.js";

const REASONS = "### Reasons of failed steps";
const page = readFileSync(`${root}docs/user/reference/errors.md`, "utf8");
const [before = "", fromReasons = ""] = page.split(REASONS);
const [reasons = "", ...after] = fromReasons.split(/^(?=## )/m);

const firstColumn = (text: string): string[] => [...text.matchAll(/^\| `([A-Z][A-Z0-9_]+)`/gm)].map(([, code = ""]) => code);
const sorted = (codes: Iterable<string>): string[] => [...new Set(codes)].sort();

/** Codes of Node, which errors of ours only imitate. */
const OTHERS = new Set(["ETIMEDOUT"]);

function codesOfSource(): string[] {
  const isSource = (path: string) =>
    path.endsWith(".ts") && path.includes("/src/") && !path.endsWith(".test.ts") && !path.includes("/testing/");
  const files = [
    ...filesIn("core", (path) => isSource(path) && !path.includes("kcl-lang")),
    ...filesIn("platform", isSource),
    ...filesIn("extensions", isSource),
  ];
  const assignments = files.flatMap(({ text }) => [...text.matchAll(/\bcode: (.*)/g)].map(([, value = ""]) => value));
  const codes = assignments.flatMap((value) => [...value.matchAll(/"([A-Z][A-Z_]+)"/g)].map(([, code = ""]) => code));
  return sorted([...codes.filter((code) => !OTHERS.has(code)), ...Object.values(kinds).map(({ code }) => `KCL_${code}`)]);
}

/** What the shell functions of steps and health checks give as reasons. */
function reasonsOfSource(): string[] {
  const scripts = filesIn("core/extension-sdk/src", (path) => path.endsWith(".sh"));
  const given = scripts.flatMap(({ text }) => [
    ...text.matchAll(/(?:\bfail |\breason=|\bprintf )([A-Z]{2,}(?:_[A-Z]+)+|TIMEOUT)\b/g),
  ]);
  return sorted(given.map(([, reason = ""]) => reason).filter((reason) => reason !== "CODE"));
}

describe("the page of errors", () => {
  const documented = firstColumn([before, ...after].join("\n"));

  it("has every code of the source and no other", () => {
    expect(sorted(documented)).toEqual(codesOfSource());
  });

  it("has each code once", () => {
    expect(documented.filter((code, index) => documented.indexOf(code) !== index)).toEqual([]);
  });

  it("has every reason of a failed step and no other", () => {
    expect(sorted(firstColumn(reasons))).toEqual(reasonsOfSource());
  });
});
