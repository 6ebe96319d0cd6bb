/** Checks a store after crashes: everything acknowledged is there, and nothing is there by halves. */

import { infraName, type RunId } from "@provisioning/model";
import type { RunSummary } from "../ports/run-store.js";
import type { Storage } from "../ports/storage.js";
import { summarize } from "../tables/run-summary.js";

/** Sentences about what is wrong. `acknowledged`: what `shared-writer-program.ts` said. */
export async function findDamage(storage: Storage, acknowledged: readonly string[]): Promise<readonly string[]> {
  const summaries = new Map<RunId, RunSummary>();
  for (let cursor: string | undefined; ; ) {
    const page = await storage.runs.list({ limit: 1000, ...(cursor === undefined ? {} : { cursor }) });
    for (const summary of page.runs) summaries.set(summary.id, summary);
    cursor = page.next;
    if (cursor === undefined) break;
  }
  return [
    ...lostRuns(summaries, acknowledged),
    ...(await brokenRuns(storage, [...summaries.values()])),
    ...(await brokenPairs(storage, acknowledged)),
  ];
}

function lostRuns(summaries: ReadonlyMap<RunId, RunSummary>, acknowledged: readonly string[]): readonly string[] {
  return acknowledged.flatMap((line) => {
    const [kind, id, version] = line.split(" ");
    if (kind !== "run" || (summaries.get(id as RunId)?.version ?? 0) >= Number(version)) return [];
    return [`run ${id} was acknowledged at version ${version}`];
  });
}

/** Each write of the program adds two events, and the summary says what the events say. */
async function brokenRuns(storage: Storage, summaries: readonly RunSummary[]): Promise<readonly string[]> {
  const problems: string[] = [];
  for (const summary of summaries) {
    const { version, events } = await storage.runs.load(summary.id);
    const replayed = summarize(undefined, events);
    if (![1, 3, 5].includes(version)) problems.push(`run ${summary.id} has ${version} events`);
    const differs = Object.entries(replayed ?? {}).some(
      ([key, value]) => JSON.stringify(summary[key as keyof RunSummary]) !== JSON.stringify(value),
    );
    if (differs) problems.push(`the summary of run ${summary.id} is not what its events say`);
  }
  return problems;
}

async function brokenPairs(storage: Storage, acknowledged: readonly string[]): Promise<readonly string[]> {
  const stored = await storage.resources.list(infraName("shop"));
  const versionOf = new Map(
    stored.map(({ record, version }) => [record.address.replace(/^.*?(w\d+-\d+-[ab]).*$/, "$1"), version]),
  );
  const problems: string[] = [];
  for (const [key, version] of versionOf) {
    if (versionOf.get(key.replace(/.$/, key.endsWith("a") ? "b" : "a")) !== version) problems.push(`half of a pair: ${key}`);
  }
  for (const line of acknowledged) {
    const [kind, name, version] = line.split(" ");
    if (kind === "pair" && (versionOf.get(`${name}-a`) ?? 0) < Number(version)) problems.push(`lost: ${line}`);
  }
  return problems;
}
