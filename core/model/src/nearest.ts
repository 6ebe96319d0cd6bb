/** "Did you mean": the candidate that is nearest to what was written, by edit distance. */

/** Names that begin alike for so many letters are meant alike, however they end: `retry` and `retries`. */
const COMMON_START = 4;

/** Nothing when no candidate is near enough: a third of the letters, and at least two, may be wrong. */
export function nearest(written: string, candidates: Iterable<string>): string | undefined {
  const limit = Math.max(2, Math.floor(written.length / 3));
  let best: { readonly candidate: string; readonly distance: number } | undefined;
  for (const candidate of candidates) {
    const distance = editDistance(written, candidate, limit);
    const isNear = distance <= limit || commonStart(written, candidate) >= COMMON_START;
    if (isNear && (best === undefined || distance < best.distance)) best = { candidate, distance };
  }
  return best?.candidate;
}

function commonStart(left: string, right: string): number {
  let length = 0;
  while (length < left.length && left[length] === right[length]) length += 1;
  return length;
}

/** Levenshtein distance, or `limit + 1` when it is larger than `limit`. */
function editDistance(left: string, right: string, limit: number): number {
  if (Math.abs(left.length - right.length) > limit) return limit + 1;
  let previous = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let row = 1; row <= left.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= right.length; column += 1) {
      const change = left[row - 1] === right[column - 1] ? 0 : 1;
      const substituted = (previous[column - 1] as number) + change;
      current.push(Math.min(substituted, (previous[column] as number) + 1, (current[column - 1] as number) + 1));
    }
    previous = current;
  }
  return previous[right.length] as number;
}
