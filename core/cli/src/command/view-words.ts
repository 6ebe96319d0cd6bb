/**
 * Words that every command takes, at any place: how much is told, and in which look. They are read before the command is known; behind `--`
 * nothing is.
 */

export interface ViewSettings {
  /** Text for screen readers and programs: no marks, spinners or cursor moves. */
  readonly plain: boolean;
  /** Only results, questions, warnings and errors. */
  readonly quiet: boolean;
  /** Also what is of no interest when all goes well. */
  readonly verbose: boolean;
  /** Never asks; whatever would be asked fails and names the flag that answers it. */
  readonly noInput: boolean;
  readonly noPager: boolean;
  /** Said by a flag; absent: see the environment and the terminal. */
  readonly colour?: boolean;
}

export interface ViewWord {
  readonly words: readonly string[];
  readonly brief: string;
  readonly settings: Partial<ViewSettings>;
}

export const VIEW_WORDS: readonly ViewWord[] = [
  {
    words: ["--plain"],
    brief: "Text alone, for screen readers and programs: no marks, colours or moving lines",
    settings: { plain: true },
  },
  { words: ["-q", "--quiet"], brief: "Only results, questions, warnings and errors", settings: { quiet: true } },
  { words: ["-v", "--verbose"], brief: "Tell more, with the id that finds the same in all logs", settings: { verbose: true } },
  { words: ["--no-input"], brief: "Never ask; fail and name the flag that answers", settings: { noInput: true } },
  { words: ["--no-pager"], brief: "Print long texts as they are", settings: { noPager: true } },
  { words: ["--color"], brief: "Colours also where there is no terminal", settings: { colour: true } },
  { words: ["--no-color"], brief: "No colours", settings: { colour: false } },
];

export const PLAIN_VIEW: ViewSettings = { plain: false, quiet: false, verbose: false, noInput: false, noPager: false };

export interface ReadWords {
  readonly view: ViewSettings;
  readonly words: readonly string[];
}

/** Flags with a value that may stand in front of the command; they are put behind it. */
const LEADING: ReadonlySet<string> = new Set(["-w", "--workspace", "-e", "--env", "-o", "--output", "-i", "--infra"]);

/** `typed`: what was typed after `provisioning`. */
export function readViewWords(typed: readonly string[]): ReadWords {
  const end = typed.indexOf("--");
  const ours = end < 0 ? typed : typed.slice(0, end);
  const behind = end < 0 ? [] : typed.slice(end);
  let view = PLAIN_VIEW;
  const words = ours.filter((word) => {
    const found = VIEW_WORDS.find((item) => item.words.includes(word));
    if (found !== undefined) view = { ...view, ...found.settings };
    return found === undefined;
  });
  return { view, words: [...leadingToEnd(words), ...behind] };
}

/** `-w shop server list` is `server list -w shop`. */
function leadingToEnd(words: readonly string[]): readonly string[] {
  const start = countLeading(words);
  return start === 0 || start >= words.length ? words : [...words.slice(start), ...words.slice(0, start)];
}

/** How many words in front of the command are flags and their values. */
export function countLeading(words: readonly string[]): number {
  let start = 0;
  while (start < words.length) {
    const word = words[start] as string;
    if (LEADING.has(word)) start += 2;
    else if (word.includes("=") && LEADING.has(word.slice(0, word.indexOf("=")))) start += 1;
    else break;
  }
  return start;
}
