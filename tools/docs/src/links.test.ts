/** Relative links in Markdown lead to files and headings that exist, and every page of `docs/` can be reached from its index. */

import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { describe, expect, it } from "vitest";
import { filesIn, root, type SourceFile } from "./sources.js";

const isPage = (path: string): boolean => path.endsWith(".md") && !path.includes("conformance/");
const pages: readonly SourceFile[] = filesIn("", isPage);

interface Link {
  readonly from: string;
  /** Relative to the root. */
  readonly to: string;
  readonly heading: string | undefined;
}

function linksOf({ path, text }: SourceFile): Link[] {
  const prose = text.replace(/^```.*?^```/gms, "").replace(/`[^`\n]*`/g, "");
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = ""]) => target)
    .filter((target) => !/^[a-z]+:/.test(target))
    .map((target) => {
      const [file = "", heading] = target.split("#");
      const to = file === "" ? path : normalize(join(dirname(path), file)).replace(/\/$/, "");
      return { from: path, to, heading };
    });
}

function hasHeading(file: string, heading: string): boolean {
  const headings = [...readFileSync(join(root, file), "utf8").matchAll(/^#+ (.*)$/gm)];
  return headings.some(([, title = ""]) => anchorOf(title) === heading);
}

function anchorOf(title: string): string {
  return title
    .toLowerCase()
    .replace(/[^\w\s-]/g, "")
    .trim()
    .replaceAll(" ", "-");
}

describe("links", () => {
  const links = pages.flatMap(linksOf);

  it("lead to files and headings that exist", () => {
    const dead = links.filter(
      ({ to, heading }) => !existsSync(join(root, to)) || (heading !== undefined && !hasHeading(to, heading)),
    );
    expect(dead.map(({ from, to, heading }) => `${from} → ${to}${heading === undefined ? "" : `#${heading}`}`)).toEqual([]);
  });

  it("reach every page of docs/ from docs/README.md", () => {
    const reached = new Set(["docs/README.md"]);
    for (const page of reached) {
      const next = links.filter(({ from }) => from === page).map(({ to }) => to);
      for (const to of next) {
        if (isPage(to)) reached.add(to);
        // A link to a folder shows everything in it.
        else if (to.startsWith("docs/") && existsSync(join(root, to)) && statSync(join(root, to)).isDirectory())
          for (const { path } of pages.filter(({ path: file }) => dirname(file) === to)) reached.add(path);
      }
    }
    const unreachable = pages.map(({ path }) => path).filter((path) => path.startsWith("docs/") && !reached.has(path));
    expect(unreachable).toEqual([]);
  });
});
