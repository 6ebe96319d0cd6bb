/**
 * What happens to all runs, for those who watch everything: the last events in memory, each with a number. A reader that comes back goes on
 * where it was; when what it missed is not there any more, it is told so. One that reads slowly misses events, and is told; nobody waits.
 */

import type { StreamMessage } from "@provisioning/api";
import type { Instant, RunDefinition, RunEvent, RunId } from "@provisioning/model";
import type { RunStore } from "@provisioning/storage";

interface Entry {
  readonly number: number;
  readonly run: RunId;
  readonly version: number;
  readonly event: ToldEvent;
}

/** Without the definition: whoever wants that reads the run, and so many of them would fill the memory. */
type ToldEvent =
  | Exclude<RunEvent, { readonly definition: RunDefinition }>
  | { readonly type: "runSubmitted"; readonly at: Instant };

export class EventHub {
  /** A ring: entry n is at n % kept. */
  readonly #entries: Entry[] = [];
  readonly #readers = new Set<() => void>();
  readonly #stop: () => void;
  /** Tells the numbers of this process from those of the one before. */
  readonly #epoch: string;
  readonly #kept: number;
  #last = 0;

  /** @param kept events that stay in memory */
  constructor(runs: RunStore, epoch: string, kept: number) {
    this.#epoch = epoch;
    this.#kept = kept;
    this.#stop = runs.watch(({ runId, version, events }) => {
      events.forEach((event, index) => {
        this.#last += 1;
        const number = this.#last;
        this.#entries[number % this.#kept] = {
          number,
          run: runId,
          version: version - events.length + index + 1,
          event: toldOf(event),
        };
      });
      for (const wake of this.#readers) wake();
    });
  }

  get last(): number {
    return this.#last;
  }

  close(): void {
    this.#stop();
    for (const wake of this.#readers) wake();
  }

  /** @param after an id of an earlier message; absent: only what comes now */
  async *follow(after: string | undefined, signal: AbortSignal): AsyncGenerator<readonly StreamMessage[]> {
    const [epoch, number] = after?.split(":") ?? [];
    let at = epoch === this.#epoch ? Math.min(Number(number) || 0, this.#last) : this.#last;
    if (after !== undefined && epoch !== this.#epoch) yield [gap({ reason: "the service began anew" })];
    while (!signal.aborted) {
      const oldest = Math.max(this.#last - this.#kept, 0);
      if (at < oldest) {
        yield [gap({ reason: "too far behind", missed: oldest - at })];
        at = oldest;
      }
      if (at === this.#last) {
        await this.#more(signal);
        continue;
      }
      const messages: StreamMessage[] = [];
      for (const end = Math.min(this.#last, at + BATCH); at < end; ) {
        at += 1;
        const entry = this.#entries[at % this.#kept];
        if (entry?.number === at) messages.push({ id: `${this.#epoch}:${at}`, event: entry.event.type, data: dataOf(entry) });
      }
      yield messages;
    }
  }

  #more(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        this.#readers.delete(done);
        signal.removeEventListener("abort", done);
        resolve();
      };
      this.#readers.add(done);
      signal.addEventListener("abort", done, { once: true });
    });
  }
}

const BATCH = 500;

function toldOf(event: RunEvent): ToldEvent {
  return event.type === "runSubmitted" ? { type: event.type, at: event.at } : event;
}

function dataOf({ run, version, event }: Entry): string {
  return JSON.stringify({ run, version, ...event });
}

function gap(content: object): StreamMessage {
  return { event: "gap", data: JSON.stringify(content) };
}
