/**
 * The events of one run in memory. While the run goes on they are objects; of a run that ended they are kept as the text that was written of
 * them, because a store holds many of those, nobody looks at most of them again, and text costs the garbage collector next to nothing.
 */

import type { RunEvent } from "@provisioning/model";

export class EventList {
  /** Absent while they are kept as text. */
  #events: RunEvent[] | undefined;
  /** Records with all of them, in order; absent when they are not known as text. */
  #records: string[] | undefined;
  #length: number;

  constructor(events: readonly RunEvent[] = [], record?: string) {
    this.#events = [...events];
    this.#length = events.length;
    this.#records = record === undefined ? undefined : [record];
  }

  get length(): number {
    return this.#length;
  }

  /** A list of the caller's own. */
  toArray(): RunEvent[] {
    return this.#events === undefined ? read(this.#records ?? []) : this.#events.slice();
  }

  /** `record`: the JSON of an object with these `events`. */
  push(events: readonly RunEvent[], record?: string): void {
    this.#events ??= read(this.#records ?? []);
    for (const event of events) this.#events.push(event);
    this.#length += events.length;
    if (record === undefined) this.#records = undefined;
    else this.#records?.push(record);
  }

  /** No more are to be expected soon. */
  rest(): void {
    if (this.#records !== undefined) this.#events = undefined;
  }

  /** The first ones are kept somewhere else from now on. */
  dropFirst(count: number): void {
    this.#events = count >= this.#length ? [] : this.toArray().slice(count);
    this.#length = this.#events.length;
    this.#records = this.#length === 0 ? [] : undefined;
    if (this.#length === 0) this.rest();
  }
}

function read(records: readonly string[]): RunEvent[] {
  return records.flatMap((record) => (JSON.parse(record) as { readonly events: readonly RunEvent[] }).events);
}
