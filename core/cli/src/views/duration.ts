/** Durations for people: `0.4 s`, `12.3 s`, `2 min 05 s`. */
export function formatDuration(ms: number): string {
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, "0")} s`;
}

/** To the minute, in the universal time that logs have too: `2026-11-22 10:05`. */
export function formatInstant(instant: number): string {
  return new Date(instant).toISOString().slice(0, 16).replace("T", " ");
}
