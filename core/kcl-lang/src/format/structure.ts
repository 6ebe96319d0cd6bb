/** Which bracket and which blocks each word is in, and what is special about it. */
import type { Mark, MarkRole } from "../syntax/mark.js";
import { isOp } from "./separators.js";
import type { Word } from "./words.js";

export interface Bracket {
  /** Index of the word that opens it. */
  readonly opener: number;
  readonly closer: number;
  readonly kind: "entries" | "code" | "subscript" | "other";
  /** The words directly in it, without brackets inside it and their contents, in order. */
  readonly members: readonly number[];
}

/** What stands behind the colon of `if`, `else`, `check` or `schema`. */
export interface Block {
  /** Index of its first word. */
  readonly first: number;
  /** Index of the word that opens it, where that is a branch. */
  readonly owner: number | undefined;
  /** The words in it, but not those inside brackets, in order. */
  readonly members: readonly number[];
}

export interface Structure {
  /** The innermost bracket around each word; brackets themselves belong to what is around them. */
  readonly around: readonly (Bracket | undefined)[];
  /** The bracket that a word opens or closes. */
  readonly opened: ReadonlyMap<number, Bracket>;
  readonly closed: ReadonlyMap<number, Bracket>;
  /** Blocks around each word, outermost first, within its innermost bracket. */
  readonly blocks: readonly (readonly Block[])[];
  readonly allBlocks: readonly Block[];
  /** Words that begin an entry, a statement, a clause or a branch inside a bracket. */
  readonly starts: ReadonlySet<number>;
  /** Branch words: `if`, `elif`, `else`, `check`. */
  readonly owners: ReadonlySet<number>;
  /** Words behind a decorator. */
  readonly decorated: ReadonlySet<number>;
  readonly prefixes: ReadonlySet<number>;
  readonly keywordSigns: ReadonlySet<number>;
  readonly inType: ReadonlySet<number>;
}

export function structureOf(words: readonly Word[], marks: readonly Mark[]): Structure {
  const offsets = new Map(words.map((word, index) => [word.token.start, index]));
  const wordsAt = (role: MarkRole): Set<number> =>
    new Set(marks.flatMap((mark) => (mark.role === role ? (offsets.get(mark.start) ?? []) : [])));
  const { around, opened, closed } = bracketsOf(words, marks);
  const { blocks, allBlocks } = blocksOf(words, marks, offsets, around);
  const owners = new Set(marks.flatMap((mark) => (mark.owner === undefined ? [] : (offsets.get(mark.owner) ?? []))));
  return {
    around,
    opened,
    closed,
    blocks,
    allBlocks,
    starts: new Set([...wordsAt("entry"), ...owners, ...allBlocks.map((block) => block.first)]),
    owners,
    decorated: new Set(marks.flatMap((mark) => (mark.role === "decorator" ? (firstFrom(words, mark.end) ?? []) : []))),
    prefixes: wordsAt("prefix"),
    keywordSigns: wordsAt("keyword"),
    inType: wordsInside(words, marks, "type"),
  };
}

function bracketsOf(words: readonly Word[], marks: readonly Mark[]): Pick<Structure, "around" | "opened" | "closed"> {
  const kinds = new Map<number, Bracket["kind"]>();
  for (const { role, start } of marks) if (role === "entries" || role === "code" || role === "subscript") kinds.set(start, role);
  const opened = new Map<number, Bracket>();
  const closed = new Map<number, Bracket>();
  const around: (Bracket | undefined)[] = [];
  const open: (Bracket & { closer: number; members: number[] })[] = [];
  words.forEach((word, index) => {
    const closing = isOp(word, ")", "]", "}") ? open.pop() : undefined;
    if (closing !== undefined) {
      closing.closer = index;
      closed.set(index, closing);
    }
    around.push(open.at(-1));
    open.at(-1)?.members.push(index);
    if (!isOp(word, "(", "[", "{")) return;
    open.push({ opener: index, closer: index, kind: kinds.get(word.token.start) ?? "other", members: [] });
    opened.set(index, open.at(-1)!);
  });
  return { around, opened, closed };
}

function blocksOf(
  words: readonly Word[],
  marks: readonly Mark[],
  offsets: ReadonlyMap<number, number>,
  around: Structure["around"],
): { blocks: Block[][]; allBlocks: Block[] } {
  const spans = marks.filter((mark) => mark.role === "block").sort((a, b) => a.start - b.start || b.end - a.end);
  const open: { readonly block: Block & { members: number[] }; readonly end: number; readonly in: Bracket | undefined }[] = [];
  const allBlocks: Block[] = [];
  let next = 0;
  const blocks = words.map((word, index) => {
    while (open.length > 0 && open.at(-1)!.end <= word.token.start) open.pop();
    for (let span = spans[next]; span !== undefined && span.start <= word.token.start; span = spans[++next]) {
      if (span.end <= word.token.start) continue;
      const owner = span.owner === undefined ? undefined : offsets.get(span.owner);
      open.push({ block: { first: index, owner, members: [] }, end: span.end, in: around[index] });
      allBlocks.push(open.at(-1)!.block);
    }
    const here = open.filter((one) => one.in === around[index]);
    for (const one of here) one.block.members.push(index);
    return here.map((one) => one.block);
  });
  return { blocks, allBlocks };
}

/** Words are in the order of the source. */
function firstFrom(words: readonly Word[], offset: number): number | undefined {
  let low = 0;
  let high = words.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (words[middle]!.token.start < offset) low = middle + 1;
    else high = middle;
  }
  return low === words.length ? undefined : low;
}

function wordsInside(words: readonly Word[], marks: readonly Mark[], role: MarkRole): Set<number> {
  const spans = marks.filter((mark) => mark.role === role).sort((a, b) => a.start - b.start);
  const inside = new Set<number>();
  let end = 0;
  let next = 0;
  words.forEach((word, index) => {
    for (; next < spans.length && spans[next]!.start <= word.token.start; next++) end = Math.max(end, spans[next]!.end);
    if (word.token.start < end) inside.add(index);
  });
  return inside;
}
