/** What a storage does in a second. */

import { oneStepRun } from "../workflow/one-step-run.mjs";

const AT_ONCE = 64;
const LEASE_MS = 60_000;

/** Names of the numbers, and what they are called. */
export const MEASURES = [
  ["submitted", "submitted"],
  ["claimed", "claimed"],
  ["appended", "two events appended, lease given back"],
  ["loaded", "read with all events"],
  ["listed", "listed, 50 on a page"],
];

export async function submitAll(storage, count) {
  const ids = [];
  await together(count, async () => {
    const run = oneStepRun();
    ids.push(run.id);
    await storage.runs.submit(run);
  });
  return ids;
}

export async function measureStorage(storage, count) {
  let ids;
  const submitted = await perSecond(count, async () => {
    ids = await submitAll(storage, count);
  });
  const leases = [];
  const claimed = await perSecond(count, () =>
    together(count, async () => leases.push((await storage.queue.claim("bench", LEASE_MS)).lease)),
  );
  const appended = await perSecond(count, () =>
    together(count, async () => {
      const { scope, token } = leases.pop();
      const at = Date.now();
      const events = [
        { type: "runClaimed", at, holder: "bench", token },
        { type: "runEnded", at, status: "completed" },
      ];
      await storage.runs.append(scope.slice("run/".length), 1, events, token, "release");
    }),
  );
  const left = [...ids];
  const loaded = await perSecond(count, () => together(count, () => storage.runs.load(left.pop())));
  const listed = await perSecond(count, async () => {
    let cursor;
    do ({ next: cursor } = await storage.runs.list({ limit: 50, ...(cursor === undefined ? {} : { cursor }) }));
    while (cursor !== undefined);
  });
  return { submitted, claimed, appended, loaded, listed };
}

async function together(count, act) {
  let left = count;
  const one = async () => {
    while (left > 0) {
      left -= 1;
      await act();
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, one));
}

async function perSecond(count, work) {
  const began = performance.now();
  await work();
  return (count / (performance.now() - began)) * 1000;
}
