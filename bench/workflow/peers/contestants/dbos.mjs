/**
 * DBOS Transact. A task is a workflow with one step: its row, the step's result and the workflow's result are written. `queued`: through a
 * queue that is polled (there are no notifications); `direct`: the process that submits a workflow begins it at once.
 */

import { load } from "../packages.mjs";

export async function open({ url, packages, capacity, variant, connections = 20, pollMs = 10 }) {
  const { DBOS } = await load(packages);
  DBOS.setConfig({ name: "bench", systemDatabaseUrl: url, systemDatabasePoolSize: connections, logLevel: "error" });
  let start = () => {};
  let ended = 0;
  let submitted = 0;
  const workflow = DBOS.registerWorkflow(
    async (key) => {
      await DBOS.runStep(async () => start(key), { name: "step" });
    },
    { name: "workflow" },
  );
  await DBOS.launch();
  const isQueued = variant === "queued";
  // A queue is polled as soon as it is registered and until the end, so what is to wait goes into the next one.
  let queues = 1;
  const queueName = () => `steps-${queues}`;
  return {
    async submit(key) {
      submitted += 1;
      const handle = await DBOS.startWorkflow(workflow, isQueued ? { queueName: queueName() } : {})(key);
      if (isQueued) return;
      void handle.getResult().then(() => {
        ended += 1;
      });
    },
    async work(_capacity, onStart) {
      start = onStart;
      if (isQueued) await DBOS.registerQueue(queueName(), { workerConcurrency: capacity, minPollingIntervalMs: pollMs });
      return () => {
        queues += 1;
      };
    },
    async unfinished() {
      if (!isQueued) return submitted - ended;
      const left = await DBOS.listWorkflows({ status: ["ENQUEUED", "PENDING"], loadInput: false });
      return left.length;
    },
    /** Workflows that are begun where they are submitted cannot wait in a queue. */
    canWait: isQueued,
    close: () => DBOS.shutdown(),
  };
}
