/** Counts for people: "1 server", "3 servers". */

/** Nouns that form their plural with an s. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
