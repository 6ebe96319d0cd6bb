/** Taking over from another storage, over a ledger: what others decided becomes records as it is. */

import type { Clock } from "@provisioning/model";
import type { StorageTransfer } from "../ports/transfer.js";
import type { Ledger } from "./ledger.js";

export function createTransfer(ledger: Ledger, clock: Clock): StorageTransfer {
  return {
    async heldLeases() {
      await ledger.refresh();
      const now = clock.now();
      const held = [...ledger.tables().leases.held.values()].filter(({ lease }) => lease.expiresAt > now);
      await ledger.settled();
      return held;
    },
    async importLease({ lease, ttlMs }) {
      const { scope, holder, token } = lease;
      await ledger.commit({ type: "leaseGranted", scope, holder, token, since: clock.now(), ttlMs });
    },
    async raiseToken(scope, token) {
      // One counter gives the tokens of all scopes.
      if (ledger.tables().leases.newestToken >= token) return;
      await ledger.commit({ type: "leaseGranted", scope, holder: "migration", token, since: clock.now(), ttlMs: 0 });
      await ledger.commit({ type: "leaseReleased", scope, token });
    },
    async importResources(resources) {
      if (resources.length === 0) return;
      // A write makes the version one more than it expected.
      const writes = resources.map(({ record, version }) => ({ type: "put", record, expected: version - 1 }) as const);
      await ledger.commit({ type: "resourcesWritten", writes });
    },
  };
}
