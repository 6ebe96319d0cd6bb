/**
 * Carries a claimed run out until it has ended, is paused or is left to others: let the phase decide, make its events durable, call the handlers they announce,
 * wait for the next thing to happen. Intent before effect, result after.
 *
 * While one batch of events is being written, everything that finishes meanwhile gathers for the next one.
 */

import {
  type CancelMode,
  type Clock,
  type Instant,
  InvariantError,
  type OperationDefinition,
  type RunEvent,
} from "@provisioning/model";
import type { AppendedEvents, Lease } from "@provisioning/storage";
import type { Outcome } from "./attempt.js";
import { Attempts } from "./attempts.js";
import { Caller, type Inspection } from "./call.js";
import type { Conditions } from "./condition.js";
import { LeaseLostError, RunCancelledError } from "./errors.js";
import { type FaultPoint, stopping } from "./fault-point.js";
import { Forward } from "./forward.js";
import { Gates } from "./gates.js";
import type { Graph } from "./graph.js";
import type { Handlers, LiveEvent } from "./handler.js";
import { addNews, Inbox, type News } from "./inbox.js";
import { Draft, type Mode, type Phase, type Start } from "./phase.js";
import type { Recorder } from "./record.js";
import { Backward } from "./rollback.js";
import type { SlotPool } from "./slots.js";
import { isEnded, isWorkedOn, type RunState } from "./state.js";
import { Wake } from "./wake.js";

export interface ExecutionOptions {
  readonly recorder: Recorder;
  readonly graph: Graph;
  readonly lease: Lease;
  /** Whether our lease lasts by our own clock, as far as we have heard. */
  readonly isHeld: () => boolean;
  readonly handlers: Handlers;
  readonly observe: (event: RunEvent | LiveEvent) => void;
  readonly engine: ExecutionEnvironment;
}

/** What all runs of an engine share. */
export interface ExecutionEnvironment {
  readonly clock: Clock;
  readonly random: () => number;
  readonly faultPoint: FaultPoint | undefined;
  readonly checkpointInterval: number;
  readonly graceMs: number;
  readonly slots: SlotPool;
  readonly conditions: Conditions;
  readonly conditionPollMs: number;
}

/** Operations that take no time on a store that takes none would keep timers and signals from ever getting their turn. */
const ROUNDS_PER_TURN = 100;

/** Others may ask for something in just the moment we write; more often than this in a row it is not that. */
const MAX_CONFLICTS = 1000;

export class Execution {
  readonly #options: ExecutionOptions;
  readonly #engine: ExecutionEnvironment;
  readonly #wake: Wake;
  readonly #attempts: Attempts;
  readonly #inbox = new Inbox(() => this.#wake.notify());
  #mustCatchUp = false;
  #mustLook = false;
  #phase: Phase | undefined;
  /** Events that others stored were taken in since the phase was made. */
  #isPhaseStale = false;
  /** Slots of which others gave a place back. */
  readonly #freed: string[] = [];
  #isDeciding = false;
  readonly #gates: Gates;
  #mode: Mode = "work";
  #releaseBy: Instant | undefined;
  /** Ends the loop; nothing more is recorded. */
  #fatal: { readonly error: unknown } | undefined;

  constructor(options: ExecutionOptions) {
    this.#options = options;
    this.#engine = options.engine;
    const { recorder, graph, lease, handlers, observe, isHeld } = options;
    const { conditions, clock, graceMs, conditionPollMs: pollMs } = options.engine;
    this.#wake = new Wake(clock);
    const state = () => recorder.state;
    const onOpened = () => this.#wake.notify();
    this.#gates = new Gates({ operations: graph.operations, conditions, clock, pollMs, state, onOpened });
    const inspected = (inspection: Inspection) => this.#inbox.inspected(inspection);
    const abandon = (error: unknown) => this.abandon(error);
    const faultPoint = options.engine.faultPoint && stopping(options.engine.faultPoint, abandon);
    const caller = new Caller({ state, token: lease.token, handlers, clock, observe, faultPoint, inspected, abandon });
    const onOutcome = (index: number, outcome: Outcome) => this.#inbox.finished({ index, outcome });
    this.#attempts = new Attempts({ graph, state, caller, clock, graceMs, isHeld, onOutcome, onLeft: () => this.#wake.notify() });
  }

