/**
 * What every backend promises, as tests. A backend's test file calls this once:
 *
 *     storageContract({ name: "memory", survivesReopen: false, createPlace: async () => ({ open: …, remove: … }) });
 */

import type { Clock } from "@provisioning/model";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Storage } from "../ports/storage.js";
import { createFakeClock, type FakeClock } from "./fake-clock.js";
import { leaseStoreContract } from "./lease-store-contract.js";
import { resourceStoreContract } from "./resource-store-contract.js";
import { runQueueContract } from "./run-queue-contract.js";
import { runStoreContract } from "./run-store-contract.js";
import { sharedStorageContract } from "./shared-storage-contract.js";

/** Where one test stores things. */
export interface StoragePlace {
  open(clock: Clock): Promise<Storage>;
  remove(): Promise<void>;
}

export interface StorageContractOptions {
  readonly name: string;
  /** What was stored is there again after closing and opening. */
  readonly survivesReopen: boolean;
  /** A place can be opened more than once at a time, as several processes do. Default: no. */
  readonly isShared?: boolean;
  createPlace(): Promise<StoragePlace>;
}

export interface ContractContext {
  readonly clock: FakeClock;
  storage(): Storage;
  /** Closes and opens again. */
  reopen(): Promise<void>;
  /** The same place, opened once more; closed after the test. */
  another(): Promise<Storage>;
  /** `test`, or a skip with the reason where the backend forgets. */
  readonly testReopened: typeof test;
}

export function storageContract(options: StorageContractOptions): void {
  // `TEST_STORAGE=postgres` runs the contract of that backend alone.
  const wanted = process.env["TEST_STORAGE"];
  describe.skipIf(wanted !== undefined && !options.name.startsWith(wanted))(`storage contract: ${options.name}`, () => {
    let place: StoragePlace;
    let storage: Storage;
    const others: Storage[] = [];
    const clock = createFakeClock();
    beforeEach(async () => {
      place = await options.createPlace();
      storage = await place.open(clock);
    });
    afterEach(async () => {
      for (const other of others.splice(0)) await other.close();
      await storage.close();
      await place.remove();
    });
    const context: ContractContext = {
      clock,
      storage: () => storage,
      async reopen() {
        await storage.close();
        storage = await place.open(clock);
      },
      async another() {
        const other = await place.open(clock);
        others.push(other);
        return other;
      },
      testReopened: (options.survivesReopen ? test : test.skip) as typeof test,
    };
    runStoreContract(context);
    runQueueContract(context);
    leaseStoreContract(context);
    resourceStoreContract(context);
    if (options.isShared === true) sharedStorageContract(context);

    test("refuses everything after it was closed, and closes twice", async () => {
      await storage.close();
      await storage.close();
      await expect(storage.runs.list()).rejects.toMatchObject({ code: "STORE_CLOSED" });
      await expect(storage.resources.write([])).rejects.toMatchObject({ code: "STORE_CLOSED" });
    });
  });
}
