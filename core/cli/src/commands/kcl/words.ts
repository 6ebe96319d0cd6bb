/**
 * The words of KCL's own command line, as it is used everywhere, in the spelling of this one: `-Y a.yaml b.yaml` gives one option several
 * values, long options have underscores, and `-H` is taken here.
 */

/** Options of `kcl run` that take one or more values. */
const REPEATABLE: Readonly<Record<string, string>> = {
  "-Y": "--setting",
  "--setting": "--setting",
  "-D": "--argument",
  "--argument": "--argument",
  "-S": "--path-selector",
  "--path-selector": "--path-selector",
  "-O": "--overrides",
  "--overrides": "--overrides",
  "-E": "--external",
  "--external": "--external",
};

/** Words that are not about KCL stay as they are. `isFolder`: whether a word names a folder that is there. */
export function ownWords(words: readonly string[], isFolder: (word: string) => boolean): readonly string[] {
  const [group, command, ...rest] = words;
  if (group !== "kcl" || command === undefined) return words;
  const spelled = rest.map((word) =>
    /^--[a-z_]+(=|$)/.test(word) ? word.replace(/^[^=]+/, (name) => name.replaceAll("_", "-")) : word,
  );
  return [group, command, ...(command === "run" ? runWords(spelled, isFolder) : spelled)];
}

function runWords(words: readonly string[], isFolder: (word: string) => boolean): string[] {
  const result: string[] = [];
  let option: string | undefined;
  let isFirst = false;
  for (const [at, word] of words.entries()) {
    if (word === "--") return [...result, ...words.slice(at)];
    const repeatable = REPEATABLE[word];
    if (repeatable !== undefined) [option, isFirst] = [repeatable, true];
    else if (option !== undefined && (isFirst || isValue(option, word, isFolder))) {
      result.push(`${option}=${word}`);
      isFirst = false;
    } else {
      option = undefined;
      result.push(word === "-H" ? "--show-hidden" : separated(word));
    }
  }
  return option !== undefined && isFirst ? [...result, option] : result;
}

/** Whether a word behind a value is another one. Files and folders are what is to be run. */
function isValue(option: string, word: string, isFolder: (word: string) => boolean): boolean {
  if (word.startsWith("-")) return false;
  if (option === "--argument" || option === "--external") return word.includes("=");
  return !word.endsWith(".k") && !isFolder(word);
}

/** `-Dkey=value` */
function separated(word: string): string {
  const option = /^-[YDSOE]./.test(word) ? REPEATABLE[word.slice(0, 2)] : undefined;
  return option === undefined ? word : `${option}=${word.slice(2)}`;
}
