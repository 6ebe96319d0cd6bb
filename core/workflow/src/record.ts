/** The one place where a run's events are written: durable first, then everybody is told. */

import type { FencingToken, OperationId, RunEvent, RunId } from "@provisioning/model";
import { type RunStore, StaleTokenError, type StoredRun, type Version, VersionConflictError } from "@provisioning/storage";
import { LeaseLostError } from "./errors.js";
import type { FaultPoint } from "./fault-point.js";
import type { RunState } from "./state.js";
import { next, replay } from "./transition.js";

export interface RecorderOptions {
  readonly runs: RunStore;
  readonly runId: RunId;
  readonly token: FencingToken;
  readonly observe: (event: RunEvent) => void;
  readonly faultPoint: FaultPoint;
}

/** Others may ask for a cancellation in just the moment we write; more often than this it is not that. */
const MAX_CONFLICTS = 100;

export class Recorder {
  readonly #options: RecorderOptions;
  #state: RunState;
  #version: Version;
  #foreign: RunEvent[] = [];

  private constructor(options: RecorderOptions, state: RunState, version: Version) {
    this.#options = options;
    this.#state = state;
    this.#version = version;
  }

  /** `stored`: the run as it was read a moment ago; when it is no longer so, the first write finds out. */
  static async open(options: RecorderOptions, stored?: StoredRun): Promise<Recorder> {
    const { version, events } = stored ?? (await options.runs.load(options.runId));
    return new Recorder(options, replay(events), version);
  }

  /** As it is stored. */
  get state(): RunState {
    return this.#state;
  }

  /**
   * Stores the events together; `after` is the state they lead to. When somebody asked for a cancellation meanwhile, operations are not started any more: their
   * start is left out and their ids are returned. @throws LeaseLostError, and whatever the store throws
   */
  async commit(events: readonly RunEvent[], after: RunState): Promise<readonly OperationId[]> {
    const { faultPoint } = this.#options;
    let batch = events;
    let state = after;
    for (let conflicts = 0; ; conflicts += 1) {
      await faultPoint("record.before");
      try {
        await this.#append(batch, state);
        break;
      } catch (error) {
        if (!(error instanceof VersionConflictError) || conflicts === MAX_CONFLICTS) throw error;
        const passed = passedIn(await this.catchUp());
        batch = batch.filter(
          (event) =>
            event.type !== "operationStarted" && !("operation" in event && passed.has(event.operation)) && !isStanding(event),
        );
        // Somebody paused it before it was taken up: it is not ours to write.
        if (this.#state.status === "paused") batch = [];
        state = batch.reduce<RunState>(next, this.#state);
      }
    }
    await faultPoint("record.after");
    for (const event of batch) this.#options.observe(event);
    return batch === events ? [] : startedIn(events);
  }

  async #append(batch: readonly RunEvent[], state: RunState): Promise<void> {
    const { runs, runId, token } = this.#options;
    try {
      this.#version = await runs.append(runId, this.#version, batch, token);
      this.#state = state;
    } catch (error) {
      if (error instanceof StaleTokenError) throw new LeaseLostError(runId, { cause: error });
      throw error;
    }
  }

  /** What others appended since this was last asked. */
  takeForeign(): readonly RunEvent[] {
    return this.#foreign.splice(0);
  }

  /** Takes in what others appended, and gives it. */
  async catchUp(): Promise<readonly RunEvent[]> {
    const { version, events } = await this.#options.runs.load(this.#options.runId);
    const foreign = events.slice(this.#version);
    this.#state = foreign.reduce<RunState>(next, this.#state);
    this.#version = version;
    for (const event of foreign) this.#options.observe(event);
    this.#foreign.push(...foreign);
    return foreign;
  }
}

function passedIn(events: readonly RunEvent[]): ReadonlySet<OperationId> {
  return new Set(events.flatMap((event) => (event.type === "operationPassed" ? [event.operation] : [])));
}

/** Whether to stand still is decided anew when somebody has asked for something else meanwhile. */
function isStanding(event: RunEvent): boolean {
  return (
    event.type === "runPaused" || event.type === "runReleased" || event.type === "runEnded" || event.type === "rollbackStarted"
  );
}

function startedIn(events: readonly RunEvent[]): readonly OperationId[] {
  return events.flatMap((event) => (event.type === "operationStarted" ? [event.operation] : []));
}
