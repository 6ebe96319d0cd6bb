/**
 * Requests with an idempotency key: one after the other for each key, and each done once. What became a task is found again by the task;
 * what was answered at once is answered again from what was kept. An attempt that failed leaves the key free, so that it can be repeated.
 */

import { IdempotencyConflictError, type IdempotencyKeys, type RequestKey } from "../idempotency.js";
import type { KeptAnswers } from "../kept-answers.js";
import type { Answer } from "./endpoint.js";

export interface OnceOptions {
  readonly keys: IdempotencyKeys;
  readonly answers: KeptAnswers;
  /** Of those who only looked: there are many, and they must not take the place of the others. */
  readonly readings: KeptAnswers;
  /** Told of an answer that cannot be kept; it is given all the same. */
  readonly onTrouble: (error: unknown) => void;
}

export interface Serving {
  /** Otherwise what changes something is a task, and what is answered at once only looks. */
  readonly changesAtOnce: boolean;
  /** Calls what it is given when the request is a task by now, so that whoever repeats it may look at that too. */
  readonly serve: (isTask: () => void) => Promise<Answer>;
}

interface Turn {
  readonly digest: string;
  readonly over: Promise<void>;
}

const ACCEPTED = 202;

export class Once {
  readonly #options: OnceOptions;
  readonly #underWay = new Map<string, Turn>();

  constructor(options: OnceOptions) {
    this.#options = options;
  }

  /** @throws ProvisioningError IDEMPOTENCY_CONFLICT, IDEMPOTENCY_UNDER_WAY, IDEMPOTENCY_ANSWER_GONE; what `serve` throws */
  async answer(key: RequestKey, { changesAtOnce, serve }: Serving): Promise<Answer> {
    const { answers, readings, keys } = this.#options;
    for (let before = this.#underWay.get(key.name); before !== undefined; before = this.#underWay.get(key.name)) {
      if (before.digest !== key.digest) throw new IdempotencyConflictError();
      await before.over;
    }
    const end = this.#begin(key);
    let isTask = false;
    let endTurn: (() => Promise<void>) | undefined;
    try {
      // To look twice does no harm.
      if (changesAtOnce) endTurn = await keys.takeTurn(key);
      const kept = (await answers.find(key)) ?? (await readings.find(key));
      if (kept !== undefined) return kept;
      await keys.assertUsable(key);
      const answer = await serve(() => {
        isTask = true;
        void endTurn?.();
        end();
      });
      if (!isTask && "body" in answer && answer.status !== ACCEPTED) await this.#keep(key, answer, changesAtOnce);
      return answer;
    } finally {
      void endTurn?.();
      end();
    }
  }

  #begin({ name, digest }: RequestKey): () => void {
    let wake = () => {};
    const over = new Promise<void>((resolve) => {
      wake = resolve;
    });
    const turn = { digest, over };
    this.#underWay.set(name, turn);
    return () => {
      if (this.#underWay.get(name) === turn) this.#underWay.delete(name);
      wake();
    };
  }

  async #keep(key: RequestKey, answer: Extract<Answer, { body: unknown }>, changesAtOnce: boolean): Promise<void> {
    const { answers, readings, keys, onTrouble } = this.#options;
    const keeping = changesAtOnce ? [answers.keep(key, answer), keys.markAnswered(key)] : [readings.keep(key, answer)];
    await Promise.all(keeping).catch(onTrouble);
  }
}
