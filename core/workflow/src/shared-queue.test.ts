import { startSurrealServer, surrealPackages } from "@provisioning/storage/testing";
import { sharedQueueSuite } from "./testing/shared-queue.js";

const packages = await surrealPackages();

sharedQueueSuite({
  name: "SurrealDB",
  reason: packages.reason,
  runs: 500,
  async start() {
    const packagesFolder = packages.folder;
    const server = await startSurrealServer(packagesFolder);
    const url = server.url("ws");
    return {
      place: (number) => ({ type: "surrealdb-server", url, database: `queue_${number}`, mode: "write", packagesFolder }),
      remove: () => server.remove(),
    };
  },
});
