/**
 * Watches everything that happens in a simulation from outside and says at once when something happens that must not. It sees what the
 * store was asked and answered, which handlers were called by whom, and what the cloud holds; it asks the engine nothing.
 */

import type { Instant, OperationDefinition, OperationId, RunDefinition, RunEvent, RunId, SlotNeed } from "@provisioning/model";
import { type Lease, type LeaseScope, PRIORITY_STEP_MS, runScope, type Storage, type StoredRun } from "@provisioning/storage";
import type { CompensationContext, Handlers, OperationContext, OperationHandler } from "../../handler.js";
import { needsOf } from "../../slots.js";
import { rollbackReport } from "../../rollback-report.js";
import { isEnded, type OperationStatus, type RunState } from "../../state.js";
import { replay } from "../../transition.js";
import { ownerOf } from "../cloud-handlers.js";
import { type ObservedPhase, RunInvariants } from "../invariants.js";
import type { SimulatedCloud } from "../simulated-cloud.js";
import { isOpenAt } from "./simulated-conditions.js";
import type { SimulatedProcess } from "./simulated-process.js";
import type { World } from "./world.js";

/** Something happened that must not. */
class InvariantBroken extends Error {
  constructor(readonly invariant: string) {
    super(invariant);
    this.name = "InvariantBroken";
  }
}

interface Holder {
  readonly process: SimulatedProcess;
  readonly token: number;
  until: Instant;
  beatAt: Instant;
}

interface WatchedRun {
  readonly definition: RunDefinition;
  readonly invariants: RunInvariants;
  version: number;
  newestToken: number;
  holder: Holder | undefined;
  /** Requests that were stored, by their kind, and when last. */
  readonly requests: Map<string, Instant>;
}

/** What a process is doing to the world. */
interface Doing {
  readonly needs: readonly SlotNeed[];
  readonly context: OperationContext;
}

/** What only the worker of a run may say. */
const OF_WORKERS: ReadonlySet<RunEvent["type"]> = new Set<RunEvent["type"]>([
  "runClaimed",
  "operationStarted",
  "operationCompleted",
  "operationFailed",
  "operationSkipped",
  "operationCancelled",
  "compensationStarted",
  "compensationCompleted",
  "compensationFailed",
  "checkpointReached",
  "runPaused",
  "runReleased",
  "runEnded",
]);

const SEEN_AS: Readonly<Partial<Record<OperationStatus, ObservedPhase>>> = {
  pending: "waiting",
  retrying: "waiting",
  compensationFailed: "notUndone",
};

const SECOND = 1000;
/** A request takes effect within two leases: hints of it may get lost. */
const HEEDED_MS = 60_000;
/** What hindered a process may still have consequences for so long: it gives a run up although its last heartbeat was kept. */
const AFTERMATH_MS = 120_000;

export class Judge {
  readonly #world: World;
  readonly #cloud: SimulatedCloud;
  readonly #runs = new Map<RunId, WatchedRun>();
  readonly #acknowledged = new Set<RunId>();
  readonly #doing = new Map<SimulatedProcess, Set<Doing>>();
  /** When operations started, by process, clock setting and slot. */
  readonly #starts = new Map<string, Instant[]>();

  constructor(world: World, cloud: SimulatedCloud) {
    this.#world = world;
    this.#cloud = cloud;
  }

  get runs(): ReadonlyMap<RunId, Pick<WatchedRun, "definition" | "invariants" | "version">> {
    return this.#runs;
  }

  broken(invariant: string): void {
    this.#world.note("judge", invariant);
    this.#world.fail(new InvariantBroken(invariant));
  }

  /** Somebody was told that this is stored. */
  acknowledged(runId: RunId, what: "submitted" | "cancelRequested" | "pauseRequested"): void {
    this.#acknowledged.add(runId);
    const run = this.#runs.get(runId);
    if (run === undefined) return this.broken(`the submission of ${runId} was acknowledged and is not stored`);
    if (what !== "submitted" && !run.requests.has(what)) this.broken(`${what} of ${runId} was acknowledged and is not stored`);
  }

