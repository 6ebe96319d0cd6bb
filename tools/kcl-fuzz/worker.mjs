/** Judges damaged programs one after another; tells through shared memory which one and since when. */

import { parentPort, workerData } from "node:worker_threads";
import { damagedProgram, judge } from "@provisioning/kcl-lang/testing";

const { corpus, seed, state } = workerData;
/** 0: number of the program under way, 1: when it began, in milliseconds of the run. */
const progress = new Float64Array(state);

parentPort.on("message", (task) => {
  const outcomes = { value: 0, refused: 0, failed: 0 };
  for (let index = task.from; index < task.to; index += 1) {
    progress[1] = Date.now();
    progress[0] = index;
    const program = task.text === undefined ? damagedProgram(corpus, seed, index) : withText(task);
    const { outcome, finding } = judge(program);
    outcomes[outcome] += 1;
    if (finding !== undefined) parentPort.postMessage({ kind: "finding", index, text: finding });
  }
  progress[0] = -1;
  parentPort.postMessage({ kind: "done", outcomes });
});

/** A program under reduction. */
function withText({ program, text }) {
  return { main: program.main, files: { ...program.files, [program.main]: text } };
}
