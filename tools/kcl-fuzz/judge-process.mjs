/** A worker with a watchdog: one program may take two seconds and half a gigabyte. */

import { Worker } from "node:worker_threads";

const LONGEST_MS = 2_000;
const MOST_MEMORY_MB = 512;

/** Runs tasks on a worker, which is replaced when it hangs or dies. */
export class Judge {
  constructor(corpus, seed) {
    this.corpus = corpus;
    this.seed = seed;
  }

  start() {
    this.state = new SharedArrayBuffer(16);
    this.progress = new Float64Array(this.state);
    this.progress[0] = -1;
    this.worker = new Worker(new URL("./worker.mjs", import.meta.url), {
      workerData: { corpus: this.corpus, seed: this.seed, state: this.state },
      resourceLimits: { maxOldGenerationSizeMb: MOST_MEMORY_MB },
    });
  }

  /** Judges programs `from` to `to - 1`, calling `onFinding(index, text)`; returns the outcomes. */
  async run(task, onFinding) {
    const total = { value: 0, refused: 0, failed: 0 };
    for (let from = task.from; from < task.to; ) {
      if (this.worker === undefined) this.start();
      const end = await this.batch({ ...task, from }, onFinding);
      for (const [name, count] of Object.entries(end.outcomes ?? {})) total[name] += count;
      if (end.stoppedAt === undefined) return total;
      if (await this.repeats(task, end.stoppedAt)) onFinding(end.stoppedAt, end.reason);
      from = end.stoppedAt + 1;
    }
    return total;
  }

  /** Whether a program stops the worker a second time: a busy machine can make one seem endless. */
  async repeats(task, index) {
    this.start();
    const end = await this.batch({ ...task, from: index, to: index + 1 }, () => {});
    return end.stoppedAt !== undefined;
  }

  batch(task, onFinding) {
    return new Promise((resolve) => {
      const { worker, progress } = this;
      const finish = (end) => {
        clearInterval(watchdog);
        worker.off("message", onMessage);
        worker.off("error", onError);
        if (end.stoppedAt !== undefined) {
          this.worker = undefined;
          worker.on("error", () => {});
          void worker.terminate();
        }
        resolve(end);
      };
      const watchdog = setInterval(() => {
        const took = Date.now() - progress[1];
        if (progress[0] >= 0 && took > LONGEST_MS) finish({ stoppedAt: progress[0], reason: `no end after ${took} ms` });
      }, 200);
      const onMessage = (message) => {
        if (message.kind === "finding") onFinding(message.index, message.text);
        else finish(message);
      };
      const onError = (error) => {
        finish({ stoppedAt: Math.max(progress[0], task.from), reason: `worker ended: ${error.message}` });
      };
      worker.on("message", onMessage);
      worker.on("error", onError);
      worker.postMessage(task);
    });
  }

  async stop() {
    await this.worker?.terminate();
    this.worker = undefined;
  }
}
