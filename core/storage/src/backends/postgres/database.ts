/**
 * The connections to one database. A connection that broke takes its pool with it: what was left in its buffers must not be sent on a
 * new connection, and the next question opens a new pool. Connections are opened when they are needed.
 */

import { setTimeout as sleep } from "node:timers/promises";
import { ProvisioningError } from "@provisioning/model";
import type postgres from "postgres";
import { StoreClosedError, StoreFailedError } from "../../errors.js";
import { AnswerLostError, NothingDoneError, sortFailure } from "./errors.js";
import { connectionTo, type Target } from "./options.js";

export type Parameter = string | number | boolean | null;
export type Row = Readonly<Record<string, unknown>>;
type Client = postgres.Sql<{ bigint: number }>;

export interface DatabaseOptions {
  readonly connections: number;
  /** What an answered write has reached. `off`: only memory of the server, for what may be lost by its crash. */
  readonly synchronousCommit: "on" | "off";
  readonly readOnly?: boolean;
  /** How long the database may be gone before that is an error. Default 30 s: it is started again within that. */
  readonly patienceMs?: number;
  /** A server that says nothing for so long counts as gone. Default 30 s. */
  readonly answerWithinMs?: number;
}

const DEFAULT_PATIENCE_MS = 30_000;
const DEFAULT_ANSWER_WITHIN_MS = 30_000;
const UNREACHABLE_HINT = "Check that it runs and can be reached, then run the command again: it goes on where it was.";
const FIRST_PAUSE_MS = 20;
const LONGEST_PAUSE_MS = 1000;

export class Database {
  readonly location: string;
  readonly #connect: (onBroken: () => void) => Client;
  readonly #patienceMs: number;
  readonly #answerWithinMs: number;
  #client: Client | undefined;
  #ending: Promise<unknown>[] = [];
  #isClosed = false;

  constructor(library: typeof postgres, target: Target, options: DatabaseOptions) {
    this.location = target.location;
    this.#patienceMs = options.patienceMs ?? DEFAULT_PATIENCE_MS;
    this.#answerWithinMs = options.answerWithinMs ?? DEFAULT_ANSWER_WITHIN_MS;
    this.#connect = (onBroken) => connect(library, target, options, this.#answerWithinMs, onBroken);
  }

  /** For what may be done twice: a reading, or a writing that finds out that it was done. @throws StoreFailedError, StoreClosedError */
  ask<Answer extends Row>(statement: string, parameters: readonly Parameter[] = []): Promise<readonly Answer[]> {
    return this.persist(() => this.once<Answer>(statement, parameters));
  }

  /**
   * Tries again while the database is gone. `mayBeDone`: the answer to an earlier try was lost, so what it asked for may have been done,
   * or may still be. @throws StoreFailedError, StoreClosedError
   */
  async persist<Answer>(attempt: (mayBeDone: boolean) => Promise<Answer>): Promise<Answer> {
    const giveUpAt = performance.now() + this.#patienceMs;
    let mayBeDone = false;
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
      try {
        return await attempt(mayBeDone);
      } catch (error) {
        if (this.#isClosed) throw new StoreClosedError();
        if (error instanceof ProvisioningError) throw error;
        const isPassing = error instanceof AnswerLostError || error instanceof NothingDoneError;
        if (!isPassing) throw this.failed(error);
        if (performance.now() + pauseMs > giveUpAt) throw this.failed(error.cause);
        mayBeDone ||= error instanceof AnswerLostError;
      }
      await sleep(pauseMs * (0.5 + Math.random() / 2));
    }
  }

  /** One try. @throws AnswerLostError, NothingDoneError, StoreClosedError, and what the database says */
  async once<Answer extends Row>(statement: string, parameters: readonly Parameter[]): Promise<readonly Answer[]> {
    this.assertOpen();
    const client = (this.#client ??= this.#open());
    const silence = setTimeout(() => this.#drop(client, 0), this.#answerWithinMs);
    try {
      return await client.unsafe<Answer[]>(statement, [...parameters], { prepare: true });
    } catch (error) {
      throw sortFailure(error);
    } finally {
      clearTimeout(silence);
    }
  }

  /** Several statements in one transaction, on one connection. @throws as `once` */
  async transaction(work: (ask: (statement: string) => Promise<readonly Row[]>) => Promise<void>): Promise<void> {
    this.assertOpen();
    const client = (this.#client ??= this.#open());
    try {
      await client.begin((scope) => work((statement) => scope.unsafe<Row[]>(statement)));
    } catch (error) {
      throw sortFailure(error);
    }
  }

  /** @throws StoreClosedError */
  assertOpen(): void {
    if (this.#isClosed) throw new StoreClosedError();
  }

  /** What goes to callers who cannot do anything about it. */
  failed(cause: unknown, hint = UNREACHABLE_HINT): StoreFailedError {
    const reason = cause instanceof Error ? cause.message : String(cause);
    return new StoreFailedError(
      this.location,
      { cause },
      {
        message: `The database at ${this.location} failed: ${reason}.`,
        hint,
      },
    );
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    if (this.#client !== undefined) this.#drop(this.#client, CLOSE_WITHIN_S);
    await Promise.all(this.#ending);
  }

  #open(): Client {
    const client = this.#connect(() => this.#drop(client, BROKEN_WITHIN_S));
    return client;
  }

  /** What is still asked of it may be answered within the time; then its connections are cut. */
  #drop(client: Client, withinSeconds: number): void {
    if (this.#client === client) this.#client = undefined;
    const ended = client.end({ timeout: withinSeconds }).catch(() => {});
    this.#ending.push(ended);
    void ended.then(() => {
      this.#ending = this.#ending.filter((other) => other !== ended);
    });
  }
}

const CLOSE_WITHIN_S = 5;
/** The other connections of a pool that is given up may finish what they do. */
const BROKEN_WITHIN_S = 1;

function connect(
  library: typeof postgres,
  target: Target,
  { connections, synchronousCommit, readOnly = false }: DatabaseOptions,
  answerWithinMs: number,
  onBroken: () => void,
): Client {
  return library({
    ...connectionTo(target),
    max: connections,
    max_lifetime: null,
    connect_timeout: CONNECT_WITHIN_S,
    fetch_types: false,
    onnotice: () => {},
    onclose: onBroken,
    types: { bigint: INSTANTS_AND_TOKENS },
    connection: {
      application_name: "provisioning",
      search_path: target.schema,
      synchronous_commit: synchronousCommit,
      default_transaction_read_only: readOnly ? "on" : "off",
      statement_timeout: String(Math.round(answerWithinMs * SERVER_SHARE)),
      // Statements are planned once, perhaps while a table is empty: they must not go through all of it for ever.
      enable_seqscan: "off",
      jit: "off",
    } as Record<string, string>,
  }) as Client;
}

const CONNECT_WITHIN_S = 5;

/** The server gives up first, so that it can say so. */
const SERVER_SHARE = 0.9;

/** 64 bits in the database; milliseconds since the epoch and tokens fit into a number. */
const INSTANTS_AND_TOKENS = { to: 20, from: [20], parse: Number, serialize: String };
