/**
 * Reads the configured storage of a workspace after its service ended and compares it with what the service acknowledged and did: `node
 * verify-program.js <workspace>`. Prints JSON of `Verdict`.
 */

import { writeSync } from "node:fs";
import type { RunEvent, RunId } from "@provisioning/model";
import { allRuns, type Storage } from "@provisioning/storage";
import { serveStorage } from "../../storage/serve.js";
import { serviceContext } from "./context.js";
import { type Effect, readLedger } from "./ledger.js";

export interface Verdict {
  readonly type: string;
  readonly runs: number;
  readonly acknowledged: number;
  readonly lost: number;
  readonly unfinished: number;
  /** Completed more than once, or with more than one effect of one attempt. */
  readonly doubled: number;
  /** Begun again, because a service was killed in the middle of it. */
  readonly repeated: number;
  readonly problems: readonly string[];
}

const AT_ONCE = 64;
const SHOWN = 10;

async function verify(storage: Storage, workspace: string): Promise<Verdict> {
  const { acknowledged, effects } = readLedger(workspace);
  const ids: RunId[] = [];
  for await (const { id } of allRuns(storage)) ids.push(id);
  const known = new Set(ids);
  const effectsOf = groupByRun(effects);
  const problems: string[] = [];
  let [unfinished, doubled, repeated] = [0, 0, 0];
  const check = async (id: RunId) => {
    const { events } = await storage.runs.load(id);
    const counts = countsOf(events);
    const done = effectsOf.get(id) ?? [];
    if (counts.ended !== 1) unfinished += 1;
    if (counts.completed > 1 || new Set(done.map(({ attempt }) => attempt)).size < done.length) doubled += 1;
    if (counts.started > 1) repeated += 1;
    if (counts.completed !== 1 || done.length === 0 || done.length > counts.started)
      problems.push(`${id}: ${JSON.stringify(counts)}, ${done.length} effects`);
  };
  for (let start = 0; start < ids.length; start += AT_ONCE) await Promise.all(ids.slice(start, start + AT_ONCE).map(check));
  const lost = acknowledged.filter((id) => !known.has(id)).length;
  for (const run of effectsOf.keys()) if (!known.has(run)) problems.push(`${run} had an effect and is gone`);
  const { type } = await storage.info();
  const counted = { runs: ids.length, acknowledged: acknowledged.length, lost, unfinished, doubled, repeated };
  return { type, ...counted, problems: problems.slice(0, SHOWN) };
}

function countsOf(events: readonly RunEvent[]): { started: number; completed: number; ended: number } {
  const count = (type: RunEvent["type"]) => events.filter((event) => event.type === type).length;
  return { started: count("operationStarted"), completed: count("operationCompleted"), ended: count("runEnded") };
}

function groupByRun(effects: readonly Effect[]): ReadonlyMap<RunId, readonly Effect[]> {
  const groups = new Map<RunId, Effect[]>();
  for (const effect of effects) groups.set(effect.run, [...(groups.get(effect.run) ?? []), effect]);
  return groups;
}

const [workspace = ""] = process.argv.slice(2);
const storage = await serveStorage(serviceContext(workspace));
writeSync(1, `${JSON.stringify(await verify(storage, workspace))}\n`);
await storage.close();
// The engine of an embedded database can keep the process alive.
process.exit(0);
