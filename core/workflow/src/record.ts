/** The one place where a run's events are written: durable first, then everybody is told. */

import type { FencingToken, RunEvent, RunId } from "@provisioning/model";
import { type RunStore, StaleTokenError, type Version, VersionConflictError } from "@provisioning/storage";
import { LeaseLostError } from "./errors.js";
import type { FaultPoint } from "./fault-point.js";
import { assertNotTakenOver, type RecoveredRun } from "./recover.js";
import { isWorkedOn, type RunState } from "./state.js";
import { next } from "./transition.js";

export interface RecorderOptions {
  readonly runs: RunStore;
  readonly runId: RunId;
  readonly token: FencingToken;
  readonly observe: (event: RunEvent) => void;
  readonly faultPoint: FaultPoint | undefined;
}

export class Recorder {
  readonly #options: RecorderOptions;
  #state: RunState;
  #version: Version;
  #isLeaving = false;

  /**
   * The run as it was read a moment ago; when it is no longer so, the first write finds out.
   * @throws LeaseLostError when a newer worker has taken the run up
   */
  constructor(options: RecorderOptions, { state, version, events }: RecoveredRun) {
    assertNotTakenOver(options.runId, options.token, events);
    this.#options = options;
    this.#state = state;
    this.#version = version;
  }

  /** As it is stored. */
  get state(): RunState {
    return this.#state;
  }

  /** The lease is given back with the last events, or is about to be: whoever asks for it now may find that nobody has it. */
  get isLeaving(): boolean {
    return this.#isLeaving;
  }

  /**
   * Stores the events together; `after` is the state they lead to. When nothing is left to do for us then, the lease is given back with them. False when somebody asked for something in just this moment: nothing
   * was stored, the state now shows what was asked for, and it has to be decided anew. @throws LeaseLostError, and whatever the store throws
   */
  async commit(events: readonly RunEvent[], after: RunState): Promise<boolean> {
    const { runs, runId, token, faultPoint } = this.#options;
    if (faultPoint !== undefined) await faultPoint("record.before");
    this.#isLeaving = !isWorkedOn(after);
    try {
      this.#version = await runs.append(runId, this.#version, events, token, this.#isLeaving ? "release" : undefined);
      this.#state = after;
    } catch (error) {
      this.#isLeaving = false;
      if (!(error instanceof VersionConflictError)) throw this.#asLost(error);
      if (!(await this.catchUp())) throw error;
      return false;
    }
    if (faultPoint !== undefined) await faultPoint("record.after");
    for (const event of events) this.#options.observe(event);
    return true;
  }

  /** Whether others appended something. Cheap: nothing is written or read. @throws LeaseLostError, and what the store throws */
  async isBehind(): Promise<boolean> {
    const { runs, runId, token } = this.#options;
    try {
      await runs.append(runId, this.#version, [], token);
      return false;
    } catch (error) {
      if (error instanceof VersionConflictError) return true;
      throw this.#asLost(error);
    }
  }

  #asLost(error: unknown): unknown {
    return error instanceof StaleTokenError ? new LeaseLostError(this.#options.runId, { cause: error }) : error;
  }

  /** Whether others appended something, which is taken in then. @throws LeaseLostError when one of them took the run over */
  async catchUp(): Promise<boolean> {
    const { runs, runId, token } = this.#options;
    const { version, events } = await runs.load(runId);
    const foreign = events.slice(this.#version);
    assertNotTakenOver(runId, token, foreign);
    this.#state = foreign.reduce<RunState>(next, this.#state);
    this.#version = version;
    for (const event of foreign) this.#options.observe(event);
    return foreign.length > 0;
  }
}
