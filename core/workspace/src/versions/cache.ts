/** What was found out about versions lately, so that nobody is asked again and again. A cache that cannot be read is an empty one. */

import { randomBytes } from "node:crypto";
import { mkdir, rename, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { readIfThere } from "@provisioning/config";
import type { Instant } from "@provisioning/model";

export interface CachedVersions {
  readonly checkedAt: Instant;
  readonly versions: readonly string[];
}

export interface VersionCache {
  /** Absent: never asked, or longer ago than `maxAgeMs`. */
  fresh(key: string, now: Instant, maxAgeMs: number): CachedVersions | undefined;
  /** However old. */
  last(key: string): CachedVersions | undefined;
  put(key: string, found: CachedVersions): void;
  /** Replaces the file; two processes at once lose an entry at most. */
  save(): Promise<void>;
}

export async function openVersionCache(file: string): Promise<VersionCache> {
  const entries = new Map<string, CachedVersions>(Object.entries(parse(await readIfThere(file).catch(() => undefined))));
  return {
    fresh(key, now, maxAgeMs) {
      const found = entries.get(key);
      // A clock that was set back must not keep an entry for ever.
      return found !== undefined && found.checkedAt <= now && now - found.checkedAt < maxAgeMs ? found : undefined;
    },
    last: (key) => entries.get(key),
    put: (key, found) => void entries.set(key, found),
    async save() {
      await mkdir(dirname(file), { recursive: true });
      const draft = `${file}.${process.pid}.${randomBytes(4).toString("hex")}`;
      await writeFile(draft, `${JSON.stringify(Object.fromEntries(entries), null, 2)}\n`, { mode: 0o600 });
      await rename(draft, file);
    },
  };
}

function parse(text: string | undefined): Record<string, CachedVersions> {
  try {
    const value = JSON.parse(text ?? "{}") as Record<string, Partial<CachedVersions>>;
    const good = Object.entries(value).filter(
      ([, entry]) =>
        typeof entry.checkedAt === "number" &&
        Array.isArray(entry.versions) &&
        entry.versions.every((item) => typeof item === "string"),
    );
    return Object.fromEntries(good) as Record<string, CachedVersions>;
  } catch {
    return {};
  }
}