  /** @throws LeaseLostError, and whatever the store throws; the run can be taken up again then */
  async run(): Promise<RunState> {
    const { recorder, lease } = this.#options;
    const { slots } = this.#engine;
    const stopListening = slots.onFree((name) => this.#slotFreed(name));
    try {
      return await this.#loop();
    } catch (error) {
      this.#attempts.cancelAll(
        error instanceof LeaseLostError ? error : new RunCancelledError("provisioning", "the run stopped"),
      );
      throw error;
    } finally {
      stopListening();
      this.#gates.stop();
      slots.giveBackAll(recorder.state.definition.id, lease.token);
      this.#wake.close();
    }
  }

  /** Asks for the end of the run; recorded with the next events. */
  requestCancel(mode: CancelMode, reason: string): void {
    const at = this.#engine.clock.now();
    this.#inbox.requested({ type: "cancelRequested", at, by: this.#options.lease.holder, reason, mode });
  }

  /** Somebody appended to the run, perhaps we ourselves. */
  notice({ events }: AppendedEvents): void {
    if (!events.some((event) => REQUESTS.has(event.type))) return;
    this.#mustCatchUp = true;
    this.#wake.notify();
  }

  /** Somebody may have appended to the run without our being told: what the store tells is only a hint. */
  look(): void {
    this.#mustLook = true;
    this.#wake.notify();
  }

