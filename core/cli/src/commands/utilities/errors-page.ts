/** Reads the reference of errors: tables whose first column is a code. Pure. */

export const PAGE = "docs/user/reference/errors.md";
export const EXAMPLES_PAGE = "docs/user/reference/error-examples.md";

export interface Explanation {
  readonly code: string;
  /** The heading that it stands below. */
  readonly section: string;
  /** When it comes. */
  readonly cause: string;
  /** What to do; absent where the cause says it. */
  readonly fix?: string;
  readonly example?: string;
}

/** `examplesPage`: examples of some codes, below a heading each. */
export function readErrorsPage(page: string, examplesPage = ""): readonly Explanation[] {
  const examples = examplesOf(examplesPage);
  const found: Explanation[] = [];
  let section = "";
  for (const line of page.split("\n")) {
    const heading = /^#{2,3} (.*)$/.exec(line);
    if (heading !== null) section = heading[1] as string;
    const cells = /^\| `([A-Z][A-Z0-9_]+)`/.test(line) ? cellsOf(line) : undefined;
    if (cells === undefined) continue;
    const [code = "", cause = "", fix] = cells;
    const example = examples.get(code);
    found.push({ code, section, cause, ...(fix === undefined ? {} : { fix }), ...(example === undefined ? {} : { example }) });
  }
  return found;
}

function cellsOf(line: string): string[] {
  return line
    .slice(1, line.lastIndexOf("|"))
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim().replaceAll("\\|", "|").replaceAll("`", ""))
    .map((cell) =>
      cell.replace(/\[([^\]]+)\]\(([^)]*)\)/g, (_, text: string, target: string) => `${text} (${targetOf(target)})`),
    );
}

/** A link of the page, seen from the root of the platform. */
function targetOf(target: string): string {
  return new URL(target, `file:///${PAGE}`).href.replace("file:///", "");
}

/** The block below the heading of a code. */
function examplesOf(page: string): ReadonlyMap<string, string> {
  const blocks = page.matchAll(/^## ([A-Z][A-Z0-9_]+)\n\n```console\n(.*?)\n```$/gms);
  return new Map([...blocks].map(([, code = "", block = ""]) => [code, block] as const));
}
