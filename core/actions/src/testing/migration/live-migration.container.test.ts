/**
 * The storage of a service under load is moved between every two types: in peace, and with kills at random moments. The short form of
 * `npm run test:migration`.
 */

import { seededRandom, surrealPackages, startPostgres, testSeed, whyNoPostgres } from "@provisioning/storage/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Databases, PAIRS } from "./places.js";
import { type Load, moveOnce, moveWithCuts } from "./rounds.js";
import type { Verdict } from "./verify-program.js";

const TASKS = 300;
const CUTS = 2;
const LIMIT_MS = 300_000;

/** After a kill what was under way is taken up again when its lease is over. It lasts longer than a busy machine holds a heartbeat up. */
const load: Load = {
  tasks: TASKS,
  before: TASKS / 2,
  after: TASKS / 10,
  clients: 8,
  capacity: 16,
  leaseTtlMs: 15_000,
  pauseMs: 50,
};

const [packages, noPostgres] = [await surrealPackages(), await whyNoPostgres()];
const reason = packages.reason ?? noPostgres;

const GOOD: Partial<Verdict> = { lost: 0, unfinished: 0, doubled: 0, problems: [] };

describe.skipIf(reason !== undefined)(`a storage under load ${reason ?? ""}`, () => {
  let databases: Databases;
  beforeAll(async () => {
    databases = { postgres: await startPostgres(), packages: packages.folder };
  }, LIMIT_MS);
  afterAll(() => databases.postgres?.remove());

  test.each(PAIRS)(
    "moves from $from to $to: no request fails, nothing is lost or done twice, also when it is cut",
    async (pair) => {
      const { report, verdict } = await moveOnce(pair, load, databases);
      expect(report.failures).toEqual([]);
      expect(report.submittedDuringMigration).toBeGreaterThan(0);
      expect(report.submittedAfter).toBeGreaterThanOrEqual(load.after);
      expect(verdict).toMatchObject({ ...GOOD, type: pair.to, repeated: 0 });
      const { migrationMs } = report;
      const round = await moveWithCuts(pair, load, databases, { cuts: CUTS, random: seededRandom(testSeed()), migrationMs });
      expect(round.failures).toEqual([]);
      expect(round.returned + round.switched).toBe(CUTS);
      for (const each of round.verdicts) expect(each).toMatchObject({ ...GOOD, type: pair.to });
    },
    LIMIT_MS,
  );
});