  /** Starts nothing more and leaves the run to others as soon as nothing runs. After `graceMs` what runs is stopped and left as it is. */
  release(graceMs: number): void {
    if (this.#mode === "release") return;
    this.#mode = "release";
    this.#releaseBy = this.#engine.clock.now() + graceMs;
    this.#wake.notify();
  }

  /** Stops at once without recording anything more. */
  abandon(error: unknown): void {
    this.#fatal ??= { error };
    this.#wake.notify();
  }

  async #loop(): Promise<RunState> {
    const { recorder, lease } = this.#options;
    const { clock } = this.#engine;
    let claimed = false;
    let conflicts = 0;
    for (let round = 1; ; round += 1) {
      if (round % ROUNDS_PER_TURN === 0) await new Promise((resolve) => setImmediate(resolve));
      this.#wake.reset();
      if (this.#mustCatchUp || this.#mustLook) await this.#catchUp();
      this.#throwIfFatal();
      // Before it was taken up somebody may have paused it: then it is not ours to write.
      if (this.#isReleaseOverdue() || (!claimed && isAtRest(recorder.state))) return recorder.state;
      const draft = new Draft(recorder.state, clock.now());
      if (!claimed) draft.add({ type: "runClaimed", at: draft.now, holder: lease.holder, token: lease.token });
      const phase = this.#phaseFor(draft.state);
      for (const gate of this.#gates.takeOpened()) phase.opened(gate);
      for (const name of this.#freed.splice(0)) phase.slotFreed(name);
      const news = this.#inbox.take();
      const starts = this.#decide(draft, phase, news);
      const isStored = draft.events.length === 0 || (await recorder.commit(draft.events, draft.state));
      this.#throwIfFatal();
      if (!isStored) {
        this.#isPhaseStale = true;
        conflicts += 1;
        if (conflicts > MAX_CONFLICTS) throw new InvariantError(`${conflicts} conflicts in a row`);
        this.#inbox.putBack(news);
        continue;
      }
      conflicts = 0;
      this.#attempts.start(starts);
      for (const { settle } of news.notes) settle();
      for (const index of phase.gates()) void this.#gates.watch(index);
      claimed = true;
      if (!isWorkedOn(recorder.state)) return recorder.state;
      if (draft.events.length > 0) continue;
      if (this.#mode === "release" && this.#attempts.isNothingAwaited()) return recorder.state;
      await this.#wake.wait(this.#wakeAt(phase));
      this.#throwIfFatal();
    }
  }

  /** The one of the last round, or, after others wrote something or the direction changed, one made from what is stored. */
  #phaseFor(state: RunState): Phase {
    const before = this.#phase;
    const isBackward = state.status === "rollingBack";
    if (before !== undefined && !this.#isPhaseStale && before instanceof Backward === isBackward) return before;
    const live = new Set([...this.#attempts.live(), ...this.#inbox.unsettled]);
    before?.leave(live);
    const phase = isBackward ? this.#backward(state, before) : this.#forward(state, live);
    for (const gate of this.#gates.opened()) phase.opened(gate);
    this.#phase = phase;
    this.#isPhaseStale = false;
    return phase;
  }

  #forward(state: RunState, live: ReadonlySet<number>): Phase {
    const { random, checkpointInterval, slots } = this.#engine;
    return new Forward(this.#options.graph, state, { checkpointInterval, random, slots, live });
  }

  #backward(state: RunState, before: Phase | undefined): Phase {
    const { graph, handlers } = this.#options;
    const { random } = this.#engine;
    const canCompensate = ({ action }: OperationDefinition) => handlers.get(action)?.compensate !== undefined;
    const undoesHalves = ({ action }: OperationDefinition) => handlers.get(action)?.undoesHalves === true;
    const undoing = before instanceof Backward ? before.undoing(state) : undefined;
    return new Backward(graph, state, { canCompensate, undoesHalves, random, undoing });
  }

  #decide(draft: Draft, phase: Phase, news: News): readonly Start[] {
    addNews(draft, news);
    this.#attempts.check(draft.now);
    const cancellation = "cancellation" in draft.state ? draft.state.cancellation : undefined;
    if (cancellation?.mode === "abort") this.#attempts.cancelAll(new RunCancelledError(cancellation.by, cancellation.reason));
    this.#isDeciding = true;
    try {
      return phase.step(draft, news.finished, this.#mode);
    } finally {
      this.#isDeciding = false;
    }
  }

  #wakeAt(phase: Phase): Instant | undefined {
    const moments = [phase.wakeAt(), this.#attempts.dueAt(), this.#releaseBy].filter((at) => at !== undefined);
    return moments.length === 0 ? undefined : Math.min(...moments);
  }

  /** What still runs is told to stop; no result of it is recorded, so whoever takes the run tries it again. */
  #isReleaseOverdue(): boolean {
    if (this.#releaseBy === undefined || this.#engine.clock.now() < this.#releaseBy) return false;
    this.#attempts.cancelAll(new RunCancelledError("provisioning", "the worker stops"));
    return true;
  }

  /** What the phase gives back itself it knows already. */
  #slotFreed(name: string): void {
    if (this.#isDeciding) return;
    this.#freed.push(name);
    this.#wake.notify();
  }

  /** A store that fails now is asked again after the next heartbeat. */
  async #catchUp(): Promise<void> {
    const { recorder } = this.#options;
    const isKnown = this.#mustCatchUp;
    this.#mustCatchUp = false;
    this.#mustLook = false;
    try {
      if ((isKnown || (await recorder.isBehind())) && (await recorder.catchUp())) this.#isPhaseStale = true;
    } catch (error) {
      if (error instanceof LeaseLostError) throw error;
    }
  }

  #throwIfFatal(): void {
    if (this.#fatal !== undefined) throw this.#fatal.error;
  }
}

/** Requests of others that change what is to be done. */
const REQUESTS: ReadonlySet<RunEvent["type"]> = new Set<RunEvent["type"]>([
  "cancelRequested",
  "pauseRequested",
  "runResumed",
  "operationPassed",
]);

function isAtRest(state: RunState): boolean {
  return isEnded(state) || state.status === "paused";
}
