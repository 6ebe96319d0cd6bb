/** The tags of a Handlebars template: `{{…}}` and `{{{…}}}`, found in one pass. */

export interface TemplateTag {
  /** Where the tag begins, with white space before it that starts the line. */
  readonly start: number;
  /** Where the text goes on, behind white space and the line end after the tag. */
  readonly end: number;
  /** White space that starts the line. */
  readonly indent: string;
  /** What stands between the braces, without marks for white space. */
  readonly content: string;
  /** `{{{…}}}`. */
  readonly triple: boolean;
  /** `{{~`: white space before the tag goes. */
  readonly trimsBefore: boolean;
  /** `~}}`: white space behind the tag goes. */
  readonly trimsBehind: boolean;
  /** White space and line end behind the tag; undefined when other text follows in the line. */
  readonly lineEnd: string | undefined;
}

export function* templateTags(source: string): Generator<TemplateTag> {
  const lineEndPattern = /[ \t]*(?:\r?\n|$)/y;
  let close = -1;
  for (let from = 0, at = source.indexOf("{{"); at >= 0; at = source.indexOf("{{", at)) {
    if (close < at) close = source.indexOf("}", at);
    if (close < 0) return;
    const inner = source[at - 1] === "\\" ? undefined : (tripleAt(source, at, close) ?? doubleAt(source, at, close));
    if (inner === undefined) {
      at++;
      continue;
    }
    const { content, triple, trimsBefore, trimsBehind } = inner;
    const start = lineStart(source, at, from);
    lineEndPattern.lastIndex = inner.end;
    const lineEnd = lineEndPattern.exec(source)?.[0];
    const end = inner.end + (lineEnd?.length ?? 0);
    yield { start, end, indent: source.slice(start, at), content, triple, trimsBefore, trimsBehind, lineEnd };
    from = end;
    at = end;
  }
}

interface Inner {
  readonly content: string;
  readonly triple: boolean;
  readonly trimsBefore: boolean;
  readonly trimsBehind: boolean;
  readonly end: number;
}

/** `end`: where the next closing brace stands. */
function tripleAt(source: string, at: number, end: number): Inner | undefined {
  if (!source.startsWith("{{{", at)) return undefined;
  if (!source.startsWith("}}}", end)) return undefined;
  return { content: source.slice(at + 3, end).trim(), triple: true, trimsBefore: false, trimsBehind: false, end: end + 3 };
}

function doubleAt(source: string, at: number, next: number): Inner | undefined {
  let from = at + 2;
  const trimsBefore = source[from] === "~";
  if (trimsBefore) from++;
  while (/\s/.test(source[from] ?? "")) from++;
  if (source.startsWith("!--", from)) {
    const close = source.indexOf("--", from + 3);
    const end = close < 0 ? -1 : source.indexOf("}}", close);
    const trimsBehind = source[end - 1] === "~";
    return end < 0 ? undefined : { content: "!", triple: false, trimsBefore, trimsBehind, end: end + 2 };
  }
  if (!source.startsWith("}}", next)) return undefined;
  const trimsBehind = source[next - 1] === "~";
  const content = source.slice(from, trimsBehind ? next - 1 : next).trim();
  return { content, triple: false, trimsBefore, trimsBehind, end: next + 2 };
}

/** The start of the line when only white space stands between it and the tag, else the tag. */
function lineStart(source: string, at: number, from: number): number {
  let start = at;
  while (start > from && (source[start - 1] === " " || source[start - 1] === "\t")) start--;
  return start === 0 || source[start - 1] === "\n" ? start : at;
}
