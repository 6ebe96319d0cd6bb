/** The provider __NAME__: networks and servers, each with read, diff, reconcile and delete. It touches nothing until the first call. */

import { openCloud } from "./cloud.js";
import { resourceHandler } from "./handler.js";
import { PLANS } from "./plans.js";

/** @param {{ dataDir: string, settings: Record<string, unknown>, env: Record<string, string | undefined> }} options */
export async function createProvider({ dataDir }) {
  const cloud = openCloud(dataDir);
  return {
    name: "__NAME__",
    capabilities: { plans: PLANS, limits: { rate: 10, batchSize: 4 }, images: ["debian-12"] },
    network: resourceHandler(cloud, {
      kind: "network",
      fields: ["cidr", "isolated"],
      replacing: ["cidr", "isolated"],
      defaults: { isolated: false },
    }),
    server: resourceHandler(cloud, {
      kind: "server",
      fields: ["cpu", "memoryMiB", "diskGiB", "image", "labels"],
      replacing: ["image"],
    }),
    close: async () => undefined,
  };
}
