/**
 * A connection to a database that is made anew when it was lost, with its user. Every request is one text with bindings; what it asks for
 * happens as a whole or not at all when it is one statement.
 */

import { setTimeout as sleep } from "node:timers/promises";
import { ProvisioningError } from "@provisioning/model";
import { StoreClosedError, StoreFailedError } from "../../errors.js";
import { AnswerLostError, ConflictError, DeniedError, sortFailure, StoreDeniedError } from "./errors.js";
import type { Target } from "./options.js";
import type { Surreal } from "./sdk.js";

export type Bindings = Readonly<Record<string, unknown>>;

export interface DatabaseOptions {
  readonly target: Target;
  readonly create: () => Surreal;
  readonly patienceMs?: number;
  readonly answerWithinMs?: number;
}

const DEFAULT_PATIENCE_MS = 20_000;
const DEFAULT_ANSWER_MS = 30_000;
const FIRST_PAUSE_MS = 5;
const LONGEST_PAUSE_MS = 500;

export class Database {
  readonly location: string;
  readonly #options: DatabaseOptions;
  readonly #onConnected = new Set<(connection: Surreal) => void>();
  #connection: Promise<Surreal> | undefined;
  #closing: Promise<void> | undefined;

  constructor(options: DatabaseOptions) {
    this.#options = options;
    this.location = options.target.location;
  }

  /**
   * The results of the statements. Asked once: what it did is unknown after `AnswerLostError`.
   * @throws AnswerLostError, ConflictError, DeniedError, StoreClosedError, and what the database says of a wrong text
   */
  async once(text: string, bindings: Bindings = {}): Promise<readonly unknown[]> {
    if (this.#closing !== undefined) throw new StoreClosedError();
    const connection = await this.connected();
    try {
      const answers = await this.#answered(connection.query(text, bindings).responses());
      return answers.map((answer) => {
        if (!answer.success) throw answer.error;
        return answer.result;
      });
    } catch (error) {
      const sorted = sortFailure(error);
      // A connection whose user is gone is as good as none.
      if (sorted instanceof AnswerLostError || sorted instanceof DeniedError) this.#drop(connection);
      throw sorted;
    }
  }

  /** For what may be done twice: asks until there is an answer. @throws StoreFailedError, StoreDeniedError, StoreClosedError */
  async ask(text: string, bindings: Bindings = {}): Promise<readonly unknown[]> {
    return this.repeat(() => this.once(text, bindings));
  }

  /** The same again after a conflict, and after a lost connection until patience ends. @throws StoreFailedError, StoreDeniedError */
  async repeat<T>(attempt: () => Promise<T>): Promise<T> {
    const { patienceMs = DEFAULT_PATIENCE_MS } = this.#options;
    const giveUpAt = performance.now() + patienceMs;
    let denials = 0;
    for (let round = 0; ; round += 1) {
      try {
        return await attempt();
      } catch (error) {
        if (error instanceof ProvisioningError) throw error;
        const mayPass = error instanceof ConflictError || error instanceof AnswerLostError || error instanceof DeniedError;
        if (error instanceof DeniedError) denials += 1;
        if (denials > 1) throw new StoreDeniedError(this.location, { cause: (error as Error).cause });
        if (!mayPass || performance.now() > giveUpAt) throw this.failed(error);
        await sleep(pauseMs(round));
      }
    }
  }

  failed(error: unknown): StoreFailedError {
    return new StoreFailedError(this.location, { cause: error });
  }

  /** `listener` is told now and of every new connection, until the returned function is called. Keeps being connected. */
  onConnected(listener: (connection: Surreal) => void): () => void {
    this.#onConnected.add(listener);
    this.#connection?.then(listener, () => {});
    void this.#stayConnected();
    return () => this.#onConnected.delete(listener);
  }

  close(): Promise<void> {
    return (this.#closing ??= this.#close());
  }

  async #close(): Promise<void> {
    const connection = await this.#connection?.catch(() => undefined);
    this.#connection = undefined;
    await connection?.close().catch(() => {});
  }

  connected(): Promise<Surreal> {
    if (this.#connection !== undefined) return this.#connection;
    const connection = this.#connect();
    this.#connection = connection;
    connection.then(
      (made) => {
        for (const listener of this.#onConnected) listener(made);
      },
      () => {
        if (this.#connection === connection) this.#connection = undefined;
      },
    );
    return connection;
  }

  async #connect(): Promise<Surreal> {
    const { create, target } = this.#options;
    const { url, namespace, database, authentication } = target;
    const made = create();
    // What the SDK promises is never settled when nobody answers.
    const failure = new Promise<never>((_, reject) => {
      made.subscribe("error", (error) => reject(error));
      made.subscribe("disconnected", () => reject(new AnswerLostError({ cause: new Error("nobody answers") })));
    });
    failure.catch(() => {});
    try {
      const options = { namespace, database, reconnect: false, versionCheck: false } as const;
      const connecting = made.connect(url, authentication === undefined ? options : { ...options, authentication });
      await this.#answered(Promise.race([connecting, failure]));
    } catch (error) {
      made.close().catch(() => {});
      throw error instanceof AnswerLostError ? error : sortFailure(error);
    }
    made.subscribe("disconnected", () => this.#drop(made));
    return made;
  }

  /** One that never comes counts as lost with its connection. */
  async #answered<T>(answer: Promise<T>): Promise<T> {
    const { answerWithinMs = DEFAULT_ANSWER_MS } = this.#options;
    const over = new AbortController();
    const silence = sleep(answerWithinMs, undefined, { signal: over.signal }).then(() => {
      throw new AnswerLostError({ cause: new Error(`no answer within ${answerWithinMs} ms`) });
    });
    silence.catch(() => {});
    try {
      return await Promise.race([answer, silence]);
    } finally {
      over.abort();
    }
  }

  #drop(connection: Surreal): void {
    const current = this.#connection;
    void current?.then(
      (made) => {
        if (made !== connection || this.#connection !== current || this.#closing !== undefined) return;
        this.#connection = undefined;
        made.close().catch(() => {});
        void this.#stayConnected();
      },
      () => {},
    );
  }

  /** While somebody listens, a connection that is gone is made again without being asked for. */
  async #stayConnected(): Promise<void> {
    for (let round = 0; this.#onConnected.size > 0 && this.#closing === undefined; round += 1) {
      try {
        await this.connected();
        return;
      } catch {
        await sleep(pauseMs(round), undefined, { ref: false });
      }
    }
  }
}

/** Longer each time, of which the upper half is random, so that those who got into each other's way part. */
function pauseMs(round: number): number {
  const longest = Math.min(FIRST_PAUSE_MS * 2 ** Math.min(round, 10), LONGEST_PAUSE_MS);
  return longest * (0.5 + Math.random() / 2);
}
