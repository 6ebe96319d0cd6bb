/**
 * Slots: what only so many operations may use at a time or start within a second. A server's lane is a slot with one place, a provider's
 * batch size one with several, its rate limit one that opens again with time. All runs that one engine carries out share them.
 */

import type { FencingToken, Instant, OperationDefinition, OperationId, RunId, SlotNeed } from "@provisioning/model";

export interface SlotHolder {
  readonly runId: RunId;
  readonly operation: OperationId;
  readonly since: Instant;
}

/**
 * Whose place it is. The token tells apart who works on a run and who did before and does not know yet that it was taken over, which
 * can be the same process.
 */
export type SlotUser = Pick<SlotHolder, "runId" | "operation"> & { readonly token?: FencingToken };

export interface SlotView {
  readonly name: string;
  readonly capacity?: number;
  readonly holders: readonly SlotHolder[];
}

/** `busy`: until somebody gives a place back. `later`: at that moment at the earliest. */
export type Taken =
  | { readonly type: "taken" }
  | { readonly type: "busy"; readonly name: string }
  | { readonly type: "later"; readonly at: Instant };

interface Slot {
  readonly capacity: number;
  readonly holders: Map<string, SlotHolder & SlotUser>;
}

interface Listener {
  tell: (name: string) => void;
}

const NOBODY = () => {};

const SECOND = 1000;

export class SlotPool {
  readonly #slots = new Map<string, Slot>();
  /** When the last operations of a rate-limited slot started, oldest first. */
  readonly #starts = new Map<string, Instant[]>();
  readonly #listeners = new Set<Listener>();

  /** All of them or none. */
  take(needs: readonly SlotNeed[], holder: SlotHolder & SlotUser): Taken {
    for (const { name, capacity } of needs) {
      const slot = this.#slots.get(name);
      if (capacity !== undefined && slot !== undefined && slot.holders.size >= slot.capacity) return { type: "busy", name };
    }
    const open = needs.reduce((at, need) => Math.max(at, this.#opensAt(need, holder.since)), 0);
    if (open > holder.since) return { type: "later", at: open };
    for (const need of needs) this.#occupy(need, holder);
    return { type: "taken" };
  }

  giveBack(needs: readonly SlotNeed[], user: SlotUser): void {
    for (const { name } of needs) {
      const slot = this.#slots.get(name);
      if (slot?.holders.delete(keyOf(user)) !== true) continue;
      if (slot.holders.size === 0) this.#slots.delete(name);
      for (const { tell } of this.#listeners) tell(name);
    }
  }

  /** Whoever does not work on a run any more holds nothing for it. */
  giveBackAll(runId: RunId, token?: FencingToken): void {
    for (const [name, { holders }] of this.#slots) {
      for (const user of [...holders.values()].filter((holder) => holder.runId === runId && holder.token === token))
        this.giveBack([{ name }], user);
    }
  }

  /** Told of each place that was given back. */
  onFree(listener: (name: string) => void): () => void {
    const own: Listener = { tell: listener };
    this.#listeners.add(own);
    return () => {
      this.#listeners.delete(own);
      // Tables that a set has outgrown refer to the one that follows: what was in them lives on until the next full collection.
      own.tell = NOBODY;
    };
  }

  /** Who holds what, by name. */
  views(): readonly SlotView[] {
    return [...this.#slots]
      .map(([name, { capacity, holders }]) => ({
        name,
        holders: Array.from(holders.values(), ({ runId, operation, since }) => ({ runId, operation, since })),
        ...(Number.isFinite(capacity) ? { capacity } : {}),
      }))
      .sort((left, right) => left.name.localeCompare(right.name));
  }

  #opensAt({ name, perSecond }: SlotNeed, now: Instant): Instant {
    const starts = this.#starts.get(name);
    if (perSecond === undefined || starts === undefined) return 0;
    while (starts.length > 0 && (starts[0] as Instant) <= now - SECOND) starts.shift();
    const first = starts[starts.length - perSecond];
    return first === undefined ? 0 : first + SECOND;
  }

  #occupy({ name, capacity, perSecond }: SlotNeed, holder: SlotHolder & SlotUser): void {
    const slot = this.#slots.get(name) ?? {
      capacity: capacity ?? Number.POSITIVE_INFINITY,
      holders: new Map<string, SlotHolder & SlotUser>(),
    };
    this.#slots.set(name, slot);
    slot.holders.set(keyOf(holder), holder);
    if (perSecond === undefined) return;
    const starts = this.#starts.get(name) ?? [];
    this.#starts.set(name, starts);
    starts.push(holder.since);
  }
}

function keyOf({ runId, operation, token = 0 }: SlotUser): string {
  return `${runId}/${token}/${operation}`;
}

/** A lane is a slot with one place, within its infra. */
export function needsOf({ lane, slots = [] }: OperationDefinition, infra: string): readonly SlotNeed[] {
  return lane === undefined ? slots : [{ name: `lane/${infra}/${lane}`, capacity: 1 }, ...slots];
}
