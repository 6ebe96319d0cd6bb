/** Durations as people write them: `1h`, `30m`, `90s`, `1h30m`, `500ms`. Units from large to small, each once, without spaces. */

const DURATION = /^(?:(\d{1,6})d)?(?:(\d{1,6})h)?(?:(\d{1,6})m)?(?:(\d{1,6})s)?(?:(\d{1,6})ms)?$/;
const UNIT_MS = [86_400_000, 3_600_000, 60_000, 1_000, 1] as const;

/** In milliseconds; absent when it is written in another way. */
export function parseDuration(text: string): number | undefined {
  const found = DURATION.exec(text);
  if (found === null || text === "") return undefined;
  return UNIT_MS.reduce((sum, unit, index) => sum + Number(found[index + 1] ?? 0) * unit, 0);
}
