/**
 * pg-boss, as its documentation says for a queue with much traffic: workers take jobs in batches and fetch at once again after a full batch.
 * `woken`: four workers, by notifications, which every submission sends then; `polled`: one worker, twice in a second, the most that it
 * allows, which is its way to do most in a second. A job is a row;
 * fetching updates it, completing a batch updates its rows.
 */

import { load } from "../packages.mjs";

const QUEUE = "step";

export async function open({ url, packages, capacity, variant, connections = 16 }) {
  const isWoken = variant === "woken";
  const pollers = isWoken ? 4 : 1;
  const { PgBoss } = await load(packages);
  const boss = new PgBoss({
    connectionString: url,
    max: connections,
    useListenNotify: isWoken,
    schedule: false,
    supervise: false,
  });
  boss.on("error", (error) => console.error(error));
  await boss.start();
  await boss.createQueue(QUEUE, { notify: isWoken });
  return {
    submit: (key) => boss.send(QUEUE, { key }),
    async work(_capacity, onStart) {
      const options = {
        localConcurrency: pollers,
        batchSize: capacity / pollers,
        burstWhenBatchFull: true,
        pollingIntervalSeconds: 0.5,
        notifyPollingIntervalSeconds: 0.5,
      };
      await boss.work(QUEUE, options, async (jobs) => {
        for (const { data } of jobs) onStart(data.key);
      });
      return () => boss.offWork(QUEUE);
    },
    async unfinished() {
      const { rows } = await boss
        .getDb()
        .executeSql(`select count(*)::int as left from pgboss.job where name = '${QUEUE}' and state <> 'completed'`);
      return rows[0].left;
    },
    close: () => boss.stop({ graceful: false }),
  };
}
