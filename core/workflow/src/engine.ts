/**
 * The engine: stores runs, carries them out under a lease, takes up what a dead process left. Thin: what may follow what is in
 * transition.ts, what happens next in forward.ts and rollback.ts, how it is carried out in execute.ts, under which lease in tenure.ts.
 */

import type { CancelMode, InfraName, OperationId, RunDefinition, RunId } from "@provisioning/model";
import { type RunSummary, runScope, type Storage } from "@provisioning/storage";
import { passOver, request, requestCancel, requestPause, resume, retry } from "./control.js";
import {
  type EngineOptions,
  type ExecuteNextOptions,
  type ExecuteOptions,
  type RollbackOptions,
  withDefaults,
} from "./engine-options.js";
import { RunNotEndedError } from "./errors.js";
import { recover } from "./recover.js";
import type { SlotView } from "./slots.js";
import { isEnded, type RunState } from "./state.js";
import { assertRunnable } from "./submit.js";
import { acquire, assertHandled, settleCancelled, work, workOnClaimed } from "./tenure.js";
import { next } from "./transition.js";

export interface Engine {
  /** Durable before it resolves; the same definition again is the same run. @throws WorkflowInvalidError, RunExistsError */
  submit(definition: RunDefinition): Promise<RunId>;
  /**
   * Carries the run out until it has ended; also one that another process left half done: what was completed is never done again,
   * what was begun without a result is begun again. A failed run is a result, not an error.
   * @throws RunNotFoundError, HandlerMissingError, LeaseHeldError before anything is started
   * @throws LeaseLostError, StoreFailedError when this worker cannot go on; another one can
   */
  execute(runId: RunId, options: ExecuteOptions): Promise<RunState>;
  /** Undoes a run that has ended; resumes a rollback that was interrupted. @throws RunNotEndedError, and as `execute` */
  rollback(runId: RunId, options: RollbackOptions): Promise<RunState>;
  /**
   * Takes the next run of the queue and carries it out as `execute` does. Absent when none waits. @throws as `execute`
   */
  executeNext(options: ExecuteNextOptions): Promise<RunState | undefined>;
  /**
   * Asks for the end of a run, whoever works on it; one that nobody works on ends at once. Durable before it resolves.
   * `drain`: what runs may finish. Default: `abort`.
   */
  cancel(runId: RunId, by: string, reason: string, mode?: CancelMode): Promise<RunState>;
  /** Asks that nothing more is started; the run is paused when nothing runs any more. Durable before it resolves. @throws RunStatusError */
  pause(runId: RunId, by: string, reason: string): Promise<RunState>;
  /** Lets a paused run go on: it waits for a worker again. @throws RunStatusError */
  resume(runId: RunId, by: string): Promise<RunState>;
  /** Counts an operation that does not run as done, for those who need it. @throws RunStatusError, OperationStatusError */
  pass(runId: RunId, operation: OperationId, by: string): Promise<RunState>;
  /**
   * Has a run that ended go on: what failed, was skipped or cancelled is tried again, or, when `from` is named, these operations with all
   * that needs them, whatever they are, and what they cannot go on without. It waits for a worker then. @throws RunStatusError
   */
  retry(runId: RunId, by: string, from?: readonly OperationId[]): Promise<RunState>;
  state(runId: RunId): Promise<RunState>;
  /** Who holds which lane and which place of a provider's limits, in the runs that this engine carries out. */
  slots(): readonly SlotView[];
  /** Runs that have not ended, newest first. */
  unfinished(infra?: InfraName): Promise<readonly RunSummary[]>;
}

export function createEngine(engineOptions: EngineOptions): Engine {
  const options = withDefaults(engineOptions);
  const { storage, clock, leaseTtlMs, faultPoint } = options;
  const { runs } = storage;
  const control = { runs, clock, faultPoint };
  const state = async (runId: RunId) => (await recover(runs, runId)).state;

  const execute = async (runId: RunId, executeOptions: ExecuteOptions) => {
    const recovered = await recover(runs, runId);
    const { state: before } = recovered;
    if (isEnded(before) || before.status === "paused") return before;
    assertHandled(before, executeOptions.handlers);
    const held = await acquire(options, runId);
    return await work(options, runId, held, executeOptions, recovered);
  };
  return {
    async submit(definition) {
      assertRunnable(definition, engineOptions.conditions);
      if (faultPoint !== undefined) await faultPoint("submit.before");
      await runs.submit(definition);
      if (faultPoint !== undefined) await faultPoint("submit.after");
      return definition.id;
    },
    execute,
    async executeNext(nextOptions) {
      if (faultPoint !== undefined) await faultPoint("claim.before");
      const askedAt = clock.now();
      const claimed = await storage.queue.claim(options.holder, leaseTtlMs);
      return claimed === undefined ? undefined : await workOnClaimed(options, claimed, askedAt, nextOptions);
    },
    async rollback(runId, rollbackOptions) {
      const { by, toCheckpoint } = rollbackOptions;
      const event = {
        type: "rollbackStarted",
        at: clock.now(),
        by,
        ...(toCheckpoint === undefined ? {} : { toCheckpoint }),
      } as const;
      await request(control, runId, (current) => {
        if (current.status === "rollingBack") return undefined;
        if (!isEnded(current)) throw new RunNotEndedError(runId);
        assertHandled(next(current, event), rollbackOptions.handlers);
        return event;
      });
      return execute(runId, rollbackOptions);
    },
    async cancel(runId, by, reason, mode = "abort") {
      const current = await requestCancel(control, runId, { by, reason, mode });
      if (isEnded(current)) return current;
      const holder = await storage.leases.current(runScope(runId));
      return holder === undefined ? settleCancelled(options, runId, current) : current;
    },
    pause: (runId, by, reason) => requestPause(control, runId, by, reason),
    resume: (runId, by) => resume(control, runId, by),
    pass: (runId, operation, by) => passOver(control, runId, operation, by),
    retry: (runId, by, from) => retry(control, runId, by, from),
    state,
    slots: () => options.slots.views(),
    unfinished: (infra) => unfinished(storage, infra),
  };
}

async function unfinished(storage: Storage, infra: InfraName | undefined): Promise<readonly RunSummary[]> {
  const found: RunSummary[] = [];
  let cursor: string | undefined;
  do {
    const page = await storage.runs.list({
      status: ["pending", "running", "rollingBack", "paused"],
      ...(infra === undefined ? {} : { infra }),
      ...(cursor === undefined ? {} : { cursor }),
    });
    found.push(...page.runs);
    cursor = page.next;
  } while (cursor !== undefined);
  return found;
}
