/** The logs of all tasks, one file each; open while somebody writes or reads them. */

import { access, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { isRunId, type RunId } from "@provisioning/model";
import { LineLog } from "./line-log.js";

export interface OpenLog {
  readonly log: LineLog;
  /** The file is closed with its last user. */
  release(): Promise<void>;
}

interface Entry {
  readonly opening: Promise<LineLog>;
  users: number;
}

const SUFFIX = ".ndjson";

export class TaskLogs {
  readonly #dir: string;
  readonly #entries = new Map<RunId, Entry>();

  constructor(dir: string) {
    this.#dir = dir;
  }

  fileOf(id: RunId): string {
    return join(this.#dir, `${id}${SUFFIX}`);
  }

  /** Made when it is missing. */
  async open(id: RunId): Promise<OpenLog> {
    const entry = this.#entries.get(id) ?? { opening: LineLog.open(this.fileOf(id)), users: 0 };
    this.#entries.set(id, entry);
    entry.users += 1;
    let isReleased = false;
    const release = async () => {
      if (isReleased) return;
      isReleased = true;
      entry.users -= 1;
      if (entry.users > 0) return;
      this.#entries.delete(id);
      await (await entry.opening).close();
    };
    try {
      return { log: await entry.opening, release };
    } catch (error) {
      this.#entries.delete(id);
      throw error;
    }
  }

  /** Absent when the task has written nothing, or nothing any more. */
  async openIfThere(id: RunId): Promise<OpenLog | undefined> {
    const isThere = await access(this.fileOf(id)).then(
      () => true,
      () => false,
    );
    return isThere ? this.open(id) : undefined;
  }

  /** Removes the logs of tasks that are not known any more. */
  async sweep(isKnown: (id: RunId) => Promise<boolean>): Promise<number> {
    let removed = 0;
    const names = await readdir(this.#dir).catch(() => []);
    for (const name of names) {
      const id = name.slice(0, -SUFFIX.length);
      if (!name.endsWith(SUFFIX) || !isRunId(id) || this.#entries.has(id) || (await isKnown(id))) continue;
      await rm(join(this.#dir, name), { force: true });
      removed += 1;
    }
    return removed;
  }
}
