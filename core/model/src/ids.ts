/** Identifiers that the platform makes itself. Version 7 UUIDs, so they sort by the time they were made (RFC 9562). */

import { v7 } from "uuid";

/** One id names a task and its run. */
export type RunId = string & { readonly __runId: true };
/** Unique within its run; stable over re-planning: it is made from the address and the verb. */
export type OperationId = string & { readonly __operationId: true };

/** One call for random bytes costs as much as everything else of a small run's submission, however few it asks for. */
const IDS_PER_CALL = 128;
const BYTES_PER_ID = 16;
const randomness = new Uint8Array(IDS_PER_CALL * BYTES_PER_ID);
let used = randomness.length;
/** Of the last id. Those made in one millisecond count on from a random number, so they sort in the order in which they were made. */
const last = { msecs: 0, seq: 0 };

export function newRunId(): RunId {
  if (used === randomness.length) {
    crypto.getRandomValues(randomness);
    used = 0;
  }
  const random = randomness.subarray(used, (used += BYTES_PER_ID));
  const now = Date.now();
  if (now > last.msecs) {
    last.msecs = now;
    last.seq = new DataView(random.buffer, random.byteOffset).getUint32(6) >>> 1;
  } else {
    last.seq = (last.seq + 1) >>> 0;
    if (last.seq === 0) last.msecs += 1;
  }
  return v7({ random, msecs: last.msecs, seq: last.seq }) as RunId;
}

export function isRunId(value: string): value is RunId {
  return /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(value);
}
