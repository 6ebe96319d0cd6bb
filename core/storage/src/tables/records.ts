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
