/** One atomic change of the store, as it is applied in memory and written to the journal. */

import type { FencingToken, Instant, RunEvent, RunId } from "@provisioning/model";
import type { LeaseScope } from "../ports/lease-store.js";
import type { ResourceWrite } from "../ports/resource-store.js";
import type { Version } from "../ports/run-store.js";

export type StoreRecord =
  /** `version`: after these events. */
  | { readonly type: "runEvents"; readonly run: RunId; readonly version: Version; readonly events: readonly RunEvent[] }
  | {
      readonly type: "leaseGranted";
      readonly scope: LeaseScope;
      readonly holder: string;
      readonly token: FencingToken;
      readonly since: Instant;
      readonly ttlMs: number;
    }
  | { readonly type: "leaseExtended"; readonly scope: LeaseScope; readonly token: FencingToken; readonly expiresAt: Instant }
  | { readonly type: "leaseReleased"; readonly scope: LeaseScope; readonly token: FencingToken }
  | { readonly type: "resourcesWritten"; readonly writes: readonly ResourceWrite[] }
  | { readonly type: "runsForgotten"; readonly runs: readonly RunId[] }
  /** The store was closed in order. Changes nothing. */
  | { readonly type: "closed" };

/** Its JSON; `events` is the part of it that lists events. Field by field, because the events are kept as text, too. */
export function encodeRecord(record: StoreRecord): { readonly json: string; readonly events?: string } {
  if (record.type !== "runEvents") return { json: JSON.stringify(record) };
  const events = JSON.stringify(record.events);
  return { json: `${beforeEvents(record)}${events}}`, events };
}

/** The part of a record's JSON that lists its events; absent when it was not written by `encodeRecord`. */
export function eventsIn(record: StoreRecord, json: string): string | undefined {
  if (record.type !== "runEvents") return undefined;
  const before = beforeEvents(record);
  return json.startsWith(before) ? json.slice(before.length, -1) : undefined;
}

function beforeEvents({ run, version }: StoreRecord & { readonly type: "runEvents" }): string {
  return `{"type":"runEvents","run":${JSON.stringify(run)},"version":${version},"events":`;
}
