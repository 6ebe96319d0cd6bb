/**
 * A digest of all that a storage holds: equal for equal content, whatever the backend. Runs with every event and resources with their
 * versions count; leases do not, because they are about who works right now.
 */

import { createHash } from "node:crypto";
import { canonicalJson, type Json, type RunId } from "@provisioning/model";
import type { Storage } from "../ports/storage.js";
import { allRuns } from "./copy.js";

export interface ContentHash {
  /** SHA-256, hexadecimal. */
  readonly digest: string;
  readonly runs: number;
  readonly events: number;
  readonly resources: number;
}

export async function contentHash(storage: Storage): Promise<ContentHash> {
  const hash = createHash("sha256");
  let events = 0;
  const ids: RunId[] = [];
  for await (const { id } of allRuns(storage)) ids.push(id);
  ids.sort();
  for (const id of ids) {
    const stored = await storage.runs.load(id);
    events += stored.events.length;
    hash.update(`run ${id} ${digestOf(stored.events as unknown as Json)}\n`);
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

function digestOf(value: Json): string {
  return createHash("sha256").update(canonicalJson(value)).digest("hex");
}
