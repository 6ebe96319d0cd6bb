/**
 * Says where the slow hundredth of the runs waited. Everything that can hold a run up is written down while it happens, as spans of time:
 * collections of garbage, turns of the event loop, syncs of the journal, and what else is done with the disk. The time of each run, from its submission
 * to the start of its step, is then shared out among the spans that cover it. Where several do, the first cause of the list counts.
 */

import { PerformanceObserver } from "node:perf_hooks";

const CAUSES = [
  ["gc", "garbage collection"],
  ["turn", "other runs' work in this process (turns of the event loop)"],
  ["beside", "sync of the journal while something else wrote or synced"],
  ["long", "sync of the journal alone, longer than nine of ten"],
  ["sync", "sync of the journal alone"],
  ["switch", "a new segment of the journal is begun"],
];

export class Causes {
  #spans = Object.fromEntries(["gc", "turn", "journal", "other", "switch"].map((kind) => [kind, []]));
  #isInTurn = false;
  #observer = new PerformanceObserver((list) => {
    for (const { startTime, duration } of list.getEntries()) this.#spans.gc.push([startTime, startTime + duration]);
  });

  constructor() {
    this.#observer.observe({ entryTypes: ["gc"] });
  }

  /** Something begins in this turn of the event loop: whatever comes until its end, comes in the same turn. */
  mark() {
    if (this.#isInTurn) return;
    this.#isInTurn = true;
    const began = performance.now();
    setImmediate(() => {
      this.#isInTurn = false;
      this.#spans.turn.push([began, performance.now()]);
    });
  }

  /** A disk of which everything is written down. */
  watch(disk) {
    const during = async (kind, act) => {
      const began = performance.now();
      try {
        return await act();
      } finally {
        this.mark();
        this.#spans[kind].push([began, performance.now()]);
      }
    };
    const names = ["read", "list", "makeFolder", "remove", "syncFolder"];
    const others = names.map((name) => [name, (...words) => during("other", () => disk[name](...words))]);
    return {
      ...disk,
      ...Object.fromEntries(others),
      replace: (path, chunks, durable) =>
        during(path.endsWith(".log") ? "switch" : "other", () => disk.replace(path, chunks, durable)),
      rename: (path, to) => during("switch", () => disk.rename(path, to)),
      async openForWriting(path) {
        const file = await disk.openForWriting(path);
        return { ...file, sync: () => during("journal", () => file.sync()) };
      },
    };
  }

  /** `windows`: `[from, to]` of each run. Milliseconds by cause: of all runs, of the slow hundredth, and how many of these it is the main cause of. */
  table(windows) {
    this.#observer.disconnect();
    const { gc, turn, journal, other, switch: switches } = this.#spans;
    const lasting = journal.map(([from, to]) => to - from).sort((a, b) => a - b);
    const long = lasting[Math.floor(lasting.length * 0.9)] ?? 0;
    const alone = journal.filter((span) => !overlaps(other, span));
    const spans = {
      gc,
      turn,
      beside: journal.filter((span) => overlaps(other, span)),
      long: alone.filter(([from, to]) => to - from > long),
      sync: alone.filter(([from, to]) => to - from <= long),
      switch: switches,
    };
    for (const kind of Object.keys(spans)) spans[kind] = sorted(spans[kind]);
    const shared = windows.map((window) => ({ ms: window[1] - window[0], parts: shareOut(window, spans) }));
    shared.sort((a, b) => b.ms - a.ms);
    const slow = shared.slice(0, Math.max(1, Math.floor(shared.length / 100)));
    const usual = meansOf(shared);
    const ofSlow = meansOf(slow);
    const mainOf = slow.map(({ parts }) => {
      const excess = Object.keys(parts).map((kind) => [parts[kind] - usual[kind], kind]);
      return excess.sort((a, b) => b[0] - a[0])[0][1];
    });
    const rows = [...CAUSES, ["rest", "waiting for a turn, and what is not covered"]].map(([kind, name]) => ({
      name,
      all: usual[kind],
      slow: ofSlow[kind],
      main: mainOf.filter((main) => main === kind).length / slow.length,
    }));
    return { rows, slow: slow.length, from: slow.at(-1).ms };
  }
}

export function printTable({ rows, slow, from }) {
  console.log(`\nwhere they waited, ms on average (slow: the ${slow} slowest, ${from.toFixed(1)} ms and more)`);
  console.log(`${"".padEnd(62)}${"all".padStart(8)}${"slow".padStart(8)}   main cause of`);
  for (const { name, all, slow: ofSlow, main } of rows) {
    const share = `${(main * 100).toFixed(0)} %`.padStart(7);
    console.log(`${name.padEnd(62)}${all.toFixed(2).padStart(8)}${ofSlow.toFixed(2).padStart(8)}   ${share}`);
  }
}

const sorted = (spans) => spans.toSorted((a, b) => a[0] - b[0]);

function overlaps(spans, [from, to]) {
  return spans.some((span) => span[0] < to && span[1] > from);
}

/** Milliseconds of the window by cause: each moment counts once. */
function shareOut(window, spans) {
  const parts = {};
  let left = [window];
  for (const [kind] of CAUSES) {
    const before = lengthOf(left);
    left = without(left, within(spans[kind], window));
    parts[kind] = before - lengthOf(left);
  }
  return { ...parts, rest: lengthOf(left) };
}

const lengthOf = (spans) => spans.reduce((sum, [from, to]) => sum + to - from, 0);

/** Two syncs may be under way, so a span that began somewhat before may still last. */
const LOOK_BACK = 50;

function within(spans, [from, to]) {
  let low = 0;
  let high = spans.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (spans[middle][0] < from) low = middle + 1;
    else high = middle;
  }
  const found = [];
  for (let index = Math.max(0, low - LOOK_BACK); index < spans.length && spans[index][0] < to; index += 1) {
    if (spans[index][1] > from) found.push(spans[index]);
  }
  return found;
}

function without(spans, taken) {
  let left = spans;
  for (const [from, to] of taken) {
    left = left.flatMap(([begin, end]) =>
      from >= end || to <= begin
        ? [[begin, end]]
        : [
            [begin, Math.min(end, from)],
            [Math.max(begin, to), end],
          ].filter(([a, b]) => b > a),
    );
  }
  return left;
}

function meansOf(shared) {
  const means = {};
  for (const kind of Object.keys(shared[0].parts))
    means[kind] = shared.reduce((sum, { parts }) => sum + parts[kind], 0) / shared.length;
  return means;
}
