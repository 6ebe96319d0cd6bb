/** What must hold for every run, whatever happened to it: checked on its events from the outside, not with the engine's own code. */

import type { Instant, OperationDefinition, OperationId, RunDefinition, RunEvent } from "@provisioning/model";

/** Sentences about what is wrong; none for a good run. */
export function brokenInvariants(events: readonly RunEvent[]): readonly string[] {
  const [first, ...rest] = events;
  if (first?.type !== "runSubmitted") return ["the first event is not runSubmitted"];
  const checker = new RunInvariants(first.definition);
  for (const event of rest) checker.see(event);
  checker.finish();
  return checker.problems;
}

/** What the events so far say of an operation. */
export type ObservedPhase =
  | "waiting"
  | "running"
  | "completed"
  | "failed"
  | "skipped"
  | "cancelled"
  | "passed"
  | "compensating"
  | "compensated"
  | "notUndone";

export type ObservedStatus = "pending" | "running" | "rollingBack" | "paused" | "ended";

type OperationEvent = Extract<RunEvent, { readonly operation: OperationId }>;

interface Seen {
  readonly definition: OperationDefinition;
  phase: ObservedPhase;
  attempts: number;
  failures: number;
  retryAt: Instant;
  /** The how many-th completion of the run it was. */
  order: number;
  /** Its effect may be there although its phase does not say so: it was begun, then forgotten by a retry. */
  wasForgotten: boolean;
}

const AFTER_END: ReadonlySet<RunEvent["type"]> = new Set<RunEvent["type"]>(["rollbackStarted", "runRetried", "operationPassed"]);
const WHILE_PAUSED: ReadonlySet<RunEvent["type"]> = new Set<RunEvent["type"]>([
  "runResumed",
  "cancelRequested",
  "operationPassed",
  "pauseRequested",
]);
const MET_HARD: ReadonlySet<ObservedPhase> = new Set<ObservedPhase>(["completed", "passed"]);
const UNMET_SOFT: ReadonlySet<ObservedPhase> = new Set<ObservedPhase>(["waiting", "running"]);
const HALVES: ReadonlySet<ObservedPhase> = new Set<ObservedPhase>(["failed", "cancelled", "skipped"]);
const PASSABLE: ReadonlySet<ObservedPhase> = new Set<ObservedPhase>(["waiting", "failed", "skipped", "cancelled"]);

/** Sees the events of one run one after the other; each problem is noted when its event is seen. */
export class RunInvariants {
  readonly problems: string[] = [];
  readonly #definition: RunDefinition;
  readonly #seen: ReadonlyMap<OperationId, Seen>;
  /** What the present worker has started and not recorded a result of. */
  readonly #running = new Set<OperationId>();
  #status: ObservedStatus = "pending";
  #completions = 0;
  /** Completed since the last checkpoint, in that order. */
  #sinceCheckpoint: OperationId[] = [];
  /** How much was completed at each checkpoint. */
  readonly #checkpoints: number[] = [];
  /** What the rollback has still to undo, the next one last. */
  #toUndo: OperationId[] = [];
  #compensating: OperationId | undefined;
  /** This rollback has come to what had completed. */
  #hasUndoneWhole = false;
  #failuresThatStop = 0;
  #isCancelled = false;
  #isPausing = false;
  readonly #areClocksSteady: () => boolean;