  /** The store as one process uses it, with everything that it asks for seen. */
  watchStore(storage: Storage, process: SimulatedProcess): Storage {
    const { runs, queue, leases } = storage;
    return {
      ...storage,
      runs: {
        ...runs,
        submit: async (definition) => {
          const version = await runs.submit(definition);
          this.#submitted(process, definition);
          return version;
        },
        append: async (runId, expected, events, token, then) => {
          const version = await runs.append(runId, expected, events, token, then);
          this.#appended(process, runId, expected, events, token);
          if (then === "release" && token !== undefined) this.#released(process, { scope: runScope(runId), token });
          return version;
        },
        load: async (runId) => {
          const stored = await runs.load(runId);
          this.#read(runId, stored);
          return stored;
        },
      },
      queue: {
        ...queue,
        claim: async (holder, ttlMs) => {
          const expected = this.#nextInQueue();
          const claimed = await queue.claim(holder, ttlMs);
          this.#claimed(process, claimed?.runId, expected);
          if (claimed !== undefined) this.#granted(process, claimed.runId, claimed.lease, ttlMs);
          if (claimed?.stored !== undefined) this.#read(claimed.runId, claimed.stored);
          return claimed;
        },
      },
      leases: {
        ...leases,
        acquire: async (scope, holder, ttlMs) => {
          const lease = await leases.acquire(scope, holder, ttlMs);
          const runId = runIdOf(scope);
          if (runId !== undefined) this.#granted(process, runId, lease, ttlMs);
          return lease;
        },
        heartbeat: async (lease) => {
          const extended = await leases.heartbeat(lease);
          this.#extended(process, lease, extended.expiresAt);
          return extended;
        },
        release: async (lease) => {
          await leases.release(lease);
          this.#released(process, lease);
        },
      },
    };
  }

  /** Handlers as one process calls them. */
  watchHandlers(handlers: Handlers, process: SimulatedProcess): Handlers {
    return new Map(
      [...handlers].map(([action, handler]) => {
        const watched: OperationHandler = {
          ...(handler.undoesHalves === true ? { undoesHalves: true } : {}),
          ...(handler.inspect === undefined ? {} : { inspect: async (context) => (await handler.inspect?.(context)) ?? null }),
          execute: (context) => this.#during(process, context, "running", () => handler.execute(context)),
        };
        if (handler.compensate === undefined) return [action, watched];
        const compensate = (context: CompensationContext) =>
          this.#during(process, context, "compensating", async () => handler.compensate?.(context));
        return [action, { ...watched, compensate }];
      }),
    );
  }

  /** The process to which the run was last granted and that did not give it back. */
  holderOf(runId: RunId): string | undefined {
    return this.#runs.get(runId)?.holder?.process.name;
  }

  /** Whether nothing of it is left to do. */
  isSettled(runId: RunId): boolean {
    const status = this.#runs.get(runId)?.invariants.status;
    return status === "ended" || status === "paused";
  }

  get areAllSettled(): boolean {
    for (const runId of this.#runs.keys()) if (!this.isSettled(runId)) return false;
    return true;
  }

  /** When faults are over and everything has had its time. */
  async finish(storage: Storage): Promise<void> {
    const listed = new Map((await storage.runs.list({ limit: 1000 })).runs.map((run) => [run.id, run]));
    for (const [runId, run] of this.#runs) {
      const { invariants, version } = run;
      const { events } = await storage.runs.load(runId);
      if (events.length !== version) this.broken(`${runId} has ${events.length} events, and ${version} were acknowledged`);
      if (!this.isSettled(runId)) this.broken(`${runId} is still ${invariants.status} long after all faults were over`);
      if (invariants.status === "ended") invariants.finish();
      this.#judgeState(run, events);
      const { status } = replay(events);
      if (listed.get(runId)?.status !== status)
        this.broken(`${runId} is ${status}, and is listed as ${listed.get(runId)?.status}`);
      this.#report(runId, run);
    }
    for (const runId of this.#acknowledged) if (!this.#runs.has(runId)) this.broken(`${runId} was acknowledged and is lost`);
    this.#judgeCloud();
  }

  /** What the engine makes of the events is what was seen. */
  #judgeState({ definition, invariants }: WatchedRun, events: readonly RunEvent[]): void {
    const state = replay(events);
    for (const [id, { status }] of state.operations) {
      const phase = invariants.phaseOf(id);
      if (phase !== (SEEN_AS[status] ?? status)) this.broken(`${id} of ${definition.id} is ${status}, and was seen as ${phase}`);
    }
    if (state.status === "rolledBack") this.#judgeUndone(state);
    const isEnd = isEnded(state);
    if (isEnd ? invariants.status !== "ended" : invariants.status !== state.status)
      this.broken(`${definition.id} is ${state.status}, and was seen as ${invariants.status}`);
  }

  /** What a rollback undid is proven to be gone, and of what the cloud has nothing is half there. */
  #judgeUndone(state: RunState): void {
    for (const undone of rollbackReport(state)?.operations ?? []) {
      const { action } = operationOf(state.definition, undone.operation);
      if (action === "cloud" && undone.type === "half")
        this.broken(`${undone.operation} of ${state.definition.id} is half there after a rollback`);
    }
  }

