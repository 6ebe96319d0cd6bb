/** The same programs come again with every run of a workflow: what was read of them is kept. */

/** Entries, and characters of a text that is worth keeping. */
const MAX_ENTRIES = 500;
const MAX_LENGTH = 4_000;

/** `read` must depend on the text alone and give what nobody changes. When there are too many, the oldest is forgotten. */
export function remembered<Result>(read: (text: string) => Result): (text: string) => Result {
  const known = new Map<string, Result>();
  return (text) => {
    const found = known.get(text);
    if (found !== undefined) return found;
    const result = read(text);
    if (text.length <= MAX_LENGTH) {
      known.set(text, result);
      const [oldest] = known.keys();
      if (known.size > MAX_ENTRIES && oldest !== undefined) known.delete(oldest);
    }
    return result;
  };
}
