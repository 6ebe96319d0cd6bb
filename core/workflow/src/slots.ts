/**
 * Slots: what only so many operations may use at a time or start within a second. A server's lane is a slot with one place, a provider's
 * batch size one with several, its rate limit one that opens again with time. All runs that one engine carries out share them.
 */

import type { Instant, OperationDefinition, OperationId, RunId, SlotNeed } from "@provisioning/model";

export interface SlotHolder {
  readonly runId: RunId;
  readonly operation: OperationId;
  readonly since: Instant;
}

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
  readonly holders: Map<string, SlotHolder>;
}

const SECOND = 1000;

export class SlotPool {
  readonly #slots = new Map<string, Slot>();
  /** When the last operations of a rate-limited slot started, oldest first. */
  readonly #starts = new Map<string, Instant[]>();
  readonly #listeners = new Set<(name: string) => void>();

  /** All of them or none. */
  take(needs: readonly SlotNeed[], holder: SlotHolder): Taken {
    for (const { name, capacity } of needs) {
      const slot = this.#slots.get(name);
      if (capacity !== undefined && slot !== undefined && slot.holders.size >= slot.capacity) return { type: "busy", name };
    }
    const open = needs.reduce((at, need) => Math.max(at, this.#opensAt(need, holder.since)), 0);
    if (open > holder.since) return { type: "later", at: open };
    for (const need of needs) this.#occupy(need, holder);
    return { type: "taken" };
  }

  giveBack(needs: readonly SlotNeed[], { runId, operation }: Pick<SlotHolder, "runId" | "operation">): void {
    for (const { name } of needs) {
      const slot = this.#slots.get(name);
      if (slot?.holders.delete(`${runId}/${operation}`) !== true) continue;
      if (slot.holders.size === 0) this.#slots.delete(name);
      for (const listener of this.#listeners) listener(name);
    }
  }

  /** A run that ends, however it ends, holds nothing any more. */
  giveBackAll(runId: RunId): void {
    for (const [name, { holders }] of this.#slots) {
      for (const { operation } of [...holders.values()].filter((holder) => holder.runId === runId))
        this.giveBack([{ name }], { runId, operation });
    }
  }

  /** Told of each place that was given back. */
  onFree(listener: (name: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Who holds what, by name. */
  views(): readonly SlotView[] {
    return [...this.#slots]
      .map(([name, { capacity, holders }]) => ({
        name,
        holders: [...holders.values()],
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

  #occupy({ name, capacity, perSecond }: SlotNeed, holder: SlotHolder): void {
    const slot = this.#slots.get(name) ?? {
      capacity: capacity ?? Number.POSITIVE_INFINITY,
      holders: new Map<string, SlotHolder>(),
    };
    this.#slots.set(name, slot);
    slot.holders.set(`${holder.runId}/${holder.operation}`, holder);
    if (perSecond === undefined) return;
    const starts = this.#starts.get(name) ?? [];
    this.#starts.set(name, starts);
    starts.push(holder.since);
  }
}

/** A lane is a slot with one place, within its infra. */
export function needsOf({ lane, slots = [] }: OperationDefinition, infra: string): readonly SlotNeed[] {
  return lane === undefined ? slots : [{ name: `lane/${infra}/${lane}`, capacity: 1 }, ...slots];
}
