/** What must hold for every run, whatever happened to it: checked on its events from the outside, not with the engine's own code. */

import type { OperationDefinition, OperationId, RunDefinition, RunEvent } from "@provisioning/model";

/** Sentences about what is wrong; none for a good run. */
export function brokenInvariants(events: readonly RunEvent[]): readonly string[] {
  const [first, ...rest] = events;
  if (first?.type !== "runSubmitted") return ["the first event is not runSubmitted"];
  const checker = new Checker(first.definition);
  for (const event of rest) checker.see(event);
  checker.finish();
  return checker.problems;
}

type Phase = "waiting" | "running" | "completed" | "ended" | "passed" | "compensating";

const AFTER_END: ReadonlySet<RunEvent["type"]> = new Set<RunEvent["type"]>(["rollbackStarted", "runRetried", "operationPassed"]);
const WHILE_PAUSED: ReadonlySet<RunEvent["type"]> = new Set<RunEvent["type"]>([
  "runResumed",
  "cancelRequested",
  "operationPassed",
  "pauseRequested",
]);

class Checker {
  readonly problems: string[] = [];
  readonly #definition: RunDefinition;
  readonly #operations: ReadonlyMap<OperationId, OperationDefinition>;
  readonly #phases = new Map<OperationId, Phase>();
  /** What the present worker has started and not recorded a result of. */
  readonly #running = new Set<OperationId>();
  readonly #completed: OperationId[] = [];
  #checkpoints = 0;
  /** How many of `#completed` the last checkpoint covers. */
  #checkpointed = 0;
  #stopped = false;
  #ended = false;
  #paused = false;

  constructor(definition: RunDefinition) {
    this.#definition = definition;
    this.#operations = new Map(definition.operations.map((operation) => [operation.id, operation]));
  }

  see(event: RunEvent): void {
    if (this.#ended && !AFTER_END.has(event.type)) this.#broken(`${event.type} after the end`);
    if (this.#paused && !WHILE_PAUSED.has(event.type)) this.#broken(`${event.type} while it is paused`);
    switch (event.type) {
      case "runClaimed":
        this.#running.clear();
        return;
      case "operationStarted":
        this.#start(event.operation);
        return;
      case "operationCompleted":
        this.#running.delete(event.operation);
        if (this.#completed.includes(event.operation)) this.#broken(`${event.operation} completed twice`);
        this.#completed.push(event.operation);
        this.#phases.set(event.operation, "completed");
        return;
      case "operationFailed":
        this.#running.delete(event.operation);
        this.#phases.set(event.operation, event.retryAt === undefined ? "ended" : "waiting");
        if (event.retryAt === undefined && this.#of(event.operation).onFailure !== "continue") this.#stopped = true;
        return;
      case "operationSkipped":
      case "operationCancelled":
        this.#running.delete(event.operation);
        this.#phases.set(event.operation, "ended");
        return;
      case "operationPassed":
        if (this.#running.has(event.operation)) this.#broken(`${event.operation} was passed over while it ran`);
        this.#phases.set(event.operation, "passed");
        return;
      case "runPaused":
      case "runReleased":
        if (this.#running.size > 0) this.#broken(`${event.type} while operations were running`);
        this.#paused = event.type === "runPaused";
        return;
      case "runResumed":
      case "cancelRequested":
        this.#paused = false;
        return;
      case "runRetried":
        this.#retry(event.operations);
        return;
      case "rollbackStarted":
        this.#ended = false;
        if (this.#running.size > 0) this.#broken("a rollback began while operations were running");
        return;
      case "compensationStarted":
        this.#compensate(event.operation);
        return;
      case "compensationCompleted":
      case "compensationFailed":
        this.#phases.set(event.operation, event.type === "compensationCompleted" ? "ended" : "completed");
        return;
      case "checkpointReached":
        this.#checkpoint(event.number, event.completed);
        return;
      case "runEnded":
        this.#ended = true;
        if (this.#running.size > 0) this.#broken("the run ended while operations were running");
        return;
      default:
    }
  }

  finish(): void {
    if (!this.#ended) this.#broken("the run has not ended");
    for (const { id } of this.#definition.operations) {
      const phase = this.#phases.get(id) ?? "waiting";
      if (phase !== "completed" && phase !== "ended" && phase !== "passed") this.#broken(`${id} is ${phase} at the end`);
    }
  }

  #start(id: OperationId): void {
    const operation = this.#of(id);
    const before = this.#phases.get(id) ?? "waiting";
    if (before !== "waiting" && before !== "running") this.#broken(`${id} started although it is ${before}`);
    if (before === "waiting" && this.#stopped) this.#broken(`${id} started after the run was stopped`);
    if (this.#running.has(id)) this.#broken(`${id} started twice`);
    for (const { on, type } of operation.dependsOn) {
      if (!this.#operations.has(on)) continue;
      const phase = this.#phases.get(on) ?? "waiting";
      const isDone = phase === "completed" || phase === "passed";
      const isMet = type === "hard" ? isDone : isDone || phase === "ended";
      if (!isMet) this.#broken(`${id} started while its ${type} dependency ${on} is ${phase}`);
    }
    this.#running.add(id);
    this.#phases.set(id, "running");
    if (this.#running.size > this.#definition.parallelLimit) this.#broken(`${this.#running.size} operations run at a time`);
    const inLane = [...this.#running].filter((other) => operation.lane !== undefined && this.#of(other).lane === operation.lane);
    if (inLane.length > 1) this.#broken(`${inLane.join(" and ")} run in one lane`);
  }

  #retry(operations: readonly OperationId[]): void {
    this.#ended = false;
    this.#stopped = false;
    for (const id of operations) {
      this.#phases.set(id, "waiting");
      const place = this.#completed.indexOf(id);
      if (place < 0) continue;
      this.#completed.splice(place, 1);
      if (place < this.#checkpointed) this.#checkpointed -= 1;
    }
  }

  #checkpoint(number: number, completed: readonly OperationId[]): void {
    this.#checkpoints += 1;
    if (number !== this.#checkpoints) this.#broken(`checkpoint ${number} is the ${this.#checkpoints}th`);
    const since = this.#completed.slice(this.#checkpointed);
    this.#checkpointed = this.#completed.length;
    if (since.join() !== completed.join()) this.#broken(`checkpoint ${number} says ${completed.join()}, not ${since.join()}`);
  }

  #compensate(id: OperationId): void {
    const last = this.#completed.findLast((other) => this.#phases.get(other) === "compensating");
    if (last !== undefined && last !== id) this.#broken(`${id} is compensated while ${last} is`);
    const phase = this.#phases.get(id);
    if (phase !== "completed" && phase !== "compensating") this.#broken(`${id} is compensated although it is ${phase}`);
    this.#phases.set(id, "compensating");
  }

  #of(id: OperationId): OperationDefinition {
    const operation = this.#operations.get(id);
    if (operation === undefined) throw new Error(`there is no operation ${id}`);
    return operation;
  }

  #broken(problem: string): void {
    this.problems.push(problem);
  }
}
