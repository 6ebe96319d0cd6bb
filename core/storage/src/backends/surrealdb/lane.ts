/**
 * Writes commands in groups: while one group is under way, all further commands gather in the next one, so that many share one request,
 * one transaction and one sync. A group is one statement; each command in it succeeds or is refused on its own.
 *
 * Exactly once: the results of a group are stored with its effects, under a number that grows. When an answer is lost the same group is sent
 * again; if it was done before, the stored results come back. A group that the database still works on and its repetition write the
 * same record, so only one of them can be committed.
 */

import { randomUUID } from "node:crypto";
import { StoreClosedError } from "../../errors.js";
import type { Bindings, Database } from "./database.js";
import { AnswerLostError, ConflictError } from "./errors.js";
import { COMMANDS, WAKE } from "./functions.js";

export type CommandName = keyof typeof COMMANDS;

interface Command {
  readonly name: CommandName;
  readonly input: Bindings;
  readonly bytes: number;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** Bounds how long a group keeps the next one waiting. */
const MOST_COMMANDS = 128;
const MOST_BYTES = 4 * 1024 * 1024;

/** After so many conflicts each command of a group goes alone. */
const CONFLICTS_TOGETHER = 3;

export class Lane {
  readonly #database: Database;
  readonly #lost: () => Error | undefined;
  readonly #session = randomUUID();
  readonly #waiting: Command[] = [];
  #group = 0;
  #working: Promise<void> | undefined;
  #isClosed = false;

  /** `lost`: why nothing may be written any more. */
  constructor(database: Database, lost: () => Error | undefined = () => undefined) {
    this.#database = database;
    this.#lost = lost;
  }

  /** Durable before it resolves. `bytes`: about how large the input is. @throws StoreFailedError, StoreDeniedError, StoreClosedError */
  do(name: CommandName, input: Bindings, bytes = 0): Promise<unknown> {
    if (this.#isClosed) throw new StoreClosedError();
    const lost = this.#lost();
    if (lost !== undefined) throw lost;
    return new Promise((resolve, reject) => {
      this.#waiting.push({ name, input, bytes, resolve, reject });
      this.#working ??= this.#work();
    });
  }

  /** Finishes what was begun. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#working;
    if (this.#group > 0) {
      await this.#database.once("DELETE type::record('session', $lane) RETURN NONE", { lane: this.#session }).catch(() => {});
    }
  }

  async #work(): Promise<void> {
    // What is asked for in the same turn shares the first group.
    await Promise.resolve();
    while (this.#waiting.length > 0) await this.#settle(this.#take());
    this.#working = undefined;
  }

  #take(): readonly Command[] {
    let bytes = 0;
    let count = 0;
    for (const command of this.#waiting) {
      bytes += command.bytes;
      if (count > 0 && (count === MOST_COMMANDS || bytes > MOST_BYTES)) break;
      count += 1;
    }
    return this.#waiting.splice(0, count);
  }

  async #settle(commands: readonly Command[]): Promise<void> {
    const attempt = new Attempt(this.#database, commands, this.#session, (this.#group += 1));
    try {
      const results = await attempt.perform();
      commands.forEach((command, index) => command.resolve(results[index]));
    } catch (error) {
      if (commands.length > 1 && attempt.isUndone && !(error instanceof StoreClosedError)) {
        for (const command of commands) await this.#settle([command]);
      } else {
        for (const command of commands) command.reject(error);
      }
    }
  }
}

/** One group on its way. */
class Attempt {
  readonly #database: Database;
  readonly #isAlone: boolean;
  readonly #text: string;
  readonly #bindings: Bindings;
  /** Surely nothing of it was done. */
  isUndone = true;

  constructor(database: Database, commands: readonly Command[], session: string, number: number) {
    this.#database = database;
    this.#isAlone = commands.length === 1;
    this.#text = groupText(commands);
    this.#bindings = { lane: session, number, ...Object.fromEntries(commands.map(({ input }, index) => [`p${index}`, input])) };
  }

  perform(): Promise<readonly unknown[]> {
    let conflicts = 0;
    return this.#database.repeat(async () => {
      try {
        const [results] = await this.#database.once(this.#text, this.#bindings);
        return results as readonly unknown[];
      } catch (error) {
        if (error instanceof AnswerLostError) this.isUndone = false;
        if (error instanceof ConflictError && !this.#isAlone && this.isUndone) {
          conflicts += 1;
          if (conflicts === CONFLICTS_TOGETHER) throw new Error("too many conflicts", { cause: error });
        }
        throw error;
      }
    });
  }
}

function groupText(commands: readonly Command[]): string {
  const calls = commands.map(({ name }, index) => `${COMMANDS[name]}($p${index})`).join(", ");
  const wake = commands.some(({ name }) => name === "claim") ? `${WAKE}();` : "";
  return `{
    LET $memory = type::record('session', $lane);
    LET $last = (SELECT number, results FROM ONLY $memory);
    IF $last.number = $number { RETURN $last.results };
    IF $last.number > $number { THROW 'a later group was done already' };
    ${wake}
    LET $results = [${calls}];
    UPSERT $memory CONTENT { number: $number, results: $results, at: time::now() } RETURN NONE;
    RETURN $results;
  }`;
}
