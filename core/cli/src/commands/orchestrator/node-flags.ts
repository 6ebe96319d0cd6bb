/** How Node is set up for the service. Whoever says something about one of these himself, in `NODE_OPTIONS`, is heeded. */

/**
 * Of each half of the young generation, in MiB; Node's own is 16. Requests and runs leave much behind that is forgotten within milliseconds, and what outlives a
 * small collection costs several times as much. Twice as much takes some 40 MB under load.
 */
const YOUNG_GENERATION = 32;
/**
 * V8 learns what lives long, and puts such things among the old ones at once. It learns that in a burst, when nearly everything outlives a
 * collection, and does not learn otherwise: what they refer to is then kept until memory is collected as a whole.
 */
const NO_PRETENURING = "--no-allocation-site-pretenuring";

/**
 * Threads that compile and collect beside the one that answers; Node always starts this many. More than there are processors take its turn from
 * it: it waits, ready to go on, for tens of milliseconds.
 */
const HELPERS = 4;

export function nodeFlags({ NODE_OPTIONS = "" }: Environment, processors: number): readonly string[] {
  const flags: string[] = [NO_PRETENURING];
  if (!NODE_OPTIONS.includes("semi-space")) flags.push(`--max-semi-space-size=${YOUNG_GENERATION}`);
  if (!NODE_OPTIONS.includes("v8-pool-size") && processors < HELPERS) flags.push(`--v8-pool-size=${processors}`);
  return flags;
}

type Environment = Readonly<Record<string, string | undefined>>;
