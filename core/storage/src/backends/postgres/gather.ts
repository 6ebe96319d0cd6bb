/**
 * Many small requests in few statements: while one statement is under way, what is asked meanwhile gathers for the next one. One round
 * trip, one plan and one sync of the database's log serve all of them, and a single request waits for nobody.
 */

import { isRefusedContent } from "./errors.js";

export interface GatherOptions<Request, Answer> {
  /** One answer for each request, in their order. */
  readonly perform: (requests: readonly Request[]) => Promise<readonly Answer[]>;
  /** Requests of one key are never under way at the same time; they are performed in the order in which they were asked. */
  readonly keyOf?: (request: Request) => string;
  /** How large a request is. Default: each counts nothing. */
  readonly bytesOf?: (request: Request) => number;
  /**
   * Statements under way at the same time: while one waits for the disk, the next one works. Another one is begun only when enough waits for
   * it. Default 1.
   */
  readonly lanes?: number;
}

interface Waiting<Request, Answer> {
  readonly request: Request;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}

/** More in one statement make it hardly cheaper for each, and hold rows for longer. */
const MOST_REQUESTS = 100;
const MOST_BYTES = 1024 * 1024;
/** Where there are several lanes: so few that callers who all wait for each other's answers share more than one statement. */
const MOST_IN_A_LANE = 32;
/** For so many it is worth beginning a further statement. */
const ENOUGH = 8;

export class Gather<Request, Answer> {
  readonly #options: GatherOptions<Request, Answer>;
  #waiting: Waiting<Request, Answer>[] = [];
  #underWay = 0;
  readonly #keys = new Set<string>();
  #isScheduled = false;
  readonly #onIdle: (() => void)[] = [];

  constructor(options: GatherOptions<Request, Answer>) {
    this.#options = options;
  }

  ask(request: Request): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ request, resolve, reject });
      this.#schedule();
    });
  }

  /** Resolves when nothing is waiting or under way. */
  async settled(): Promise<void> {
    if (this.#isScheduled || this.#underWay > 0) await new Promise<void>((resolve) => this.#onIdle.push(resolve));
  }

  /** Whatever else is asked in this turn goes along. */
  #schedule(): void {
    if (this.#isScheduled || !this.#isLaneFree()) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      this.#begin();
    });
  }

  #isLaneFree(): boolean {
    if (this.#underWay === 0) return true;
    return this.#underWay < (this.#options.lanes ?? 1) && this.#waiting.length >= ENOUGH;
  }

  #begin(): void {
    while (this.#waiting.length > 0 && this.#isLaneFree()) {
      const taken = this.#take();
      if (taken.length === 0) return;
      void this.#work(taken);
    }
  }

  async #work(taken: readonly Waiting<Request, Answer>[]): Promise<void> {
    this.#underWay += 1;
    await this.#perform(taken);
    this.#underWay -= 1;
    const { keyOf } = this.#options;
    if (keyOf !== undefined) for (const { request } of taken) this.#keys.delete(keyOf(request));
    if (this.#waiting.length > 0) this.#schedule();
    else if (this.#underWay === 0) for (const resolve of this.#onIdle.splice(0)) resolve();
  }

  #take(): readonly Waiting<Request, Answer>[] {
    const { keyOf, bytesOf = () => 0, lanes = 1 } = this.#options;
    const most = lanes > 1 ? MOST_IN_A_LANE : MOST_REQUESTS;
    const taken: Waiting<Request, Answer>[] = [];
    const left: Waiting<Request, Answer>[] = [];
    const passed = new Set<string>();
    let bytes = 0;
    for (const waiting of this.#waiting) {
      const key = keyOf?.(waiting.request);
      const isKeyFree = key === undefined || !(this.#keys.has(key) || passed.has(key));
      const size = bytesOf(waiting.request);
      const isRoom = taken.length === 0 || (taken.length < most && bytes + size <= MOST_BYTES);
      if (!isKeyFree || !isRoom) {
        if (key !== undefined) passed.add(key);
        left.push(waiting);
        continue;
      }
      if (key !== undefined) this.#keys.add(key);
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
