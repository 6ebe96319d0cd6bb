/**
 * Carries commands to the database in groups: while one group is under way, all further commands gather in the next one, so that many share one request,
 * one transaction and one sync. A group is one statement; each command in it succeeds or is refused on its own.
 *
 * Exactly once, where answers can be lost: the results of a group are stored with its effects, under a number that grows. When an answer
 * is lost the same group is sent again; if it was done before, the stored results come back. A group that the database still works on and
 * its repetition write the same record, so only one of them can be committed.
 */

import { randomUUID } from "node:crypto";
import type { RunEvent, RunId } from "@provisioning/model";
import { StoreClosedError } from "../../errors.js";
import type { Version } from "../../ports/run-store.js";
import type { Bindings, Database } from "./database.js";
import { AnswerLostError, ConflictError } from "./errors.js";
import { COMMANDS, WAKE } from "./functions.js";

export type CommandName = keyof typeof COMMANDS;

/** What others are told of when it is done: in run `run` there are `count` events more, `version` in all. */
export interface Hint {
  readonly run: RunId;
  readonly version: Version;
  readonly count: number;
  readonly types: readonly RunEvent["type"][];
}

interface Command {
  readonly name: CommandName;
  readonly input: Bindings;
  readonly bytes: number;
  readonly hint: Hint | undefined;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** Bounds how long a group keeps the next one waiting. */
const MOST_COMMANDS = 128;
const MOST_BYTES = 4 * 1024 * 1024;

/** After so many conflicts each command of a group goes alone. */
const CONFLICTS_TOGETHER = 3;

/** `remember`: writes whose results are stored with their effects; not needed where answers cannot be lost. */
export type LaneKind = "read" | "write" | "remember";

export interface LaneOptions {
  readonly database: Database;
  readonly kind: LaneKind;
  /** Stands beside what is remembered. */
  readonly writer?: string;
  /** Why nothing may be written any more. */
  readonly lost?: () => Error | undefined;
}

export class Lane {
  readonly #database: Database;
  readonly #kind: LaneKind;
  readonly #writer: string;
  readonly #lost: () => Error | undefined;
  readonly #session = randomUUID();
  readonly #waiting: Command[] = [];
  #group = 0;
  #working: Promise<void> | undefined;
  #isClosed = false;

  constructor({ database, kind, writer = "", lost = () => undefined }: LaneOptions) {
    this.#database = database;
    this.#kind = kind;
    this.#writer = writer;
    this.#lost = lost;
  }

  /** Durable before it resolves. `bytes`: about how large the input is. @throws StoreFailedError, StoreDeniedError, StoreClosedError */
  do(name: CommandName, input: Bindings, bytes = 0, hint?: Hint): Promise<unknown> {
    if (this.#isClosed) throw new StoreClosedError();
    const lost = this.#lost();
    if (lost !== undefined) throw lost;
    return new Promise((resolve, reject) => {
      this.#waiting.push({ name, input, bytes, hint, resolve, reject });
      this.#working ??= this.#work();
    });
  }

  /** Finishes what was begun. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#working;
    if (this.#kind === "remember" && this.#group > 0) {
      await this.#database.once("DELETE type::record('session', $lane) RETURN NONE", { lane: this.#session }).catch(() => {});
    }
  }

  async #work(): Promise<void> {
    // What is asked for in the same turn shares the first group.
    await new Promise((resolve) => setImmediate(resolve));
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

  /** What is stored beside the results: `hints` is told to others by a live query (watch.ts). */
  #memoryOf(commands: readonly Command[]): Bindings {
    const hints = commands.flatMap(({ hint }) => hint ?? []);
    return { lane: this.#session, number: this.#group, writer: this.#writer, hints: hints.length === 0 ? undefined : hints };
  }

  async #settle(commands: readonly Command[]): Promise<void> {
    this.#group += 1;
    const text = TEXT_OF[this.#kind](commands);
    const memory = this.#kind === "remember" ? this.#memoryOf(commands) : {};
    const bindings = { ...inputsOf(commands), ...memory };
    const attempt = new Attempt(this.#database, text, bindings, commands.length === 1);
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

  constructor(database: Database, text: string, bindings: Bindings, isAlone: boolean) {
    this.#database = database;
    this.#isAlone = isAlone;
    this.#text = text;
    this.#bindings = bindings;
  }

  perform(): Promise<readonly unknown[]> {
    let conflicts = 0;
    return this.#database.repeat(async () => {
      try {
        const answers = await this.#database.once(this.#text, this.#bindings);
        return answers.find((answer) => Array.isArray(answer)) as readonly unknown[];
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

function inputsOf(commands: readonly Command[]): Bindings {
  return Object.fromEntries(commands.map(({ input }, index) => [`p${index}`, input]));
}

function callsOf(commands: readonly Command[]): string {
  return `[${commands.map(({ name }, index) => `${COMMANDS[name]}($p${index})`).join(", ")}]`;
}

function wakeIfClaimed(commands: readonly Command[]): string {
  return commands.some(({ name }) => name === "claim") ? `${WAKE}();` : "";
}

function readText(commands: readonly Command[]): string {
  return `{ RETURN ${callsOf(commands)}; }`;
}

/** Without `BEGIN` the database takes what only calls functions for reading. */
function writeText(commands: readonly Command[]): string {
  return `BEGIN; ${wakeIfClaimed(commands)} RETURN ${callsOf(commands)}; COMMIT`;
}

function rememberedText(commands: readonly Command[]): string {
  return `{
    LET $memory = type::record('session', $lane);
    LET $last = (SELECT number, results FROM ONLY $memory);
    IF $last.number = $number { RETURN $last.results };
    IF $last.number > $number { THROW 'a later group was done already' };
    ${wakeIfClaimed(commands)}
    LET $results = ${callsOf(commands)};
    UPSERT $memory CONTENT { number: $number, results: $results, writer: $writer, hints: $hints, at: time::now() } RETURN NONE;
    RETURN $results;
  }`;
}

const TEXT_OF: Readonly<Record<LaneKind, (commands: readonly Command[]) => string>> = {
  read: readText,
  write: writeText,
  remember: rememberedText,
};
