/** What the database takes over from another storage when everything is moved. */

import type { RunId } from "@provisioning/model";
import { StoreReadOnlyError } from "../../errors.js";
import type { LeaseScope } from "../../ports/lease-store.js";
import { runScope } from "../../ports/run-store.js";
import type { HeldLease, StorageTransfer } from "../../ports/transfer.js";
import type { Database } from "./database.js";
import { NOW } from "./functions.js";
import type { CommandName, Lane } from "./lane.js";
import { leaseOf, type LeaseRow, placeOf } from "./leases.js";
import { rowOf } from "./resources.js";

const heldIn = (table: string) =>
  `SELECT record::id(id) AS key, lease FROM ${table} WHERE lease != NONE AND lease.expiresAt > ${NOW}()`;
const HELD = `${heldIn("run")}; ${heldIn("lease")}`;

interface HeldRow {
  readonly key: string;
  readonly lease: LeaseRow & { readonly ttlMs: number };
}

export interface TransferOptions {
  readonly database: Database;
  readonly laneOf: (id: string) => Lane;
  readonly isReadOnly: boolean;
}

export function createTransfer({ database, laneOf, isReadOnly }: TransferOptions): StorageTransfer {
  const act = async (name: CommandName, key: string, input: Readonly<Record<string, unknown>>) => {
    if (isReadOnly) throw new StoreReadOnlyError(database.location);
    await laneOf(key).do(name, input);
  };
  return {
    async heldLeases() {
      const [ofRuns, others] = (await database.ask(HELD)) as readonly (readonly HeldRow[])[];
      return [
        ...(ofRuns ?? []).map(({ key, lease }) => heldOf(runScope(key as RunId), lease)),
        ...(others ?? []).map(({ key, lease }) => heldOf(key as LeaseScope, lease)),
      ];
    },
    async importLease({ lease: { scope, holder, token }, ttlMs }) {
      const place = placeOf(scope);
      await act("hold", place.id, { ...place, holder, token, ttlMs });
    },
    async raiseToken(scope, token) {
      const place = placeOf(scope);
      await act("raise", place.id, { ...place, token });
    },
    async importResources(resources) {
      if (resources.length === 0) return;
      // A write makes the version one more than it expected.
      const writes = resources.map(({ record, version }) => rowOf({ type: "put", record, expected: version - 1 }));
      await act("write", "resources", { writes, isImport: true });
    },
  };
}

function heldOf(scope: LeaseScope, row: HeldRow["lease"]): HeldLease {
  return { lease: leaseOf(scope, row), ttlMs: row.ttlMs };
}
