/**
 * Places by name at which a test lets the process die. A fault point that throws stops the engine on the spot: nothing more is
 * recorded, nothing is given back.
 */

export const FAULT_POINTS = ["claim.after", "record.before", "record.after", "effect.before", "effect.after"] as const;

export type FaultPointName = (typeof FAULT_POINTS)[number];
export type FaultPoint = (name: FaultPointName) => void | Promise<void>;

export const noFaults: FaultPoint = () => {};
