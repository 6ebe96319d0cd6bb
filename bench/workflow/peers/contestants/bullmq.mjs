/**
 * BullMQ. A job is a hash in Redis and an entry of a list; scripts in Redis move it. How durable it is says the server: `appendfsync always`
 * syncs before it answers, the defaults lose what was written since the last snapshot.
 */

import { load } from "../packages.mjs";

const QUEUE = "steps";

export async function open({ port, packages }) {
  const { Queue, Worker } = await load(packages);
  const connection = { host: "127.0.0.1", port, enableAutoPipelining: true };
  const queue = new Queue(QUEUE, { connection });
  await queue.waitUntilReady();
  return {
    submit: (key) => queue.add("step", { key }),
    async work(concurrency, onStart) {
      const worker = new Worker(QUEUE, async ({ data }) => onStart(data.key), {
        connection: { ...connection, maxRetriesPerRequest: null },
        concurrency,
      });
      worker.on("error", (error) => console.error(error));
      await worker.waitUntilReady();
      return () => worker.close();
    },
    async unfinished() {
      const counts = await queue.getJobCounts("waiting", "active", "prioritized", "delayed");
      return Object.values(counts).reduce((sum, count) => sum + count, 0);
    },
    async close() {
      await queue.obliterate({ force: true });
      await queue.close();
    },
  };
}
