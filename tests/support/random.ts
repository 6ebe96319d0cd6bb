/** Random moments that a seed repeats. */

/** PROVISIONING_SEED, or a new one. Tests print it in their title. */
export const seed = Number(process.env.PROVISIONING_SEED ?? Date.now() % 1_000_000);

/** A small generator of numbers from 0 to below 1 (mulberry32). */
export function generator(start: number): () => number {
  let state = start >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
