import { afterAll, beforeAll, describe } from "vitest";
import { storageContract } from "../../testing/index.js";
import { surrealPackages } from "../../testing/surreal-packages.js";
import { createServerPlace } from "../../testing/surreal-place.js";
import { startSurrealServer, type SurrealServer } from "../../testing/surreal-server.js";

const { folder, reason } = await surrealPackages();

describe.skipIf(reason !== undefined)(`a SurrealDB server ${reason ?? ""}`, () => {
  let server: SurrealServer;
  beforeAll(async () => {
    server = await startSurrealServer(folder);
  });
  afterAll(() => server.remove());

  storageContract({
    name: "surrealdb-server",
    survivesReopen: true,
    isShared: true,
    createPlace: async () => createServerPlace(folder, server.url("ws")),
  });
  storageContract({
    name: "surrealdb-server over HTTP",
    survivesReopen: true,
    createPlace: async () => createServerPlace(folder, server.url("http")),
  });
});
