/**
 * graphile-worker, as its documentation says for many small jobs: a local queue (jobs are claimed in batches) and completions in batches
 * of what comes up in one turn. A job is a row; claiming updates it, completing deletes it: no result is kept.
 */

import { load } from "../packages.mjs";

const quiet = () => () => {};

export async function open({ url, packages, capacity, connections = 32 }) {
  const { Logger, makeWorkerUtils, run } = await load(packages);
  const logger = new Logger(quiet);
  const batches = { localQueue: { size: 2 * capacity }, completeJobBatchDelay: 0 };
  const preset = { worker: { connectionString: url, maxPoolSize: connections, concurrentJobs: capacity, ...batches } };
  const utils = await makeWorkerUtils({ preset, logger });
  await utils.migrate();
  return {
    submit: (key) => utils.addJob("step", { key }),
    async work(_capacity, onStart) {
      const taskList = { step: async ({ key }) => onStart(key) };
      const runner = await run({ logger, taskList, preset, noHandleSignals: true, crontab: "" });
      return () => runner.stop();
    },
    async unfinished() {
      const count = "select count(*)::int as left from graphile_worker._private_jobs";
      const { rows } = await utils.withPgClient((client) => client.query(count));
      return rows[0].left;
    },
    close: () => utils.release(),
  };
}
