/** Makes the text of a finding smaller while the finding stays the same: fewer lines, then fewer characters. */

/** @param fails whether a text still shows the fault; it is asked at most `attempts` times. */
export async function reduceText(text, fails, attempts) {
  let left = attempts;
  const tryOnce = async (candidate) => left-- > 0 && (await fails(candidate));
  const byLines = await reduceParts(text.split("\n"), "\n", tryOnce);
  return byLines.length < 2_000 ? reduceParts(Array.from(byLines), "", tryOnce) : byLines;
}

async function reduceParts(start, separator, fails) {
  let parts = start;
  for (let size = Math.ceil(parts.length / 2); size >= 1; size = Math.floor(size / 2)) {
    for (let from = 0; from < parts.length; ) {
      const rest = [...parts.slice(0, from), ...parts.slice(from + size)];
      if (rest.length < parts.length && (await fails(rest.join(separator)))) parts = rest;
      else from += size;
    }
  }
  return parts.join(separator);
}
