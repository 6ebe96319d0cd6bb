/** The words of a file and what stands between them: comments, blank lines, line ends. */
import type { Token } from "../syntax/token.js";

/** A comment on a line of its own. */
export interface Remark {
  readonly text: string;
  /** Where it began in the source. */
  readonly column: number;
  readonly blankBefore: boolean;
}

/** What stands before a word. */
export interface Gap {
  /** The comment at the end of the line of the word before. */
  readonly trailing: string | undefined;
  readonly remarks: readonly Remark[];
  /** An empty line directly before the word. */
  readonly blankBefore: boolean;
  /** The word begins a line. */
  readonly broken: boolean;
  /** The word begins a line that a backslash joins to the one before. */
  readonly joined: boolean;
}

/** A token that is neither a line end nor a change of indentation. */
export interface Word {
  readonly token: Token;
  readonly text: string;
  readonly gap: Gap;
  /** A separating comma stood before it (`separators.ts`). */
  readonly comma: boolean;
}

export interface Words {
  readonly words: readonly Word[];
  /** What stands behind the last word. */
  readonly tail: Gap;
}

const layoutKinds: ReadonlySet<Token["kind"]> = new Set(["newline", "indent", "dedent", "eof"]);

/** Line ends of the source must be `\n`. */
export function readWords(source: string, tokens: readonly Token[]): Words {
  const words: Word[] = [];
  let end = source.startsWith("\uFEFF") ? 1 : 0;
  for (const token of tokens) {
    if (layoutKinds.has(token.kind)) continue;
    const gap = readGap(source.slice(end, token.start), words.length === 0);
    words.push({ token, text: source.slice(token.start, token.end), gap, comma: false });
    end = token.end;
  }
  return { words, tail: readGap(`${source.slice(end)}\n`, words.length === 0) };
}

function readGap(text: string, isFirst: boolean): Gap {
  const lines = (isFirst ? `\n${text}` : text).split("\n");
  const ends = lines.slice(0, -1);
  const remarks: Remark[] = [];
  let trailing: string | undefined;
  let broken = false;
  let blank = false;
  for (const line of ends) {
    const content = line.trim();
    if (content.startsWith("#")) {
      if (!broken) trailing = content;
      else remarks.push({ text: content, column: line.indexOf("#") + 1, blankBefore: blank });
      blank = false;
    } else if (content === "" && broken) blank = true;
    if (!content.endsWith("\\") || content.startsWith("#")) broken = true;
  }
  return { trailing, remarks, blankBefore: blank, broken, joined: !broken && ends.length > 0 };
}

/** The gap that is left when the word between two gaps is dropped. */
export function mergeGaps(left: Gap, right: Gap): Gap {
  const remarks = [...left.remarks];
  if (right.trailing !== undefined && (left.broken || left.trailing !== undefined))
    remarks.push({ text: right.trailing, column: 1, blankBefore: false });
  return {
    trailing: left.trailing ?? (left.broken ? undefined : right.trailing),
    remarks: [...remarks, ...right.remarks],
    blankBefore: right.blankBefore || (left.blankBefore && remarks.length === left.remarks.length && right.remarks.length === 0),
    broken: left.broken || right.broken,
    joined: !left.broken && !right.broken && (left.joined || right.joined),
  };
}
