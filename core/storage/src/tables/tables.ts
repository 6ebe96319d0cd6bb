/** Everything that is stored, in memory, and how a record changes it. Live and when a journal is replayed. */

import type { LeaseScope } from "../ports/lease-store.js";
import { runOfScope } from "../ports/run-store.js";
import type { StoreRecord } from "./records.js";
import { createLeaseTable, type LeaseTable } from "./lease-table.js";
import { createQueueTable, type QueueTable } from "./queue-table.js";
import { createResourceTable, type ResourceTable } from "./resource-table.js";
import { createRunTable, type RunTable } from "./run-table.js";

export interface Tables {
  readonly runs: RunTable;
  readonly queue: QueueTable;
  readonly leases: LeaseTable;
  readonly resources: ResourceTable;
}

export function createTables(): Tables {
  const queue = createQueueTable((id) => runs.find(id)?.summary);
  const runs = createRunTable((run) => queue.note(run));
  return { runs, queue, leases: createLeaseTable(), resources: createResourceTable() };
}

/** The record must fit; whoever made it checked that. `events`: those of the record as a JSON list, where there is one. */
export function apply(tables: Tables, record: StoreRecord, events?: string): void {
  switch (record.type) {
    case "runEvents":
      tables.runs.append(record.run, record.events, events);
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
      noteReleased(tables, record.scope);
      return;
    case "resourcesWritten":
      tables.resources.apply(record.writes);
      return;
    case "runsForgotten":
      tables.runs.remove(record.runs);
      return;
    case "closed":
      return;
  }
}

/** A run that was let go of waits again. */
function noteReleased({ runs, queue }: Tables, scope: LeaseScope): void {
  const run = runOfScope(scope);
  const summary = run === undefined ? undefined : runs.find(run)?.summary;
  if (summary !== undefined) queue.note(summary);
}
