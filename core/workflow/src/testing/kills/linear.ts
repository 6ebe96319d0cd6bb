/**
 * Whether calls that overlapped can have happened one after the other: for each run an order is looked for in which every call gives the answer
 * that it gave, and in which a call that was answered before another one began comes before it. A call whose caller died may have happened
 * at any time after it began, or never.
 *
 * The search is Wing and Gong's with Lowe's memory of what was tried (G. Lowe, Testing for linearizability, 2017): what remains of an order is decided
 * by the set of calls in it and by the state that they lead to.
 */

/** What a call asked for and, if that was heard, what it was told. */
export type StoreCall =
  | { readonly type: "submit"; readonly answer?: { readonly version: number } }
  | { readonly type: "load"; readonly answer?: { readonly version: number } }
  | {
      readonly type: "append";
      readonly expected: number;
      readonly count: number;
      readonly token?: number;
      readonly releases?: boolean;
      readonly answer?: { readonly version: number } | { readonly conflict: number } | { readonly stale: number };
    }
  | { readonly type: "claim"; readonly answer: { readonly token: number } }
  | { readonly type: "acquire"; readonly answer?: { readonly token: number } | { readonly held: true } }
  | { readonly type: "heartbeat" | "release"; readonly token: number; readonly answer?: { readonly stale: boolean } }
  /** The process died, and with it whoever held the lease. */
  | { readonly type: "crash" };

export interface TimedCall {
  readonly call: StoreCall;
  readonly begun: number;
  /** Infinite when nobody heard an answer. */
  readonly ended: number;
}

interface RunModel {
  /** 0: it is not there. */
  readonly version: number;
  readonly token: number;
  /** The newest token under which something was written. */
  readonly used: number;
  readonly isHeld: boolean;
}

export interface LinearOptions {
  /**
   * One process has the store: nobody can get a lease while it is held, all leases end with the process, and a grant under which nothing was
   * written may be forgotten with it. Not so where several share a store: leases run out there.
   */
  readonly isExclusive: boolean;
}

/** The calls that fit nowhere; none when there is an order. At least one of them is wrong. */
export function findAnomaly(calls: readonly TimedCall[], options: LinearOptions): readonly TimedCall[] {
  const ordered = calls.filter(
    ({ call, ended }) => ended < NEVER || call.type === "append" || call.type === "submit" || call.type === "release",
  );
  const sorted = ordered.toSorted((left, right) => left.begun - right.begun);
  let longest: ReadonlySet<number> = new Set();
  const tried = new Set<string>();
  const stack: Partial[] = [{ done: new Set(), state: { version: 0, token: 0, used: 0, isHeld: false } }];
  for (let partial = stack.pop(); partial !== undefined; partial = stack.pop()) {
    const { done, state } = partial;
    if (done.size > longest.size) longest = done;
    const open = openCalls(sorted, done);
    if (open.every((index) => (sorted[index] as TimedCall).ended === NEVER)) return [];
    // The last one is looked at first: calls in the order of their beginnings mostly are right.
    for (const index of open.toReversed()) {
      const after = step(state, (sorted[index] as TimedCall).call, options);
      if (after === undefined) continue;
      const next = new Set(done).add(index);
      const key = keyOf(next, after);
      if (tried.has(key)) continue;
      tried.add(key);
      stack.push({ done: next, state: after });
    }
    if (tried.size > MOST_TRIED) throw new Error(`no order was found among ${MOST_TRIED}`);
  }
  return openCalls(sorted, longest).map((index) => sorted[index] as TimedCall);
}

interface Partial {
  readonly done: ReadonlySet<number>;
  readonly state: RunModel;
}

const NEVER = Number.POSITIVE_INFINITY;
const MOST_TRIED = 200_000;

/** What can come next: what began before anything that is left was answered. */
function openCalls(calls: readonly TimedCall[], done: ReadonlySet<number>): readonly number[] {
  let firstEnd = NEVER;
  const open: number[] = [];
  for (let index = 0; index < calls.length; index += 1) {
    const { begun, ended } = calls[index] as TimedCall;
    if (begun > firstEnd) break;
    if (done.has(index)) continue;
    open.push(index);
    firstEnd = Math.min(firstEnd, ended);
  }
  return open.filter((index) => (calls[index] as TimedCall).begun <= firstEnd);
}

function keyOf(done: ReadonlySet<number>, { version, token, used, isHeld }: RunModel): string {
  let first = 0;
  while (done.has(first)) first += 1;
  const beyond = [...done].filter((index) => index > first).toSorted((left, right) => left - right);
  return `${first} ${beyond.join()} ${version} ${token} ${used} ${isHeld}`;
}

/** The state afterwards; nothing if the call cannot have happened here. */
function step(state: RunModel, call: StoreCall, { isExclusive }: LinearOptions): RunModel | undefined {
  const { version, token, isHeld } = state;
  switch (call.type) {
    case "submit": {
      const after = { ...state, version: Math.max(1, version) };
      return call.answer === undefined || call.answer.version === after.version ? after : undefined;
    }
    case "load":
      return call.answer?.version === version ? state : undefined;
    case "append":
      return append(state, call);
    case "claim":
    case "acquire": {
      if (call.answer === undefined) return undefined;
      if ("held" in call.answer) return isHeld || !isExclusive ? state : undefined;
      if (version === 0 || call.answer.token <= token || (isHeld && isExclusive)) return undefined;
      return { ...state, token: call.answer.token, isHeld: true };
    }
    case "heartbeat": {
      const isStale = call.token !== token;
      // One that was given back in the same moment may be refused, too.
      return call.answer?.stale === isStale || (call.answer?.stale === true && !isHeld) ? state : undefined;
    }
    case "release": {
      const isStale = call.token !== token;
      if (call.answer !== undefined && call.answer.stale && !isStale) return undefined;
      // Giving back what nobody has is nothing.
      if (call.answer !== undefined && !call.answer.stale && isStale && isHeld) return undefined;
      return isStale ? state : { ...state, isHeld: false };
    }
    case "crash":
      return isExclusive ? { ...state, token: state.used, isHeld: false } : state;
  }
}

function append(
  state: RunModel,
  { expected, count, token, releases, answer }: Extract<StoreCall, { type: "append" }>,
): RunModel | undefined {
  const isStale = token !== undefined && token !== state.token;
  if (answer !== undefined && "stale" in answer) return isStale && answer.stale === state.token ? state : undefined;
  if (answer !== undefined && "conflict" in answer)
    return expected !== state.version && answer.conflict === state.version ? state : undefined;
  if (isStale || expected !== state.version) return undefined;
  const used = token === undefined || count === 0 ? state.used : token;
  const isHeld = state.isHeld && releases !== true;
  const after = { ...state, used, isHeld, version: expected + count };
  return answer === undefined || answer.version === after.version ? after : undefined;
}
