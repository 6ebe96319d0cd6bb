/** How many runs wait or run, counted along from what the store tells. */

import type { RunEvent, RunId } from "@provisioning/model";
import type { RunStore } from "@provisioning/storage";

export class Backlog {
  readonly #open = new Set<RunId>();
  readonly #stop: () => void;

  private constructor(runs: RunStore) {
    this.#stop = runs.watch(
      ({ runId, events }) => {
        for (const { type } of events) {
          if (type === "runEnded") this.#open.delete(runId);
          else if (type === "runSubmitted" || type === "runRetried") this.#open.add(runId);
        }
      },
      undefined,
      COUNTED,
    );
  }

  static async open(runs: RunStore): Promise<Backlog> {
    const backlog = new Backlog(runs);
    let cursor: string | undefined;
    do {
      const page = await runs.list({
        status: ["pending", "running", "rollingBack", "paused"],
        limit: 1000,
        ...(cursor === undefined ? {} : { cursor }),
      });
      for (const { id } of page.runs) backlog.#open.add(id);
      cursor = page.next;
    } while (cursor !== undefined);
    return backlog;
  }

  get size(): number {
    return this.#open.size;
  }

  close(): void {
    this.#stop();
  }
}

const COUNTED: ReadonlySet<RunEvent["type"]> = new Set<RunEvent["type"]>(["runSubmitted", "runEnded", "runRetried"]);
