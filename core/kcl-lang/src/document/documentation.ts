/**
 * What the documentation string of a schema says: a description, then sections with a title and a line of hyphens below it. The section
 * `Attributes` has `name : type, default x, required` lines with indented descriptions below them.
 */

export interface Documentation {
  readonly description: string;
  /** By name, in the order of the text. */
  readonly attributes: ReadonlyMap<string, string>;
  readonly examples: string;
  /** Sections other than `Attributes` and `Examples`. */
  readonly sections: readonly { readonly title: string; readonly text: string }[];
}

export function readDocumentation(text: string): Documentation {
  const lines = withoutIndentation(text);
  const starts = lines.flatMap((line, index) => (isTitle(line, lines[index + 1]) ? [index] : []));
  const sections = starts.map((start, at) => ({
    title: lines[start]!.trim(),
    lines: lines.slice(start + 2, starts[at + 1] ?? lines.length),
  }));
  const named = (title: RegExp): string[] => sections.filter((one) => title.test(one.title)).flatMap((one) => one.lines);
  return {
    description: joined(lines.slice(0, starts[0] ?? lines.length)),
    attributes: readAttributes(named(/^attributes$/i)),
    examples: joined(named(/^examples?$/i)),
    sections: sections
      .filter((one) => !/^(attributes|examples?)$/i.test(one.title))
      .map(({ title, lines: body }) => ({ title, text: joined(body) })),
  };
}

/** The first line stands behind the quotes; the indentation of the others is that of the code. */
function withoutIndentation(text: string): string[] {
  const [first = "", ...rest] = text.replaceAll("\r\n", "\n").split("\n");
  const widths = rest.filter((line) => line.trim() !== "").map((line) => line.length - line.trimStart().length);
  const shared = widths.length === 0 ? 0 : Math.min(...widths);
  return [first.trim(), ...rest.map((line) => line.slice(shared).trimEnd())];
}

function isTitle(line: string, below: string | undefined): boolean {
  return /^\S/.test(line) && below !== undefined && /^-{3,}$/.test(below);
}

function readAttributes(lines: readonly string[]): Map<string, string> {
  const found = new Map<string, string[]>();
  let current: string[] | undefined;
  for (const line of lines) {
    const head = /^["'`]?([\p{L}_$][\p{L}\p{N}_.-]*)["'`]?\s*(?::|$)/u.exec(line);
    if (head !== null) found.set(head[1]!, (current = []));
    else current?.push(line.trim());
  }
  return new Map([...found].map(([name, text]) => [name, joined(text)]));
}

function joined(lines: readonly string[]): string {
  return lines.join("\n").trim();
}
