/**
 * The order of lists as a text that sorts the newest run first, because an index is read forward only: the time counted back from its end,
 * then the id with each digit turned round.
 */

import { parseCursor, type RunPlace } from "../../tables/run-cursor.js";

/** Later than any time, with as many digits as every difference to it is filled up to. */
const END_OF_TIME = 10 ** 16;
const DIGITS = 17;
const HEX = "0123456789abcdef";

export function listedKey({ createdAt, id }: RunPlace): string {
  const turned = id.replace(/[0-9a-f]/g, (digit) => HEX[HEX.length - 1 - HEX.indexOf(digit)] as string);
  return `${String(END_OF_TIME - createdAt).padStart(DIGITS, "0")}.${turned}`;
}

/** What comes behind the cursor is greater than this. @throws CursorInvalidError */
export function listedAfter(cursor: string): string {
  return listedKey(parseCursor(cursor));
}
