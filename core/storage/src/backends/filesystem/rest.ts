/** Work in the background that leaves most of the time to others: after each piece it rests longer than the piece took. */

import { setTimeout as sleep } from "node:timers/promises";

/** With 2 it takes a third of the time. */
const REST_FACTOR = 2;
/** A piece that took long because the machine is busy does not stop the work. */
const LONGEST_REST_MS = 20;

/** To be waited for after each piece. `isHurried`: somebody waits for the end, so there is no rest any more. */
export function createRest(isHurried: () => boolean): () => Promise<void> {
  let since = performance.now();
  return async () => {
    const tookMs = performance.now() - since;
    if (!isHurried()) await sleep(Math.min(tookMs * REST_FACTOR, LONGEST_REST_MS));
    since = performance.now();
  };
}
