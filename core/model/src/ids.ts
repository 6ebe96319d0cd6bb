/** Identifiers that the platform makes itself. Version 7 UUIDs, so they sort by the time they were made (RFC 9562). */

import { v7 } from "uuid";

/** One id names a task and its run. */
export type RunId = string & { readonly __runId: true };
/** Unique within its run; stable over re-planning: it is made from the address and the verb. */
export type OperationId = string & { readonly __operationId: true };

export function newRunId(): RunId {
  return v7() as RunId;
}

export function isRunId(value: string): value is RunId {
  return /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(value);
}
