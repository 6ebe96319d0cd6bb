/** The last lines of a terminal, drawn again and again: what runs right now. Lines that stay are written above them. */

import type { OutputStream } from "../../cli-context.js";
import { displayWidth } from "../table.js";

const ESCAPE = "\u001b";
const COLOURS = new RegExp(`(${ESCAPE}\\[[0-9;]*m)`);
const CLEAR_BELOW = "\u001b[J";
const DEFAULT_WIDTH = 80;
const DEFAULT_ROWS = 24;

export interface LiveRegion {
  /** So many lines there is room for: a third of the terminal's height. */
  readonly room: number;
  /** Takes the place of what was drawn; what there is no room for is left out. */
  draw(lines: readonly string[]): void;
  /** Writes lines that stay. */
  print(text: string): void;
  clear(): void;
}

export function createLiveRegion(stream: OutputStream): LiveRegion {
  let height = 0;
  const home = () => (height === 0 ? "" : `\u001b[${height}F${CLEAR_BELOW}`);
  const region: LiveRegion = {
    get room() {
      return Math.max(1, Math.floor((stream.rows ?? DEFAULT_ROWS) / 3));
    },
    draw(lines) {
      const width = (stream.columns ?? DEFAULT_WIDTH) - 1;
      const shown = lines.slice(0, region.room).map((line) => cut(line, width));
      stream.write(`${home()}${shown.map((line) => `${line}\n`).join("")}`);
      height = shown.length;
    },
    print(text) {
      stream.write(`${home()}${text}\n`);
      height = 0;
    },
    clear() {
      if (height > 0) stream.write(home());
      height = 0;
    },
  };
  return region;
}

/** Colour codes take no room; the rest is cut by what it shows. */
function cut(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  let shown = "";
  for (const part of text.split(COLOURS)) {
    if (part.startsWith(ESCAPE)) shown += part;
    else for (const character of part) if (displayWidth(shown) + displayWidth(character) < width) shown += character;
  }
  return `${shown}…`;
}
