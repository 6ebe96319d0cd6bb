/** Those who pause, resume, cancel, mend and pass over runs while processes die: asked about a run whenever something happened to it. */

import type { RunEvent, RunId } from "@provisioning/model";
import type { Engine } from "../../engine.js";
import { isEnded, type RunState } from "../../state.js";
import { GATE, kindOf } from "./work.js";

export interface Request {
  readonly name: "pause" | "resume" | "cancel" | "pass" | "retry";
  /** What is stored of it. */
  readonly event: RunEvent["type"];
  readonly make: (engine: Engine, runId: RunId) => Promise<RunState>;
}

const BY = "ada";

/** What somebody wants of the run now. `isUnruly`: when others have paused it, to let it go on. */
export function wish(state: RunState, events: readonly RunEvent[], isUnruly: boolean): Request | undefined {
  if (isUnruly && state.status === "paused") return resume;
  const happened = (type: RunEvent["type"]) => events.some((event) => event.type === type);
  const isUnderWay = state.status === "running" && state.counts.completed > 0;
  switch (kindOf(state.definition)) {
    case "paused":
      if (state.status === "paused") return resume;
      return isUnderWay && !happened("pauseRequested") ? pause : undefined;
    case "cancelled":
      return isUnderWay && !happened("cancelRequested") ? cancel : undefined;
    case "healed":
      return state.status === "failed" ? retry : undefined;
    case "passedOver":
      return isUnderWay && state.operations.get(GATE).status === "pending" ? pass : undefined;
    default:
      return undefined;
  }
}

/** Whether nothing more will happen to it. */
export function isFinished(state: RunState, isUnruly: boolean): boolean {
  return isEnded(state) && (isUnruly || !isBroken(state));
}

function isBroken(state: RunState): boolean {
  return kindOf(state.definition) === "healed" && state.status === "failed";
}

const pause: Request = { name: "pause", event: "pauseRequested", make: (engine, id) => engine.pause(id, BY, "test") };
const resume: Request = { name: "resume", event: "runResumed", make: (engine, id) => engine.resume(id, BY) };
const cancel: Request = { name: "cancel", event: "cancelRequested", make: (engine, id) => engine.cancel(id, BY, "test") };
const pass: Request = { name: "pass", event: "operationPassed", make: (engine, id) => engine.pass(id, GATE, BY) };
const retry: Request = { name: "retry", event: "runRetried", make: (engine, id) => engine.retry(id, BY) };
