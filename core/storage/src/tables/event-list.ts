/**
 * The events of one run in memory. While the run goes on they are objects; of a run that ended they are kept as the text that was written of
 * them, because a store holds many of those, nobody looks at most of them again, and text costs the garbage collector next to nothing.
 */

import type { RunEvent } from "@provisioning/model";

export class EventList {
  /** Absent while they are kept as text. */
  #events: RunEvent[] | undefined;
  /** JSON lists with all of them, in order; absent when they are not known as text. */
  #texts: string[] | undefined;
  #length: number;

  /** `text`: these events as a JSON list. */
  constructor(events: readonly RunEvent[] = [], text?: string) {
    this.#events = [...events];
    this.#length = events.length;
    this.#texts = text === undefined ? undefined : [text];
  }

  get length(): number {
    return this.#length;
  }

  /** A list of the caller's own. */
  toArray(): RunEvent[] {
    return this.#events === undefined ? read(this.#texts ?? []) : this.#events.slice();
  }

  /** `text`: these events as a JSON list. */
  push(events: readonly RunEvent[], text?: string): void {
    this.#events ??= read(this.#texts ?? []);
    for (const event of events) this.#events.push(event);
    this.#length += events.length;
    if (text === undefined) this.#texts = undefined;
    else this.#texts?.push(text);
  }

  /** The first ones as a JSON list. */
  toJson(count: number): string {
    if (this.#texts === undefined || count < this.#length) return JSON.stringify(this.toArray().slice(0, count));
    return `[${this.#texts.map((text) => text.slice(1, -1)).join(",")}]`;
  }

  /** No more are to be expected soon. */
  rest(): void {
    if (this.#texts !== undefined) this.#events = undefined;
  }

  /** The first ones are kept somewhere else from now on. */
  dropFirst(count: number): void {
    this.#events = count >= this.#length ? [] : this.toArray().slice(count);
    this.#length = this.#events.length;
    this.#texts = this.#length === 0 ? [] : undefined;
    if (this.#length === 0) this.rest();
  }
}

function read(texts: readonly string[]): RunEvent[] {
  return texts.flatMap((text) => JSON.parse(text) as readonly RunEvent[]);
}
