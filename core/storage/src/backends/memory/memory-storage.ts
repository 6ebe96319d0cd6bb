/** Everything in this process, gone when it ends. For tests and for trying things out. */

import type { Clock } from "@provisioning/model";
import { StoreClosedError } from "../../errors.js";
import type { TransferableStorage } from "../../ports/transfer.js";
import { createLeaseStore, createResourceStore, createRunQueue, createRunStore, type Ledger } from "../../tables/ledger.js";
import { createTransfer } from "../../tables/transfer.js";
import { apply, createTables } from "../../tables/tables.js";
import { createWaiting } from "../../tables/waiting.js";

export interface MemoryStorageOptions {
  readonly clock: Clock;
}

export function openMemoryStorage(options: MemoryStorageOptions): TransferableStorage {
  const tables = createTables();
  let closed = false;
  const open = () => {
    if (closed) throw new StoreClosedError();
    return tables;
  };
  const ledger: Ledger = {
    tables: open,
    commit(record) {
      apply(open(), record);
      return Promise.resolve();
    },
    refresh: async () => {},
    settled: async () => {},
    readEvents: async ({ events }) => events.toArray(),
  };
  const waiting = createWaiting();
  return {
    runs: createRunStore(ledger, waiting),
    queue: createRunQueue(ledger, options.clock, waiting),
    leases: createLeaseStore(ledger, options.clock, false),
    resources: createResourceStore(ledger),
    transfer: createTransfer(ledger, options.clock),
    info: async () => ({
      type: "memory",
      mode: "write",
      location: "memory",
      runs: open().runs.size,
      resources: open().resources.size,
    }),
    close: async () => {
      closed = true;
    },
  };
}
