/**
 * Whether a target may be brought up to a source: it is empty, or holds nothing but what the source holds or held. That is what an
 * interrupted migration leaves, and what a storage is that was moved away from and is moved back to.
 */

import type { RunId } from "@provisioning/model";
import type { Version } from "../ports/run-store.js";
import type { Storage } from "../ports/storage.js";
import { versionsOf } from "./copy.js";
import { MigrationConflictError } from "./errors.js";

/** Nothing is written. `false`: the target is empty. @throws MigrationConflictError */
export async function assertPartOf(source: Storage, target: Storage): Promise<boolean> {
  // The source is read later: what others add to it meanwhile does no harm.
  const inTarget = await versionsOf(target);
  const inSource = await versionsOf(source);
  for (const [id, version] of inTarget) {
    if ((inSource.get(id) ?? 0) < version) throw new MigrationConflictError(`run ${id}`);
  }
  const resources = await assertResources(source, target, inSource, inTarget.size > 0);
  return inTarget.size > 0 || resources > 0;
}

async function assertResources(
  source: Storage,
  target: Storage,
  runs: ReadonlyMap<RunId, Version>,
  isRelated: boolean,
): Promise<number> {
  let count = 0;
  for (const infra of await target.resources.listInfras()) {
    const records = new Map((await source.resources.list(infra)).map(({ record, version }) => [record.address, version]));
    for (const { record, version } of await target.resources.list(infra)) {
      count += 1;
      const known = records.get(record.address);
      // What the source no longer has was made by one of its runs.
      const isKnown = known === undefined ? isRelated || runs.has(record.runId) : known >= version;
      if (!isKnown) throw new MigrationConflictError(`record of ${record.address} in ${infra}`);
    }
  }
  return count;
}
