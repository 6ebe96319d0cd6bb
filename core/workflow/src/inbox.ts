/**
 * What came in for a run since it was last decided on: results of attempts, requests, and what handlers saw before they did anything. Taken together for
 * one round, and put back when the events of that round could not be stored.
 */

import type { RunEvent } from "@provisioning/model";
import type { Inspection } from "./call.js";
import type { Draft, Finished } from "./phase.js";

type Note = Inspection & { readonly settle: () => void };

export interface News {
  readonly finished: readonly Finished[];
  readonly requests: readonly RunEvent[];
  readonly notes: readonly Note[];
}

export class Inbox {
  readonly #onNews: () => void;
  readonly #finished: Finished[] = [];
  readonly #requests: RunEvent[] = [];
  readonly #notes: Note[] = [];

  constructor(onNews: () => void) {
    this.#onNews = onNews;
  }

  /** Places of operations whose results were not decided on yet. */
  get unsettled(): readonly number[] {
    return this.#finished.map(({ index }) => index);
  }

  finished(finished: Finished): void {
    this.#finished.push(finished);
    this.#onNews();
  }

  requested(request: RunEvent): void {
    this.#requests.push(request);
    this.#onNews();
  }

  /** Resolves when it is stored, or when the attempt turned out to be over. */
  inspected(inspection: Inspection): Promise<void> {
    return new Promise((settle) => {
      this.#notes.push({ ...inspection, settle });
      this.#onNews();
    });
  }

  take(): News {
    return { finished: takeAll(this.#finished), requests: takeAll(this.#requests), notes: takeAll(this.#notes) };
  }

  putBack({ finished, requests, notes }: News): void {
    this.#finished.unshift(...finished);
    this.#requests.unshift(...requests);
    this.#notes.unshift(...notes);
  }
}

const NONE: readonly never[] = [];

function takeAll<T>(list: T[]): readonly T[] {
  return list.length === 0 ? NONE : list.splice(0);
}

/** What was not decided by the phase: requests, and what was seen unless the attempt was given up meanwhile. */
export function addNews(draft: Draft, { requests, notes }: News): void {
  for (const { operation, attempt, found } of notes) {
    const state = draft.state.operations.get(operation);
    if (state.status !== "running" || state.attempt !== attempt || state.trace?.before !== undefined) continue;
    draft.add({ type: "operationInspected", at: draft.now, operation, found });
  }
  for (const request of requests) draft.add(request);
}
