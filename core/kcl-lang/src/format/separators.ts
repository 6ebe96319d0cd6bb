/** Takes the separating commas out of brackets in which a line end separates as well; each is noted at the word behind it. */
import type { Mark } from "../syntax/mark.js";
import { mergeGaps, type Word } from "./words.js";

export function takeSeparators(words: readonly Word[], marks: readonly Mark[]): Word[] {
  const starts = (role: Mark["role"]): Set<number> =>
    new Set(marks.filter((mark) => mark.role === role).map((mark) => mark.start));
  const entries = starts("entry");
  const brackets = starts("entries");
  const owners = new Set(marks.map((mark) => mark.owner));
  const open: boolean[] = [];
  const kept: Word[] = [];
  let dropped: Word[] = [];
  words.forEach((word, index) => {
    const inEntries = open.at(-1) === true;
    if (inEntries && isOp(word, ",") && separates(words, index, (next) => entries.has(next) || owners.has(next))) {
      dropped.push(word);
      return;
    }
    kept.push(dropped.length === 0 ? word : behind(dropped, word, kept.at(-1)));
    dropped = [];
    if (isOp(word, "(", "[", "{")) open.push(brackets.has(word.token.start));
    else if (isOp(word, ")", "]", "}")) open.pop();
  });
  return kept;
}

/** Whether an entry, a branch or the end of the bracket follows. */
function separates(words: readonly Word[], comma: number, starts: (offset: number) => boolean): boolean {
  const next = words.slice(comma + 1, comma + 50).find((word) => !isOp(word, ","));
  return next !== undefined && (isOp(next, ")", "]", "}") || starts(next.token.start));
}

function behind(commas: readonly Word[], word: Word, before: Word | undefined): Word {
  const gap = [...commas.map((comma) => comma.gap), word.gap].reduce(mergeGaps);
  return { ...word, gap, comma: before !== undefined && !isOp(before, "(", "[", "{") };
}

export function isOp(word: Word | undefined, ...texts: readonly string[]): boolean {
  return word !== undefined && word.token.kind === "op" && texts.includes(word.text);
}