  #read(runId: RunId, { events }: StoredRun): void {
    const known = this.#runs.get(runId)?.version ?? 0;
    if (events.length !== known) this.broken(`${runId} has ${events.length} events, and ${known} were acknowledged`);
  }

  #submitted(process: SimulatedProcess, definition: RunDefinition): void {
    if (this.#runs.has(definition.id)) return;
    this.#world.note(process.name, `submits ${definition.id}`);
    this.#runs.set(definition.id, {
      definition,
      invariants: new RunInvariants(definition, () => this.#world.clockJumps === 0),
      version: 1,
      newestToken: 0,
      holder: undefined,
      requests: new Map(),
    });
  }

  #appended(
    process: SimulatedProcess,
    runId: RunId,
    expected: number,
    events: readonly RunEvent[],
    token: number | undefined,
  ): void {
    if (events.length === 0) return;
    const run = this.#runs.get(runId);
    if (run === undefined) return this.broken(`events of ${runId}, which was not submitted`);
    for (const event of events) this.#world.note(process.name, `${short(runId)} ${lineOf(event)}`);
    if (expected !== run.version) this.broken(`${runId} was appended to at ${expected}, it is at ${run.version}`);
    if (token === undefined && events.some(({ type }) => OF_WORKERS.has(type)))
      this.broken(`a worker's events of ${runId} were stored without a token`);
    if (token !== undefined && token !== run.newestToken)
      this.broken(`events of ${runId} under token ${token} were stored after token ${run.newestToken} was granted`);
    run.version += events.length;
    for (const event of events) this.#see(process, run, event);
    this.#report(runId, run);
  }

  #see(process: SimulatedProcess, run: WatchedRun, event: RunEvent): void {
    const { definition, invariants } = run;
    invariants.see(event);
    if (event.type === "cancelRequested" || event.type === "pauseRequested") run.requests.set(event.type, this.#world.now);
    if (event.type === "operationStarted") this.#judgeRate(process, definition, event.operation, event.at);
    if (event.type === "operationCompleted") {
      const operation = operationOf(definition, event.operation);
      if (operation.action === "cloud") this.#judgeMade(definition, operation);
    }
  }

  #judgeMade(definition: RunDefinition, operation: OperationDefinition): void {
    if (this.#cloud.ownedBy(ownerOf({ run: definition, operation })).length === 0)
      this.broken(`${operation.id} of ${definition.id} completed and nothing was made`);
  }

  /** Starts within any one second by the clock of the process, since it was last set. */
  #judgeRate(process: SimulatedProcess, definition: RunDefinition, id: OperationId, at: Instant): void {
    for (const { name, perSecond } of operationOf(definition, id).slots ?? []) {
      if (perSecond === undefined) continue;
      const key = `${process.name}/${process.jumps}/${name}`;
      const starts = (this.#starts.get(key) ?? []).filter((other) => Math.abs(other - at) < SECOND);
      this.#starts.set(key, starts);
      starts.push(at);
      const together = Math.max(...starts.map((from) => starts.filter((other) => other >= from && other < from + SECOND).length));
      if (together > perSecond) this.broken(`${together} operations that need ${name} started within a second`);
    }
  }

  /** The runs in the order in which they should be given out now; the first one. */
  #nextInQueue(): RunId | undefined {
    let first: RunDefinition | undefined;
    for (const { definition, invariants, holder } of this.#runs.values()) {
      const isOpen = invariants.status !== "ended" && invariants.status !== "paused";
      const isFree = holder === undefined || holder.until <= this.#world.now;
      if (!isOpen || !isFree || (definition.notBefore ?? 0) > this.#world.now) continue;
      if (first === undefined || isBefore(definition, first)) first = definition;
    }
    return first?.id;
  }

  #claimed(process: SimulatedProcess, runId: RunId | undefined, expected: RunId | undefined): void {
    if (runId !== undefined) this.#world.note(process.name, `claims ${short(runId)}`);
    const { notBefore = 0 } = (runId === undefined ? undefined : this.#runs.get(runId)?.definition) ?? {};
    if (this.#world.now < notBefore) this.broken(`${runId} was given out ${notBefore - this.#world.now} ms too early`);
    if (runId !== expected) this.broken(`the queue gave ${runId ?? "nothing"}, and it was the turn of ${expected ?? "nothing"}`);
  }

  #granted(process: SimulatedProcess, runId: RunId, lease: Lease, ttlMs: number): void {
    const run = this.#runs.get(runId);
    if (run === undefined) return this.broken(`${runId} was granted and was never submitted`);
    const { now } = this.#world;
    const { holder } = run;
    if (holder !== undefined && holder.until > now) this.broken(`${runId} was granted while ${holder.process.name} held it`);
    if (lease.token <= run.newestToken) this.broken(`${runId} was granted under token ${lease.token} after ${run.newestToken}`);
    if (holder !== undefined && holder.process.status === "running" && holder.process.disturbedAt < holder.beatAt - AFTERMATH_MS)
      this.broken(`${holder.process.name} lost ${runId} although nothing hindered it`);
    this.#world.note(process.name, `holds ${short(runId)} under ${lease.token}`);
    run.newestToken = lease.token;
    run.holder = { process, token: lease.token, until: now + ttlMs, beatAt: now };
  }

  #extended(process: SimulatedProcess, lease: Lease, until: Instant): void {
    const run = this.#runs.get(runIdOf(lease.scope) as RunId);
    if (run?.holder === undefined) return;
    this.#world.note(process.name, `heartbeat ${lease.scope}`);
    if (lease.token !== run.newestToken)
      return this.broken(
        `a heartbeat of ${lease.scope} under token ${lease.token} was kept after ${run.newestToken} was granted`,
      );
    this.#judgeHeeded(process, run);
    run.holder.until = until;
    run.holder.beatAt = this.#world.now;
  }

  /** Whoever works on a run and is not hindered has stopped what runs soon after somebody cancelled it. */
  #judgeHeeded(process: SimulatedProcess, { definition, invariants, requests, newestToken }: WatchedRun): void {
    const cancelledAt = requests.get("cancelRequested");
    if (cancelledAt === undefined || !invariants.isCancelled || invariants.status !== "running") return;
    const since = Math.max(cancelledAt, process.disturbedAt);
    if (this.#world.now - since < HEEDED_MS) return;
    for (const { context } of this.#doing.get(process) ?? []) {
      if (context.run.id === definition.id && context.token === newestToken && !context.signal.aborted)
        this.broken(`${definition.id} was cancelled ${this.#world.now - cancelledAt} ms ago and goes on`);
    }
  }

  #released(process: SimulatedProcess, lease: Pick<Lease, "scope" | "token">): void {
    const run = this.#runs.get(runIdOf(lease.scope) as RunId);
    if (run === undefined) return;
    this.#world.note(process.name, `releases ${lease.scope}`);
    if (run.holder !== undefined && lease.token !== run.newestToken)
      return this.broken(`${lease.scope} was released under token ${lease.token} while ${run.newestToken} held it`);
    run.holder = undefined;
  }

  /** While a handler is at work its process holds the operation's slots; one that was told to stop is not waited for. */
  async #during<T>(
    process: SimulatedProcess,
    context: OperationContext,
    phase: "running" | "compensating",
    act: () => Promise<T>,
  ): Promise<T> {
    const { run, token, attempt } = context;
    this.#world.note(process.name, `${short(run.id)} ${phase} ${context.operation.id} attempt ${attempt}`);
    const watched = this.#runs.get(run.id);
    const operation = operationOf(watched?.definition ?? run, context.operation.id);
    if (watched === undefined) this.broken(`a handler of ${run.id} was called, and it is not stored`);
    else if (watched.newestToken === token) this.#judgeCall(watched, operation, phase);
    const doing: Doing = { context, needs: phase === "running" ? needsOf(operation, run.infra) : [] };
    const all = this.#doing.get(process) ?? new Set();
    this.#doing.set(process, all);
    all.add(doing);
    this.#judgeSlots(all, doing);
    try {
      return await act();
    } finally {
      all.delete(doing);
    }
  }

  #judgeCall({ definition, invariants }: WatchedRun, operation: OperationDefinition, phase: "running" | "compensating"): void {
    const recorded = invariants.phaseOf(operation.id);
    if (recorded !== phase) this.broken(`the handler of ${operation.id} was called (${phase}) while it is ${recorded}`);
    const { waitCondition } = operation;
    if (phase === "running" && waitCondition !== undefined && !isOpenAt(waitCondition.expression, this.#world.now))
      this.broken(`${operation.id} of ${definition.id} started although ${waitCondition.expression} does not hold`);
  }

  #judgeSlots(all: ReadonlySet<Doing>, { needs }: Doing): void {
    for (const { name, capacity } of needs) {
      if (capacity === undefined) continue;
      const users = [...all].filter((other) => other.needs.some((need) => need.name === name) && !other.context.signal.aborted);
      if (users.length > capacity) this.broken(`${users.length} operations use ${name}, which has ${capacity} places`);
    }
  }

  #judgeCloud(): void {
    const [double] = this.#cloud.doubles;
    if (double !== undefined) this.broken(`${double} was made twice`);
    for (const { owner, id } of this.#cloud.resources()) {
      const [runId, operation] = owner.split("/") as [RunId, OperationId];
      const run = this.#runs.get(runId);
      if (run === undefined || !run.invariants.mayHaveEffect(operation))
        this.broken(`${id} of ${owner} is there and nobody knows`);
    }
    for (const { definition, invariants } of this.#runs.values()) {
      for (const operation of definition.operations) {
        if (operation.action !== "cloud" || invariants.phaseOf(operation.id) !== "completed") continue;
        this.#judgeMade(definition, operation);
      }
    }
  }

  #report(runId: RunId, { invariants }: WatchedRun): void {
    for (const problem of invariants.problems) this.broken(`${runId}: ${problem}`);
  }
}

function isBefore(left: RunDefinition, right: RunDefinition): boolean {
  const order = rankOf(left) - rankOf(right);
  return order < 0 || (order === 0 && left.id < right.id);
}

function rankOf({ createdAt, priority = 0 }: RunDefinition): number {
  return createdAt - priority * PRIORITY_STEP_MS;
}

function operationOf(definition: RunDefinition, id: OperationId): OperationDefinition {
  return definition.operations.find((operation) => operation.id === id) as OperationDefinition;
}

function runIdOf(scope: LeaseScope): RunId | undefined {
  return scope.startsWith("run/") ? (scope.slice(4) as RunId) : undefined;
}

export function short(runId: RunId): string {
  return `run-${Number.parseInt(runId.slice(-4), 16)}`;
}

function lineOf(event: RunEvent): string {
  const operation = "operation" in event ? ` ${event.operation}` : "";
  const attempt = "attempt" in event ? ` attempt ${event.attempt}` : "";
  const error = "error" in event ? ` ${event.error.code}` : "";
  const status = event.type === "runEnded" ? ` ${event.status}` : "";
  return `${event.type}${operation}${attempt}${error}${status}`;
}
