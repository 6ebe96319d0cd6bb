import { startPostgres, whyNoPostgres } from "@provisioning/storage/testing";
import { sharedQueueSuite } from "./testing/shared-queue.js";

sharedQueueSuite({
  name: "PostgreSQL",
  reason: await whyNoPostgres(),
  runs: 2000,
  async start() {
    const server = await startPostgres();
    return {
      place: (number) => ({ type: "postgres", url: server.url, schema: `queue_${number}`, mode: "write" }),
      remove: () => server.remove(),
    };
  },
});
