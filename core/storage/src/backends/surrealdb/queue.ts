/** Which run is next: the first of `waiting`, decided and granted inside the database. */

import type { RunId } from "@provisioning/model";
import { StoreReadOnlyError } from "../../errors.js";
import { type RunQueue, WAITING_EVENTS } from "../../ports/run-queue.js";
import { runScope } from "../../ports/run-store.js";
import type { Database } from "./database.js";
import { NOW } from "./functions.js";
import type { Lane } from "./lane.js";
import { leaseOf, type LeaseRow } from "./leases.js";
import type { Watch } from "./watch.js";

const DUE = `{
  IF array::len((SELECT VALUE id FROM waiting ORDER BY id LIMIT 1)) > 0 { RETURN 0 };
  LET $due = (SELECT VALUE id FROM due ORDER BY id LIMIT 1)[0];
  RETURN IF $due = NONE { NONE } ELSE { math::max([0, record::id($due)[0] - ${NOW}()]) };
}`;

export interface RunQueueOptions {
  readonly database: Database;
  readonly lane: Lane;
  readonly watch: Pick<Watch, "watch" | "onListening">;
  readonly isReadOnly: boolean;
}

export function createRunQueue({ database, lane, watch, isReadOnly }: RunQueueOptions): RunQueue {
  return {
    async claim(holder, ttlMs) {
      if (isReadOnly) throw new StoreReadOnlyError(database.location);
      const { id, lease } = (await lane.do("claim", { holder, ttlMs })) as { readonly id?: RunId; readonly lease?: LeaseRow };
      return id === undefined || lease === undefined ? undefined : { runId: id, lease: leaseOf(runScope(id), lease) };
    },
    watch(onWaiting) {
      const stopLooking = watch.onListening(onWaiting);
      const stopWatching = watch.watch(onWaiting, undefined, WAITING_EVENTS);
      return () => {
        stopLooking();
        stopWatching();
      };
    },
    async dueInMs() {
      const [ms] = await database.ask(DUE);
      return typeof ms === "number" ? ms : undefined;
    },
  };
}
