/**
 * A digest of all that a storage holds: equal for equal content, whatever the backend. Runs with every event and resources with their
 * versions count; leases do not, because they are about who works right now.
 */

import { createHash } from "node:crypto";
import { canonicalJson, type Json, type RunId } from "@provisioning/model";
import type { Version } from "../ports/run-store.js";
import type { Storage } from "../ports/storage.js";
import { allRuns } from "./copy.js";

export interface ContentHash {
  /** SHA-256, hexadecimal. */
  readonly digest: string;
  readonly runs: number;
  readonly events: number;
  readonly resources: number;
}

/** Digests of runs that were read before. Events are only ever appended, so a run of the same version has not changed. */
export type KnownRuns = Map<RunId, { readonly version: Version; readonly digest: string }>;

/** Storages read many things together faster than one after the other. */
const RUNS_AT_ONCE = 64;

/** `known`: runs in it are not read again; what was read is added. */
export async function contentHash(storage: Storage, known: KnownRuns = new Map()): Promise<ContentHash> {
  const ids: RunId[] = [];
  const changed: RunId[] = [];
  for await (const { id, version } of allRuns(storage)) {
    ids.push(id);
    if (known.get(id)?.version !== version) changed.push(id);
  }
  for (let start = 0; start < changed.length; start += RUNS_AT_ONCE) {
    await Promise.all(changed.slice(start, start + RUNS_AT_ONCE).map((id) => readRun(storage, id, known)));
  }
  const hash = createHash("sha256");
  let events = 0;
  for (const id of ids.sort()) {
    const { version = 0, digest = "" } = known.get(id) ?? {};
    events += version;
    hash.update(`run ${id} ${digest}\n`);
  }
  let resources = 0;
  for (const infra of await storage.resources.listInfras()) {
    for (const { record, version } of await storage.resources.list(infra)) {
      resources += 1;
      hash.update(`resource ${infra} ${record.address} ${version} ${digestOf(record as unknown as Json)}\n`);
    }
  }
  return { digest: hash.digest("hex"), runs: ids.length, events, resources };
}

async function readRun(storage: Storage, id: RunId, known: KnownRuns): Promise<void> {
  const { events } = await storage.runs.load(id);
  known.set(id, { version: events.length, digest: digestOf(events as unknown as Json) });
}

function digestOf(value: Json): string {
  return createHash("sha256").update(canonicalJson(value)).digest("hex");
}
