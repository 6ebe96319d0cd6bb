/** "Did you mean" by the similarity of Jaro and Winkler: letters in common, their order, and a common beginning. */

const leastSimilarity = 0.8;

/** Longer names are no typing mistakes, and comparing many takes time. */
const longestName = 100;
const mostCompared = 1_000;

/** The candidates close to `name`, nearest first. */
export function similarNames(name: string, candidates: Iterable<string>): string[] {
  let compared = 0;
  const close: { readonly text: string; readonly similarity: number }[] = [];
  if (name.length > longestName) return [];
  for (const text of new Set(candidates)) {
    if (text.length > longestName) continue;
    if (++compared > mostCompared) break;
    const similarity = text === name ? 0 : similarityOf(name, text);
    if (similarity > leastSimilarity + 1e-9) close.push({ text, similarity });
  }
  return close.sort((a, b) => b.similarity - a.similarity || a.text.localeCompare(b.text)).map((entry) => entry.text);
}

const longestBeginning = 4;

function similarityOf(left: string, right: string): number {
  const common = jaro(left, right);
  let beginning = 0;
  while (beginning < longestBeginning && beginning < left.length && left[beginning] === right[beginning]) beginning++;
  return common + beginning * 0.1 * (1 - common);
}

/** Letters count as common when they are no further apart than half the longer text. */
function jaro(left: string, right: string): number {
  const reach = Math.max(0, Math.floor(Math.max(left.length, right.length) / 2) - 1);
  const taken = new Set<number>();
  const fromLeft: string[] = [];
  for (let at = 0; at < left.length; at++) {
    for (let other = Math.max(0, at - reach); other <= Math.min(right.length - 1, at + reach); other++) {
      if (taken.has(other) || left[at] !== right[other]) continue;
      taken.add(other);
      fromLeft.push(left[at]!);
      break;
    }
  }
  const count = fromLeft.length;
  if (count === 0) return 0;
  const fromRight = [...taken].sort((a, b) => a - b).map((at) => right[at]!);
  const swapped = fromLeft.filter((letter, index) => letter !== fromRight[index]).length / 2;
  return (count / left.length + count / right.length + (count - swapped) / count) / 3;
}
