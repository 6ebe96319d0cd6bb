/** One connection for each server, shared by operations and closed when nobody used it for a while. */

import { invariant } from "@provisioning/model";
import type { Connection } from "./connection.js";

export interface ConnectionPool {
  /**
   * Lends the connection of a server, opened when there is none. A broken one is replaced for the next user.
   * `key` names the server and everything the connection depends on (address, host key, user).
   */
  use<Result>(key: string, open: () => Promise<Connection>, work: (connection: Connection) => Promise<Result>): Promise<Result>;
  /** Closes all; refuses further use. */
  close(): Promise<void>;
}

interface Entry {
  readonly opening: Promise<Connection>;
  users: number;
  idle?: NodeJS.Timeout;
}

/** @param idleMs how long an unused connection stays open; default 60 s. An idle connection does not keep the process alive. */
export function createConnectionPool({ idleMs = 60_000 }: { readonly idleMs?: number } = {}): ConnectionPool {
  const entries = new Map<string, Entry>();
  let closed = false;

  const drop = async (key: string, entry: Entry): Promise<void> => {
    if (entries.get(key) === entry) entries.delete(key);
    clearTimeout(entry.idle);
    const connection = await entry.opening.catch(() => undefined);
    await connection?.close();
  };
  const release = async (key: string, entry: Entry): Promise<void> => {
    entry.users -= 1;
    if (entry.users > 0) return;
    const connection = await entry.opening.catch(() => undefined);
    if (!connection?.isOpen || closed) return drop(key, entry);
    entry.idle = setTimeout(() => void drop(key, entry), idleMs);
    entry.idle.unref();
  };
  const obtain = async (key: string, open: () => Promise<Connection>): Promise<Entry> => {
    const existing = entries.get(key);
    if (existing) {
      existing.users += 1;
      clearTimeout(existing.idle);
      const connection = await existing.opening.catch(() => undefined);
      if (connection?.isOpen) return existing;
      existing.users -= 1;
      if (entries.get(key) === existing) entries.delete(key);
      return obtain(key, open);
    }
    const entry: Entry = { opening: open(), users: 1 };
    entries.set(key, entry);
    return entry;
  };

  return {
    async use(key, open, work) {
      invariant(!closed, "the connection pool is closed");
      const entry = await obtain(key, open);
      try {
        return await work(await entry.opening);
      } finally {
        await release(key, entry);
      }
    },
    async close() {
      closed = true;
      await Promise.all([...entries].map(([key, entry]) => drop(key, entry)));
    },
  };
}
