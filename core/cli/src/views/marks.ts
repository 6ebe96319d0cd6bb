/** The marks of our texts as words, for those who hear them or search for them. */

const WORDS: readonly (readonly [RegExp, string])[] = [
  [/✓/g, "ok:"],
  [/✗/g, "failed:"],
  [/▸/g, "started:"],
  [/↻/g, "again:"],
  [/↶/g, "undone:"],
  [/■/g, "stopped:"],
  [/^(\s*)→/gm, "$1next:"],
  [/→/g, "becomes"],
  [/^(\s*)±/gm, "$1replace"],
  [/^(\s*)~/gm, "$1change"],
  [/^(\s*)\+(?= )/gm, "$1create"],
  [/^(\s*)-(?= [a-z])/gm, "$1remove"],
  [/^(\s*)!/gm, "$1warning:"],
  [/ · /g, ", "],
  [/│/g, " "],
];

export function inWords(text: string): string {
  return WORDS.reduce((told, [mark, word]) => told.replace(mark, word), text);
}
