/** What references can name that no key says: the time of the load. Times are UTC, so that two machines agree. */

export function dateFacts(now: number): Readonly<Record<string, string>> {
  const text = new Date(now).toISOString();
  return {
    "now.date": text.slice(0, 10),
    "now.time": text.slice(11, 19),
    "now.timestamp": `${text.slice(0, 19)}Z`,
    "now.year": text.slice(0, 4),
  };
}
