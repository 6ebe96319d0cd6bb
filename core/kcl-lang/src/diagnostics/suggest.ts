/** "Did you mean" by edit distance. */

/** The candidates close to `name`, nearest first. */
export function similarNames(name: string, candidates: Iterable<string>): string[] {
  const limit = Math.max(1, Math.floor(name.length / 3));
  const close: { readonly text: string; readonly distance: number }[] = [];
  for (const text of new Set(candidates)) {
    if (Math.abs(text.length - name.length) > limit) continue;
    const distance = editDistance(name, text);
    if (distance > 0 && distance <= limit) close.push({ text, distance });
  }
  return close.sort((a, b) => a.distance - b.distance || a.text.localeCompare(b.text)).map((entry) => entry.text);
}

/** Levenshtein distance in which swapping two neighbours costs one. */
function editDistance(left: string, right: string): number {
  let before: number[] = [];
  let previous = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let i = 1; i <= left.length; i++) {
    const row = [i];
    for (let j = 1; j <= right.length; j++) {
      const cost = left[i - 1] === right[j - 1] ? 0 : 1;
      let best = Math.min(row[j - 1]! + 1, previous[j]! + 1, previous[j - 1]! + cost);
      if (i > 1 && j > 1 && left[i - 1] === right[j - 2] && left[i - 2] === right[j - 1])
        best = Math.min(best, before[j - 2]! + 1);
      row.push(best);
    }
    before = previous;
    previous = row;
  }
  return previous[right.length]!;
}
