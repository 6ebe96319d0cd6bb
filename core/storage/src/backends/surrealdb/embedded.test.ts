import { describe } from "vitest";
import { storageContract } from "../../testing/index.js";
import { surrealPackages } from "../../testing/surreal-packages.js";
import { createFilePlace, createMemoryPlace } from "../../testing/surreal-place.js";

const { folder, reason } = await surrealPackages();

describe.skipIf(reason !== undefined)(`SurrealDB in this process ${reason ?? ""}`, () => {
  storageContract({
    name: "surrealdb-embedded, in memory",
    survivesReopen: false,
    createPlace: async () => createMemoryPlace(folder),
  });
  storageContract({ name: "surrealdb-embedded", survivesReopen: true, createPlace: () => createFilePlace(folder) });
});
