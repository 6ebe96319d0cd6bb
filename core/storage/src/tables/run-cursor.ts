/** Where a list goes on: behind a run, by the order of lists. A place and not a number, so that new runs do not shift pages. */

import type { Instant } from "@provisioning/model";
import { CursorInvalidError } from "../errors.js";

/** Lists go by the time of submission, then by id; newest first. */
export interface RunPlace {
  readonly createdAt: Instant;
  readonly id: string;
}

export function formatCursor(place: RunPlace): string {
  return `${place.createdAt}.${place.id}`;
}

/** @throws CursorInvalidError */
export function parseCursor(cursor: string): RunPlace {
  const match = /^(\d{1,16})\.(.{1,100})$/.exec(cursor);
  if (match === null) throw new CursorInvalidError();
  return { createdAt: Number(match[1]), id: match[2] as string };
}
