/**
 * Which words begin a line. People's own line ends stay, but for a few: blocks begin on a line of their own, brackets that hold several
 * lines are opened and closed by line ends, and a value stands on the line of its key.
 */
import { isOp } from "./separators.js";
import type { Block, Bracket, Structure } from "./structure.js";
import type { Word } from "./words.js";

export interface Breaks {
  /** For each word whether it begins a line. */
  readonly before: readonly boolean[];
  /** Blocks that have lines of their own. */
  readonly brokenBlocks: ReadonlySet<Block>;
}

export function decideBreaks(words: readonly Word[], structure: Structure): Breaks {
  const before = words.map((word, index) => word.gap.broken && !rejoins(words, structure, index));
  const brokenBlocks = new Set<Block>();
  for (const index of structure.decorated) before[index] = true;
  for (const block of structure.allBlocks.toReversed()) breakBlock(block, structure, before, brokenBlocks);
  for (const bracket of structure.opened.values()) breakBracket(words, bracket, structure, before);
  for (const bracket of structure.opened.values())
    if (bracket.closer === bracket.opener + 1) before[bracket.closer] = hasComment(words[bracket.closer]!);
  return { before, brokenBlocks };
}

/** A value goes back to the line of its key, and a sign to the line of the key before it, unless a comment stands between. */
function rejoins(words: readonly Word[], structure: Structure, index: number): boolean {
  const bracket = structure.around[index];
  const word = words[index]!;
  const isClosed = structure.closed.has(index);
  if (bracket?.kind !== "entries" || isClosed || structure.starts.has(index) || hasComment(word)) return false;
  if (bracket.opener === index - 1) return false;
  const isSign = isOp(word, ":", "=", "+=");
  return isSign || (isOp(words[index - 1], ":", "=", "+=") && structure.around[index - 1] === bracket);
}

function hasComment(word: Word): boolean {
  return word.gap.trailing !== undefined || word.gap.remarks.length > 0;
}

/** Outside brackets every block has lines of its own; inside, those that had any. */
function breakBlock(block: Block, structure: Structure, before: boolean[], broken: Set<Block>): void {
  const inBracket = structure.around[block.first] !== undefined;
  if (inBracket && !block.members.some((index) => before[index] === true && !structure.closed.has(index))) return;
  broken.add(block);
  before[block.first] = true;
  if (!inBracket || block.owner === undefined) return;
  before[block.owner] = true;
  const behind = block.members.at(-1)! + 1;
  if (structure.owners.has(behind)) before[behind] = true;
}

/**
 * That the closer of a bracket inside it begins a line says nothing about this bracket. Behind the colon of a dict type (`{str:}`) there is no
 * place for a line end.
 */
function breakBracket(words: readonly Word[], bracket: Bracket, structure: Structure, before: boolean[]): void {
  const { opener, closer, members, kind } = bracket;
  const listsLines = kind === "entries" || kind === "code";
  const hasLines = listsLines && members.some((index) => before[index] === true && !structure.closed.has(index));
  if (!before[opener + 1] && !before[closer] && !hasLines) return;
  before[opener + 1] = true;
  if (!isOp(words[closer - 1], ":")) before[closer] = true;
}
