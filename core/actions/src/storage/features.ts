/** What the types of storage can and need, for those who have to choose one. */

import * as z from "zod/mini";
import type { StorageType } from "./choice.js";

export interface StorageFeatures {
  readonly dependencies: string;
  /** Who gets to the data, apart from the platform's own policies. */
  readonly authentication: string;
  /** Processes hear of what others changed without asking. */
  readonly realTime: boolean;
  readonly scalability: string;
  readonly complexity: "low" | "medium" | "high";
  readonly bestFor: string;
}

export const storageFeaturesSchema: z.ZodMiniType<StorageFeatures> = z.strictObject({
  dependencies: z.string(),
  authentication: z.string(),
  realTime: z.boolean(),
  scalability: z.string(),
  complexity: z.enum(["low", "medium", "high"]),
  bestFor: z.string(),
});

export const FEATURES: Readonly<Record<StorageType, StorageFeatures>> = {
  memory: {
    dependencies: "none",
    authentication: "the process",
    realTime: false,
    scalability: "one process, nothing stays",
    complexity: "low",
    bestFor: "trying things out",
  },
  filesystem: {
    dependencies: "none",
    authentication: "permissions of the files",
    realTime: false,
    scalability: "one writing process, many that read",
    complexity: "low",
    bestFor: "one machine",
  },
  "surrealdb-embedded": {
    dependencies: "the packages of SurrealDB",
    authentication: "permissions of the files",
    realTime: false,
    scalability: "one process",
    complexity: "medium",
    bestFor: "one machine that asks questions of its graph",
  },
  "surrealdb-server": {
    dependencies: "the packages of SurrealDB, a server",
    authentication: "users and roles of the server",
    realTime: true,
    scalability: "many processes on many machines",
    complexity: "high",
    bestFor: "several machines, live queries",
  },
  postgres: {
    dependencies: "the package postgres, a server",
    authentication: "users and roles of the server",
    realTime: true,
    scalability: "many processes on many machines",
    complexity: "medium",
    bestFor: "several machines",
  },
};
