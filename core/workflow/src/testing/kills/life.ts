/** What a process is told at its birth. */

import type { Instant } from "@provisioning/model";
import type { StorageOptions } from "@provisioning/storage";

export interface Life {
  readonly name: string;
  readonly storage: StorageOptions;
  /** Everything that it does and hears. */
  readonly log: string;
  /** All events of all runs, when everything is done. */
  readonly histories: string;
  readonly seed: number;
  readonly runs: number;
  readonly startedAt: Instant;
  readonly leaseMs: number;
  /** The how many-th point is the last one; 0: it lives on. */
  readonly killAt: number;
  /** People ask for everything at once, and every call to the store is written down. */
  readonly isUnruly: boolean;
  /** Who is killed at that point; absent: the process itself. */
  readonly victim?: { readonly pid: number; readonly whom: "all" | "one" };
}
