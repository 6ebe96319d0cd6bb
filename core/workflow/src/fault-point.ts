/**
 * Places by name at which a test lets the process die. A fault point that throws stops the engine on the spot: nothing more is
 * recorded, nothing is given back.
 */

/** Around everything that lasts: what the store is asked to write, and what handlers do to the world. */
export const FAULT_POINTS = [
  "submit.before",
  "submit.after",
  "claim.before",
  "claim.after",
  "heartbeat.before",
  "heartbeat.after",
  "record.before",
  "record.after",
  "request.before",
  "request.after",
  "release.before",
  "release.after",
  "effect.before",
  "effect.after",
] as const;

export type FaultPointName = (typeof FAULT_POINTS)[number];
export type FaultPoint = (name: FaultPointName) => void | Promise<void>;

/** One that stops the run, too, when it throws. */
export function stopping(faultPoint: FaultPoint, stop: (error: unknown) => void): FaultPoint {
  return async (name) => {
    try {
      await faultPoint(name);
    } catch (error) {
      stop(error);
      throw error;
    }
  };
}
