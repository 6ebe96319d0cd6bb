/** A process that dies, without a process: the engine stops on the spot at the n-th fault point it passes. */

import type { FaultPoint, FaultPointName } from "../fault-point.js";

export class SimulatedCrash extends Error {
  constructor(
    readonly point: FaultPointName,
    readonly hit: number,
  ) {
    super(`died at ${point}, fault point number ${hit}`);
  }
}

export interface CrashPlan {
  readonly faultPoint: FaultPoint;
  /** How many fault points were passed. */
  readonly hits: number;
}

/** Dies at the `hit`-th fault point from 1 and at every one after it: the dead do nothing more. */
export function crashAt(hit: number): CrashPlan {
  let hits = 0;
  return {
    get hits() {
      return hits;
    },
    faultPoint(point) {
      hits += 1;
      if (hits >= hit) throw new SimulatedCrash(point, hits);
    },
  };
}
