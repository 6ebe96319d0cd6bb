/** Who of those who say something about a value wins, and why. Pure. */

import { isJsonObject, type Json, type SourcePosition } from "@provisioning/model";

/** One who says something about the value, or could have. */
export interface Origin {
  readonly source: string;
  readonly place?: SourcePosition;
  readonly value?: Json;
  /** How it is written there; instead of a value that nobody evaluated. */
  readonly text?: string;
  /** The value is what it says, or is put together from it and others. */
  readonly wins: boolean;
  /** Why it wins or does not, in a few words. */
  readonly because: string;
}

/** The same, before it is known who is stronger. */
export interface Said extends Pick<Origin, "source" | "place" | "value" | "text"> {
  readonly kind: "default" | "configuration" | "definition" | "flag";
  /** Something of its own level replaced it. */
  readonly isReplaced?: boolean;
  readonly lostTo?: SourcePosition;
  /** With others of its level it makes up the value. */
  readonly isPart?: boolean;
}

/** Those who say something in one place of the order: a layer, a declaration with all that is merged into it. The earliest first. */
export type Level = readonly Said[];

/** `levels`: the weakest first. Maps are put together from all levels, everything else is replaced. The answer begins with the strongest. */
export function judge(levels: readonly Level[]): readonly Origin[] {
  const winning = levels.findLastIndex((level) => level.some(isStanding));
  const winner = levels[winning]?.findLast(isStanding);
  const isAlone = levels.flat().length === 1;
  const origins = levels.flatMap((level, index) =>
    level.map((said): Origin => {
      const { kind: _kind, isReplaced, lostTo, isPart, ...rest } = said;
      if (isReplaced === true)
        return { ...rest, wins: false, because: lostTo === undefined ? "it is replaced" : `replaced by ${placeText(lostTo)}` };
      if (index === winning) return { ...rest, wins: true, because: isPart === true ? PART : reason(said, isAlone) };
      if (isJsonObject(said.value) && isJsonObject(winner?.value)) return { ...rest, wins: true, because: PART };
      return { ...rest, wins: false, because: `${winner === undefined ? "something else" : named(winner)} is over it` };
    }),
  );
  return origins.toReversed();
}

const PART = "the value is put together from several";

function isStanding({ isReplaced }: Said): boolean {
  return isReplaced !== true;
}

function reason({ kind }: Said, isAlone: boolean): string {
  if (isAlone) return "nobody else says anything";
  switch (kind) {
    case "flag":
      return "a flag is over everything";
    case "definition":
      return "a definition is over configuration and defaults";
    case "configuration":
      return "the highest layer that says something";
    case "default":
      return "nothing above it says anything";
  }
}

function named({ kind, source }: Said): string {
  if (kind === "flag") return "a flag";
  return kind === "configuration" ? `the layer ${source}` : source.startsWith("default") ? `the ${source}` : source;
}

function placeText({ file, line }: SourcePosition): string {
  return `${file}:${line}`;
}
