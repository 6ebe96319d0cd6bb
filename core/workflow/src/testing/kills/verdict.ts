/**
 * What must hold after all deaths of a round: judged from the file in which the processes said what they did and heard, in the order in which
 * it happened, and from the histories that are stored in the end.
 */

import type { OperationId, RunEvent } from "@provisioning/model";
import { isEnded } from "../../state.js";
import { replay } from "../../transition.js";
import { brokenInvariants } from "../invariants.js";
import { kindOf, OUTCOMES } from "./work.js";

export interface Verdict {
  /** Sentences about what is wrong. */
  readonly problems: readonly string[];
  readonly acknowledged: number;
  readonly effects: number;
  /** Effects that were begun again after a death, each under the same token of idempotency. */
  readonly repeated: number;
}

/** `isUnruly`: runs may end in any way, and what was undone may be done again. */
export function judge(lines: readonly string[], histories: readonly (readonly RunEvent[])[], isUnruly = false): Verdict {
  const found = new Findings(isUnruly);
  for (const line of lines) found.see(line);
  for (const events of histories) found.end(events);
  found.finish();
  return { problems: found.problems, acknowledged: found.acknowledged, effects: found.effects, repeated: found.repeated };
}

class Findings {
  readonly problems: string[] = [];
  acknowledged = 0;
  effects = 0;
  repeated = 0;
  /** The newest version that was acknowledged, by run. */
  readonly #versions = new Map<string, number>();
  /** By run and version: what was acknowledged to be there. */
  readonly #stored = new Map<string, string>();
  /** Results that were acknowledged: `execute run operation`. */
  readonly #done = new Set<string>();
  readonly #keys = new Map<string, string>();
  readonly #requests: { readonly run: string; readonly event: string }[] = [];
  readonly #began: {
    readonly run: string;
    readonly kind: string;
    readonly operation: string;
    readonly attempt: number;
    readonly token: number;
  }[] = [];
  readonly #histories = new Map<string, readonly RunEvent[]>();
  /** What a process found when it opened the store. */
  #present = new Map<string, number>();

  readonly #isUnruly: boolean;

  constructor(isUnruly: boolean) {
    this.#isUnruly = isUnruly;
  }

  see(line: string): void {
    const [kind, ...words] = line.split(" ");
    if (kind === "present") this.#present.set(words[0] as string, Number(words[1]));
    else if (kind === "opened") this.#compare();
    else if (kind === "submitted") this.#acknowledge(words[0] as string, 1);
    else if (kind === "stored") this.#store(words);
    else if (kind === "asked") this.#ask(words);
    else if (kind === "effect") this.#effect(words);
  }

  #acknowledge(run: string, version: number): void {
    this.acknowledged += 1;
    this.#versions.set(run, Math.max(version, this.#versions.get(run) ?? 0));
  }

  #compare(): void {
    for (const [run, version] of this.#versions) {
      const found = this.#present.get(run) ?? 0;
      if (found < version) this.problems.push(`run ${run} was acknowledged at version ${version} and is at ${found}`);
    }
    this.#present = new Map();
  }

  #store([run = "", version, type, operation, attempt]: readonly string[]): void {
    this.#acknowledge(run, Number(version));
    const key = `${run} ${version}`;
    const text = `${type} ${operation} ${attempt}`;
    const known = this.#stored.get(key);
    if (known !== undefined && known !== text) this.problems.push(`version ${key} was ${known} and then ${text}`);
    this.#stored.set(key, text);
    if (type === "operationCompleted") this.#done.add(`execute ${run} ${operation}`);
    if (type === "compensationCompleted") this.#done.add(`compensate ${run} ${operation}`);
  }

  #ask([run = "", event = ""]: readonly string[]): void {
    this.acknowledged += 1;
    this.#requests.push({ run, event });
  }

  #effect([kind = "", run = "", operation = "", attempt, token, key = ""]: readonly string[]): void {
    this.effects += 1;
    const name = `${kind} ${run} ${operation}`;
    if (!this.#isUnruly && this.#done.has(name)) this.problems.push(`${name} was done again after its result was stored`);
    const before = this.#keys.get(name);
    if (before !== undefined) this.repeated += 1;
    if (!this.#isUnruly && before !== undefined && before !== key)
      this.problems.push(`${name} was done as ${before} and as ${key}`);
    this.#keys.set(name, key);
    this.#began.push({ run, kind, operation, attempt: Number(attempt), token: Number(token) });
  }

  end(events: readonly RunEvent[]): void {
    const [first] = events;
    if (first?.type !== "runSubmitted") return void this.problems.push("a run has no beginning");
    const { id } = first.definition;
    this.#histories.set(id, events);
    for (const problem of brokenInvariants(events)) this.problems.push(`run ${id}: ${problem}`);
    const state = replay(events);
    const kind = kindOf(first.definition);
    if (this.#isUnruly ? !isEnded(state) : !OUTCOMES[kind].includes(state.status))
      this.problems.push(`run ${id} (${kind}) ended as ${state.status}`);
    for (const event of events) {
      if (event.type !== "operationCompleted") continue;
      if (!this.#keys.has(`execute ${id} ${event.operation}`))
        this.problems.push(`${id} ${event.operation} completed without being done`);
    }
  }

  finish(): void {
    for (const [key, text] of this.#stored) {
      const [run = "", version] = key.split(" ");
      const event = this.#histories.get(run)?.[Number(version) - 1];
      if (event === undefined || textOf(event) !== text)
        this.problems.push(`version ${key} was acknowledged as ${text} and is ${event?.type}`);
    }
    for (const { run, event } of this.#requests) {
      if (!this.#eventsOf(run).some(({ type }) => type === event))
        this.problems.push(`${event} of ${run} was acknowledged and is not there`);
    }
    for (const { run, kind, operation, attempt, token } of this.#began) {
      const isMeant = this.#eventsOf(run).some((event) =>
        kind === "execute"
          ? event.type === "operationStarted" &&
            event.operation === operation &&
            event.attempt === attempt &&
            event.token === token
          : event.type === "compensationStarted" && event.operation === operation && event.token === token,
      );
      if (!isMeant) this.problems.push(`${kind} ${run} ${operation} was done without the intent being stored`);
    }
    for (const run of this.#versions.keys()) if (!this.#histories.has(run)) this.problems.push(`run ${run} is gone`);
  }

  #eventsOf(run: string): readonly RunEvent[] {
    return this.#histories.get(run) ?? [];
  }
}

function textOf(event: RunEvent): string {
  const operation: OperationId | "-" = "operation" in event ? event.operation : "-";
  return `${event.type} ${operation} ${"attempt" in event ? event.attempt : "-"}`;
}
