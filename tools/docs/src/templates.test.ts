/** The page of templates: every filter, test and function that there is, each with an example that gives what the page says. */

import { readFileSync } from "node:fs";
import { createTemplateRenderer, type TemplateRenderer } from "@provisioning/config";
import type { JsonObject } from "@provisioning/model";
import { beforeAll, describe, expect, it } from "vitest";
import { root } from "./sources.js";

const page = readFileSync(`${root}docs/user/reference/templates.md`, "utf8");
const values = JSON.parse(/```json\n(.*?)```/s.exec(page)?.[1] ?? "{}") as JsonObject;

interface Row {
  readonly name: string;
  readonly example: string;
  readonly result: string;
}

function rowsOf(title: string): Row[] {
  const section = page.split(/^## /m).find((text) => text.startsWith(`${title}\n`)) ?? "";
  const lines = section.split("\n").filter((line) => line.startsWith("| `"));
  return lines.map((line) => {
    const cells = [...line.matchAll(/`((?:[^`\\]|\\.)*)`/g)].map(([, text = ""]) => text.replaceAll("\\|", "|"));
    return { name: cells[0] ?? "", example: cells.at(-2) ?? "", result: cells.at(-1) ?? "" };
  });
}

const written = (text: string) => text.replaceAll("⏎", "\n").replace(/^␣|␣$/g, " ");

let render: TemplateRenderer;
beforeAll(async () => {
  render = await createTemplateRenderer();
});

describe.each(["Filters", "Tests", "Functions"])("%s", (title) => {
  it.each(rowsOf(title).map((row) => [row.name, row] as const))("%s gives what the page says", (name, { example, result }) => {
    expect(example).toContain(name);
    expect(render("page", example, values)).toBe(written(result));
  });
});

/** Of Jinja2 and of the engine; what an engine of another version adds or drops is found out here. */
const NAMES = {
  Filters:
    "abs attr batch bool capitalize center chain count d default dictsort e escape filesizeformat first flatten float forceescape format groupby " +
    "indent int items join keys last length lines list lower map max min pluralize pprint random reject rejectattr replace reverse round safe " +
    "select selectattr slice sort split string striptags sum title tojson trim truncate unique upper urlencode urlize values wordcount " +
    "wordwrap xmlattr zip",
  Tests:
    "boolean callable containing defined divisibleby endingwith eq equalto escaped even false filter float ge greaterthan gt in integer " +
    "iterable le lessthan lower lt mapping ne none number odd safe sameas sequence startingwith string test true undefined upper",
  Functions: "cycler debug dict env joiner lipsum namespace now raise range url_for",
} as const;

const CALLS = {
  Filters: (name: string) => `{{ 1|${name} }}`,
  Tests: (name: string) => `{{ 1 is ${name} }}`,
  Functions: (name: string) => `{{ ${name}() }}`,
} as const;

it.each(["Filters", "Tests", "Functions"] as const)("has all %s that there are, and no others", (title) => {
  const there = NAMES[title].split(" ").filter((name) => isKnown(CALLS[title](name)));
  expect(rowsOf(title).map(({ name }) => name)).toEqual(there);
});

function isKnown(source: string): boolean {
  try {
    render("page", source, {});
    return true;
  } catch (error) {
    return !/unknown (?:filter|test|function)|undefined value|is unknown/.test(String(error));
  }
}
