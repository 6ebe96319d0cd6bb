/** The short form of `npm run test:kills`: called by the test file of each backend. */

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildProgram, testSeed } from "@provisioning/storage/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type BackendName, openPlaces } from "./places.js";
import { killAgainAndAgain } from "./rounds.js";

export interface KillSuiteOptions {
  readonly backend: BackendName;
  readonly points: number;
  readonly deathsPerRound: number;
  /** People ask for everything at once, and the order of all calls to the store is judged. Default: no. */
  readonly isUnruly?: boolean;
  /** Why there can be no such backend on this machine. */
  readonly reason?: string | undefined;
}

const NOTHING_LOST = "nothing acknowledged is lost, nothing that was completed is done again";
const WITH_AN_ORDER = "all calls of everybody to the store can have happened one after the other";

export function killSuite({ backend, points, deathsPerRound, isUnruly = false, reason }: KillSuiteOptions): void {
  describe.skipIf(reason !== undefined)(`killed over ${backend} ${reason ?? ""}`, () => {
    let root: string;
    beforeAll(async () => {
      root = await mkdtemp(join(tmpdir(), "provisioning-kills-"));
    });
    afterAll(() => rm(root, { recursive: true, force: true }));

    const promise = isUnruly ? WITH_AN_ORDER : NOTHING_LOST;
    test(`${points} deaths while 50 runs are carried out: ${promise}`, async () => {
      const seed = testSeed();
      console.log(`SEED=${seed}`);
      const program = join(root, "mortal.mjs");
      await buildProgram(fileURLToPath(new URL("mortal-program.ts", import.meta.url)), program);
      const { places, leaseMs, close } = await openPlaces(backend);
      try {
        const report = await killAgainAndAgain({ program, root, places, seed, leaseMs, points, deathsPerRound, isUnruly });
        expect(report.problems).toEqual([]);
        expect(report.deaths).toBeGreaterThanOrEqual(points);
        expect(report.repeated).toBeGreaterThan(0);
        if (isUnruly) expect(report.calls).toBeGreaterThan(1000);
      } finally {
        await close();
      }
    }, 300_000);
  });
}
