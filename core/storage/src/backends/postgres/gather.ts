/**
 * Many small requests in few statements: while one statement is under way, what is asked meanwhile gathers for the next one. One round
 * trip, one plan and one sync of the database's log serve all of them, and a single request waits for nobody.
 */

import { isRefusedContent } from "./errors.js";

export interface GatherOptions<Request, Answer> {
  /** One answer for each request, in their order. */
  readonly perform: (requests: readonly Request[]) => Promise<readonly Answer[]>;
  /** Requests of one key never share a statement; they are performed in the order in which they were asked. */
  readonly keyOf?: (request: Request) => string;
  /** How large a request is. Default: each counts nothing. */
  readonly bytesOf?: (request: Request) => number;
}

interface Waiting<Request, Answer> {
  readonly request: Request;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}

/** More in one statement make it no cheaper for each, and hold rows for longer. */
const MOST_REQUESTS = 100;
const MOST_BYTES = 1024 * 1024;

export class Gather<Request, Answer> {
  readonly #options: GatherOptions<Request, Answer>;
  #waiting: Waiting<Request, Answer>[] = [];
  #isBusy = false;
  readonly #onIdle: (() => void)[] = [];

  constructor(options: GatherOptions<Request, Answer>) {
    this.#options = options;
  }

  ask(request: Request): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ request, resolve, reject });
      if (this.#isBusy) return;
      this.#isBusy = true;
      // Whatever else is asked in this turn goes along.
      setImmediate(() => void this.#work());
    });
  }

  /** Resolves when nothing is waiting or under way. */
  async settled(): Promise<void> {
    if (this.#isBusy) await new Promise<void>((resolve) => this.#onIdle.push(resolve));
  }

  async #work(): Promise<void> {
    while (this.#waiting.length > 0) await this.#perform(this.#take());
    this.#isBusy = false;
    for (const resolve of this.#onIdle.splice(0)) resolve();
  }

  #take(): readonly Waiting<Request, Answer>[] {
    const { keyOf, bytesOf = () => 0 } = this.#options;
    const taken: Waiting<Request, Answer>[] = [];
    const left: Waiting<Request, Answer>[] = [];
    const keys = new Set<string>();
    let bytes = 0;
    for (const waiting of this.#waiting) {
      const key = keyOf?.(waiting.request);
      const isKeyFree = key === undefined || !keys.has(key);
      if (key !== undefined) keys.add(key);
      const size = bytesOf(waiting.request);
      const isRoom = taken.length === 0 || (taken.length < MOST_REQUESTS && bytes + size <= MOST_BYTES);
      if (!isKeyFree || !isRoom) {
        left.push(waiting);
        continue;
      }
      taken.push(waiting);
      bytes += size;
    }
    this.#waiting = left;
    return taken;
  }

  async #perform(taken: readonly Waiting<Request, Answer>[]): Promise<void> {
    try {
      const answers = await this.#options.perform(taken.map(({ request }) => request));
      taken.forEach(({ resolve }, index) => resolve(answers[index] as Answer));
    } catch (error) {
      // One request that cannot be stored must not take the others with it.
      if (taken.length > 1 && isRefusedContent(error)) for (const waiting of taken) await this.#perform([waiting]);
      else for (const { reject } of taken) reject(error);
    }
  }
}

/** A list as one parameter: no element may contain a line break, and an empty one is null. The database takes it apart again. */
export function lines(values: Iterable<string | number | undefined>): string {
  return Array.from(values, (value) => value ?? "").join("\n");
}
