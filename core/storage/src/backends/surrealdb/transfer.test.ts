import { surrealPackages, transferContract } from "../../testing/index.js";
import { openEmbeddedSurreal } from "./surrealdb-storage.js";

const { folder: packagesFolder, reason } = await surrealPackages();

transferContract({ name: "SurrealDB", reason, open: () => openEmbeddedSurreal({ mode: "write", packagesFolder }) });
