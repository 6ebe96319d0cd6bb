/** People at their desks: they submit runs and ask for things at random moments, and are told yes or no. */

import { type OperationId, ProvisioningError, type RunId, type SlotNeed } from "@provisioning/model";
import type { Engine } from "../../engine.js";
import { isEnded } from "../../state.js";
import type { Judge } from "./judge.js";
import { short } from "./judge.js";
import { randomRun } from "./random-run.js";
import type { EngineProcess } from "./simulated-worker.js";
import { SIMULATION_START, type World } from "./world.js";

export type Wish = "execute" | "cancel" | "pause" | "resume" | "pass" | "retry" | "retryFrom" | "rollback" | "look";

export const WISHES: Readonly<Record<Wish, number>> = {
  execute: 1,
  cancel: 2,
  pause: 3,
  resume: 4,
  pass: 2,
  retry: 4,
  retryFrom: 2,
  rollback: 3,
  look: 1,
};

export interface PeopleOptions {
  readonly world: World;
  readonly judge: Judge;
  readonly slots: readonly SlotNeed[];
  readonly maxOperations: number;
}

/** Answers that a person may get. Anything else is a bug. */
const EXPECTED: ReadonlySet<string> = new Set([
  "RUN_STATUS",
  "OPERATION_STATUS",
  "RUN_NOT_ENDED",
  "RUN_NOT_FOUND",
  "LEASE_HELD",
  "LEASE_LOST",
  "STORE_FAILED",
]);

export function isExpected(error: unknown): boolean {
  return error instanceof ProvisioningError && EXPECTED.has(error.code);
}

export class People {
  readonly #options: PeopleOptions;
  readonly #known: RunId[] = [];
  #submitted = 0;
  #last: RunId | undefined;

  constructor(options: PeopleOptions) {
    this.#options = options;
  }

  /** Runs that were submitted or tried to be. */
  get known(): readonly RunId[] {
    return this.#known;
  }

  /** Submits until it is acknowledged, the same definition again and again, as a client with an idempotency key does. */
  async submit({ process, engine }: EngineProcess): Promise<void> {
    const { world, judge, slots, maxOperations } = this.#options;
    this.#submitted += 1;
    const runId = runIdOf(this.#submitted);
    this.#known.push(runId);
    const definition = randomRun({
      random: world.random,
      runId,
      createdAt: process.clock.now(),
      now: world.now,
      maxOperations,
      slots,
    });
    for (;;) {
      try {
        await engine.submit(definition);
        return judge.acknowledged(runId, "submitted");
      } catch (error) {
        if (!isExpected(error)) return world.fail(error);
        await process.clock.sleep(1_000);
      }
    }
  }

  /** Of any run. */
  async ask(desk: EngineProcess, wish: Wish): Promise<void> {
    if (this.#known.length === 0) return;
    this.#last = this.#options.world.random.pick(this.#known);
    await this.#ask(desk, this.#last, wish);
  }

  /** Of the run that somebody asked for last, so that requests meet. */
  async askAgain(desk: EngineProcess, wish: Wish): Promise<void> {
    if (this.#last !== undefined) await this.#ask(desk, this.#last, wish);
  }

  async #ask(desk: EngineProcess, runId: RunId, wish: Wish): Promise<void> {
    const { world } = this.#options;
    try {
      const answer = await this.#grant(desk, runId, wish);
      world.note(desk.process.name, `${wish} ${short(runId)}: ${answer}`);
    } catch (error) {
      if (!isExpected(error)) return world.fail(error);
      world.note(desk.process.name, `${wish} ${short(runId)}: ${(error as ProvisioningError).code}`);
    }
  }

  async #grant({ engine, handlers, process }: EngineProcess, runId: RunId, wish: Wish): Promise<string> {
    const { judge } = this.#options;
    const by = process.name;
    switch (wish) {
      case "execute":
        return (await engine.execute(runId, { handlers })).status;
      case "cancel": {
        const before = await engine.state(runId);
        const after = await engine.cancel(runId, by, "simulated");
        if (!isEnded(before) && !isEnded(after)) judge.acknowledged(runId, "cancelRequested");
        return after.status;
      }
      case "pause":
        return (await engine.pause(runId, by, "simulated")).status;
      case "resume":
        return (await engine.resume(runId, by)).status;
      case "pass":
        return (await engine.pass(runId, await this.#anyOperation(engine, runId), by)).status;
      case "retry":
        return (await engine.retry(runId, by)).status;
      case "retryFrom":
        return (await engine.retry(runId, by, [await this.#anyOperation(engine, runId)])).status;
      case "rollback":
        return (await engine.rollback(runId, { by, handlers, ...(await this.#anyCheckpoint(engine, runId)) })).status;
      case "look":
        return (await engine.state(runId)).status;
    }
  }

  async #anyOperation(engine: Engine, runId: RunId): Promise<OperationId> {
    const { definition } = await engine.state(runId);
    return this.#options.world.random.pick(definition.operations).id;
  }

  async #anyCheckpoint(engine: Engine, runId: RunId): Promise<{ readonly toCheckpoint?: number }> {
    const { checkpoints } = await engine.state(runId);
    const { random } = this.#options.world;
    return checkpoints.size > 0 && random.chance(0.5) ? { toCheckpoint: random.int(1, checkpoints.size) } : {};
  }
}

/** As real ids are: they sort by the time they were made. */
function runIdOf(number: number): RunId {
  return `${SIMULATION_START.toString(16)
    .padStart(12, "0")
    .replace(/^(.{8})/, "$1-")}-7000-8000-${number.toString(16).padStart(12, "0")}` as RunId;
}