  /** @param areClocksSteady whether no clock was set; what had waited long enough by a clock need not have by the same clock later */
  constructor(definition: RunDefinition, areClocksSteady: () => boolean = () => true) {
    this.#definition = definition;
    this.#areClocksSteady = areClocksSteady;
    this.#seen = new Map(
      definition.operations.map((operation) => [
        operation.id,
        {
          definition: operation,
          phase: "waiting",
          attempts: 0,
          failures: 0,
          retryAt: 0,
          order: -1,
          wasForgotten: false,
        },
      ]),
    );
  }

  get status(): ObservedStatus {
    return this.#status;
  }

  get isCancelled(): boolean {
    return this.#isCancelled;
  }

  phaseOf(id: OperationId): ObservedPhase {
    return this.#of(id).phase;
  }

  /** Whether something that this operation made may be there by what was recorded. */
  mayHaveEffect(id: OperationId): boolean {
    const { phase, attempts, wasForgotten } = this.#of(id);
    if (phase === "compensated") return false;
    return wasForgotten || attempts > 0;
  }

  see(event: RunEvent): void {
    if (this.#status === "ended" && !AFTER_END.has(event.type)) this.#broken(`${event.type} after the end`);
    if (this.#status === "paused" && !WHILE_PAUSED.has(event.type)) this.#broken(`${event.type} while it is paused`);
    if ("operation" in event) this.#seeOperation(event);
    else this.#seeRun(event);
  }

  finish(): void {
    if (this.#status !== "ended") this.#broken("the run has not ended");
    for (const [id, { phase }] of this.#seen) {
      if (phase === "waiting" || phase === "running" || phase === "compensating") this.#broken(`${id} is ${phase} at the end`);
    }
  }

  #seeOperation(event: OperationEvent): void {
    const seen = this.#of(event.operation);
    switch (event.type) {
      case "operationStarted":
        this.#start(seen, event.attempt, event.at);
        return;
      case "operationCompleted":
        this.#result(seen, event.type);
        seen.phase = "completed";
        seen.order = this.#completions++;
        this.#sinceCheckpoint.push(event.operation);
        return;
      case "operationFailed":
        this.#fail(seen, event);
        return;
      case "operationSkipped":
        this.#skip(seen);
        return;
      case "operationCancelled":
        if (!this.#isCancelled) this.#broken(`${event.operation} is cancelled although nobody asked for it`);
        if (seen.phase !== "waiting" && seen.phase !== "running")
          this.#broken(`${event.operation} is cancelled although it is ${seen.phase}`);
        this.#running.delete(event.operation);
        seen.phase = "cancelled";
        return;
      case "operationPassed":
        if (!PASSABLE.has(seen.phase)) this.#broken(`${event.operation} was passed over while it was ${seen.phase}`);
        if (stops(seen)) this.#failuresThatStop -= 1;
        seen.phase = "passed";
        return;
      case "compensationStarted":
        this.#compensate(event.operation, seen);
        return;
      case "compensationCompleted":
      case "compensationFailed":
        if (seen.phase !== "compensating") this.#broken(`${event.type} of ${event.operation}, which is ${seen.phase}`);
        seen.phase = event.type === "compensationCompleted" ? "compensated" : "notUndone";
        if (this.#toUndo.at(-1) === event.operation) this.#toUndo.pop();
        this.#compensating = undefined;
        return;
      default:
    }
  }

  #seeRun(event: Exclude<RunEvent, OperationEvent>): void {
    switch (event.type) {
      case "runClaimed":
        this.#running.clear();
        if (this.#status === "pending") this.#status = "running";
        return;
      case "runPaused":
      case "runReleased":
        if (this.#running.size > 0) this.#broken(`${event.type} while operations were running`);
        if (event.type === "runPaused" && !this.#isPausing) this.#broken("it is paused although nobody asked for it");
        this.#status = event.type === "runPaused" ? "paused" : "pending";
        this.#isPausing = false;
        return;
      case "pauseRequested":
        if (this.#status === "pending") this.#status = "paused";
        else this.#isPausing = true;
        return;
      case "runResumed":
      case "cancelRequested":
        this.#isCancelled ||= event.type === "cancelRequested";
        if (event.type === "runResumed") this.#isPausing = false;
        if (this.#status === "paused") this.#status = "pending";
        return;
      case "runRetried":
        this.#retry(event.operations);
        return;
      case "rollbackStarted":
        this.#rollback(event.toCheckpoint, event.because !== undefined);
        return;
      case "checkpointReached":
        this.#checkpoint(event.number, event.completed);
        return;
      case "runEnded":
        this.#end(event.status);
        return;
      default:
    }
  }

  #start(seen: Seen, attempt: number, at: Instant): void {
    const { phase, definition } = seen;
    const { id } = definition;
    if (this.#status !== "running") this.#broken(`${id} started while the run is ${this.#status}`);
    if (phase !== "waiting" && phase !== "running") this.#broken(`${id} started although it is ${phase}`);
    if (phase === "waiting") {
      if (this.#failuresThatStop > 0) this.#broken(`${id} started after the run was stopped`);
      if (this.#isPausing) this.#broken(`${id} started although a pause was asked for`);
      if (at < seen.retryAt && this.#areClocksSteady())
        this.#broken(`${id} started ${seen.retryAt - at} ms before its retry time`);
    }
    if (this.#isCancelled) this.#broken(`${id} started although the run was cancelled`);
    if (attempt !== seen.attempts + 1) this.#broken(`attempt ${attempt} of ${id} follows attempt ${seen.attempts}`);
    if (this.#running.has(id)) this.#broken(`${id} started twice`);
    for (const { on, type } of definition.dependsOn) {
      const needed = this.#seen.get(on)?.phase;
      const isMet = needed === undefined || (type === "hard" ? MET_HARD.has(needed) : !UNMET_SOFT.has(needed));
      if (!isMet) this.#broken(`${id} started while its ${type} dependency ${on} is ${needed}`);
    }
    this.#running.add(id);
    seen.phase = "running";
    seen.attempts = attempt;
    if (this.#running.size > this.#definition.parallelLimit) this.#broken(`${this.#running.size} operations run at a time`);
    const { lane } = definition;
    if (lane === undefined) return;
    const inLane = [...this.#running].filter((other) => this.#of(other).definition.lane === lane);
    if (inLane.length > 1) this.#broken(`${inLane.join(" and ")} run in one lane`);
  }

  #result(seen: Seen, what: string): void {
    const { id } = seen.definition;
    if (!this.#running.delete(id)) this.#broken(`${what} of ${id}, which this worker did not start (it is ${seen.phase})`);
  }

  #fail(seen: Seen, event: Extract<RunEvent, { readonly type: "operationFailed" }>): void {
    const { retry, id } = seen.definition;
    const isWoundDown = seen.phase === "waiting" && event.retryAt === undefined && this.#failuresThatStop > 0;
    if (!isWoundDown) this.#result(seen, event.type);
    if (!isWoundDown) seen.failures += 1;
    const mayRetry = event.error.retry === "now" && seen.failures < retry.maxAttempts;
    if (event.retryAt !== undefined) {
      if (!mayRetry) this.#broken(`${id} is tried again after failure ${seen.failures} of ${retry.maxAttempts}`);
      seen.phase = "waiting";
      seen.retryAt = event.retryAt;
      return;
    }
    if (mayRetry && this.#failuresThatStop === 0 && !this.#isCancelled)
      this.#broken(`${id} is given up after failure ${seen.failures} of ${retry.maxAttempts}`);
    seen.phase = "failed";
    if (stops(seen)) this.#failuresThatStop += 1;
  }

  #skip(seen: Seen): void {
    const { id, dependsOn } = seen.definition;
    if (seen.phase !== "waiting") this.#broken(`${id} is skipped although it is ${seen.phase}`);
    const isNeeding = dependsOn.some(({ on, type }) => {
      const needed = this.#seen.get(on)?.phase;
      return type === "hard" && needed !== undefined && !MET_HARD.has(needed) && !UNMET_SOFT.has(needed);
    });
    if (!isNeeding && this.#failuresThatStop === 0) this.#broken(`${id} is skipped although nothing it needs failed`);
    seen.phase = "skipped";
  }

  #retry(operations: readonly OperationId[]): void {
    this.#status = "pending";
    this.#isCancelled = false;
    this.#isPausing = false;
    for (const id of operations) {
      const seen = this.#of(id);
      if (stops(seen)) this.#failuresThatStop -= 1;
      seen.wasForgotten = this.mayHaveEffect(id);
      seen.phase = "waiting";
      seen.attempts = 0;
      seen.failures = 0;
      seen.retryAt = 0;
      seen.order = -1;
      this.#sinceCheckpoint = this.#sinceCheckpoint.filter((other) => other !== id);
    }
  }

  #checkpoint(number: number, completed: readonly OperationId[]): void {
    this.#checkpoints.push(this.#completions);
    if (number !== this.#checkpoints.length) this.#broken(`checkpoint ${number} is the ${this.#checkpoints.length}th`);
    const since = this.#sinceCheckpoint.filter((id) => this.#of(id).phase === "completed");
    if (since.join() !== completed.join()) this.#broken(`checkpoint ${number} says ${completed.join()}, not ${since.join()}`);
    this.#sinceCheckpoint = [];
  }

  #rollback(toCheckpoint: number | undefined, isByFailure: boolean): void {
    if (this.#running.size > 0) this.#broken("a rollback began while operations were running");
    if (this.#status === "ended") this.#isCancelled = false;
    this.#status = "rollingBack";
    const preserves = isByFailure && this.#definition.preserveSuccessful === true;
    const checkpoint = toCheckpoint === undefined ? 0 : (this.#checkpoints[toCheckpoint - 1] ?? 0);
    const keep = preserves ? this.#completions : checkpoint;
    const found = [...this.#seen].filter(
      ([, { phase, order }]) => (phase === "completed" || phase === "notUndone") && order >= keep,
    );
    this.#hasUndoneWhole = false;
    this.#toUndo = found.sort(([, left], [, right]) => left.order - right.order).map(([id]) => id);
  }

  #compensate(id: OperationId, seen: Seen): void {
    const { phase } = seen;
    if (this.#status !== "rollingBack") this.#broken(`${id} is compensated while the run is ${this.#status}`);
    if (this.#compensating !== undefined && this.#compensating !== id)
      this.#broken(`${id} is compensated while ${this.#compensating} is`);
    const isHalf = HALVES.has(phase) && this.mayHaveEffect(id);
    if (phase !== "completed" && phase !== "compensating" && phase !== "notUndone" && !isHalf)
      this.#broken(`${id} is compensated although it is ${phase}`);
    if (isHalf) {
      // Halves were begun after everything they need.
      if (this.#hasUndoneWhole) this.#broken(`${id} is compensated after what it needs`);
      if (stops(seen)) this.#failuresThatStop -= 1;
      seen.order = this.#completions;
      this.#toUndo.push(id);
    } else if (phase !== "compensating") this.#hasUndoneWhole = true;
    const due = this.#toUndo.at(-1);
    if (due !== id) this.#broken(`${id} is compensated although it is the turn of ${due ?? "nothing"}`);
    this.#compensating = id;
    seen.phase = "compensating";
  }

  #end(status: string): void {
    if (this.#running.size > 0) this.#broken("the run ended while operations were running");
    const wasRollingBack = this.#status === "rollingBack";
    this.#status = "ended";
    const phases = [...this.#seen.values()].map(({ phase }) => phase);
    if (status === "completed" && !phases.every((phase) => MET_HARD.has(phase)))
      this.#broken("the run completed although not all operations did");
    if (status === "failed" && phases.every((phase) => MET_HARD.has(phase)))
      this.#broken("the run failed although all operations completed");
    if (status === "cancelled" && !this.#isCancelled) this.#broken("the run was cancelled although nobody asked for it");
    if (status === "rolledBack" && !wasRollingBack) this.#broken("the run is rolled back although no rollback began");
    if (status === "rolledBack" && this.#toUndo.length > 0)
      this.#broken(`the run is rolled back although ${this.#toUndo.join()} was not undone`);
  }

  #of(id: OperationId): Seen {
    const seen = this.#seen.get(id);
    if (seen === undefined) throw new Error(`there is no operation ${id}`);
    return seen;
  }

  #broken(problem: string): void {
    this.problems.push(problem);
  }
}

/** Whether it failed in a way after which nothing more starts. */
function stops({ phase, definition }: Seen): boolean {
  return phase === "failed" && definition.onFailure !== "continue";
}
