/** The storages that can be had on this machine, each opened empty as often as it is wanted. */

import { join } from "node:path";
import { openStorage } from "@provisioning/storage";
import { startPostgres, surrealPackages, whyNoPostgres } from "@provisioning/storage/testing";

export async function findPlaces(folder) {
  let opened = 0;
  const next = () => `place_${(opened += 1)}`;
  const missing = [];
  const places = [
    { name: "memory", open: () => openStorage({ type: "memory" }) },
    { name: "filesystem", open: () => openStorage({ type: "filesystem", dataDir: join(folder, next()), mode: "write" }) },
  ];
  const packages = await surrealPackages();
  if (packages.reason !== undefined) missing.push(`surrealdb-embedded: ${packages.reason}`);
  else {
    const type = "surrealdb-embedded";
    const open = () => openStorage({ type, dataDir: join(folder, next()), mode: "write", packagesFolder: packages.folder });
    places.push({ name: type, open });
  }
  const reason = await whyNoPostgres();
  if (reason !== undefined) missing.push(`postgres: ${reason}`);
  const server = reason === undefined ? await startPostgres() : undefined;
  if (server !== undefined) {
    const open = () => openStorage({ type: "postgres", url: server.url, schema: next(), mode: "write" });
    places.push({ name: "postgres", open });
  }
  return { places, missing, close: async () => server?.remove() };
}
