/** The format in which this program writes, which is that of every storage it has open for writing. Older ones are brought up to it. */

import type { StorageInfo } from "./ports/storage.js";

/** Absent for what is not written down. */
export async function formatOf(type: StorageInfo["type"]): Promise<number | undefined> {
  switch (type) {
    case "memory":
      return undefined;
    case "filesystem":
      return formatIn((await import("./backends/filesystem/segment.js")).encodeHeader("log"));
    case "postgres":
      return (await import("./backends/postgres/schema.js")).FORMATS.length;
    case "surrealdb-embedded":
    case "surrealdb-server":
      return (await import("./backends/surrealdb/schema.js")).FORMAT;
  }
}

/** A header names its format. */
function formatIn(header: Buffer): number {
  return Number(/format=(\d+)/.exec(header.toString())?.[1]);
}
