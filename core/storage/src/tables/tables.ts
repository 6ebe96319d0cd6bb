/** Everything that is stored, in memory, and how a record changes it. Live and when a journal is replayed. */

import type { StoreRecord } from "./records.js";
import { createLeaseTable, type LeaseTable } from "./lease-table.js";
import { createResourceTable, type ResourceTable } from "./resource-table.js";
import { createRunTable, type RunTable } from "./run-table.js";

export interface Tables {
  readonly runs: RunTable;
  readonly leases: LeaseTable;
  readonly resources: ResourceTable;
}

export function createTables(): Tables {
  return { runs: createRunTable(), leases: createLeaseTable(), resources: createResourceTable() };
}

/** The record must fit; whoever made it checked that. */
export function apply(tables: Tables, record: StoreRecord): void {
  switch (record.type) {
    case "runEvents":
      tables.runs.append(record.run, record.events);
      return;
    case "leaseGranted": {
      const { scope, holder, token, since, ttlMs } = record;
      tables.leases.grant({ scope, holder, token, since, expiresAt: since + ttlMs }, ttlMs);
      return;
    }
    case "leaseExtended":
      tables.leases.extend(record.scope, record.token, record.expiresAt);
      return;
    case "leaseReleased":
      tables.leases.release(record.scope, record.token);
      return;
    case "resourcesWritten":
      tables.resources.apply(record.writes);
      return;
    case "closed":
      return;
  }
}
