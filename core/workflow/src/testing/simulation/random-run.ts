/** Definitions drawn at random: every kind of edge, lanes, slots, priorities, conditions, retry and failure policies. */

import {
  type DependencyType,
  infraName,
  type Instant,
  type OnFailure,
  type OperationDefinition,
  type OperationId,
  type RunDefinition,
  type RunId,
  serverAddress,
  serverName,
  type SlotNeed,
} from "@provisioning/model";
import type { RandomSource } from "./random-source.js";

export interface RandomRunOptions {
  readonly random: RandomSource;
  readonly runId: RunId;
  readonly createdAt: Instant;
  /** By the clock of the store, for what waits. */
  readonly now: Instant;
  readonly maxOperations: number;
  /** The same limits for all runs of one world. */
  readonly slots: readonly SlotNeed[];
}

const EDGES: Readonly<Record<DependencyType, number>> = { hard: 6, soft: 2, optional: 2 };
const POLICIES: Readonly<Record<OnFailure, number>> = { fail: 3, continue: 4, rollback: 3 };
const ADDRESS = serverAddress(serverName("web-01"));

export function randomRun(options: RandomRunOptions): RunDefinition {
  const { random, runId, createdAt, now, maxOperations } = options;
  const size = random.int(1, maxOperations);
  const onFailure = random.weighted(POLICIES);
  const operations = Array.from({ length: size }, (_, index) => randomOperation(options, index, onFailure));
  return {
    id: runId,
    name: "simulated",
    infra: infraName("shop"),
    operations,
    parallelLimit: random.int(1, 4),
    labels: {},
    createdAt,
    ...(random.chance(0.3) ? { checkpointInterval: random.int(1, 4) } : {}),
    ...(random.chance(0.2) ? { preserveSuccessful: true } : {}),
    ...(random.chance(0.4) ? { priority: random.int(-10, 10) } : {}),
    ...(random.chance(0.2) ? { notBefore: now + random.int(0, 120_000) } : {}),
  };
}

function randomOperation({ random, now, slots }: RandomRunOptions, index: number, usual: OnFailure): OperationDefinition {
  const id = idOf(index);
  const before = Array.from({ length: index }, (_, place) => place);
  const needed = random.some(before, Math.min(0.4, 1.5 / Math.max(1, index)));
  const dependsOn = needed.map((place) => ({ on: idOf(place), type: random.weighted(EDGES) }));
  if (random.chance(0.1)) dependsOn.push({ on: "absent" as OperationId, type: "optional" });
  const used = random.some(slots, 0.4);
  return {
    id,
    title: id,
    action: random.weighted({ cloud: 5, task: 4, final: 1 }),
    address: ADDRESS,
    input: {},
    dependsOn,
    timeoutMs: random.int(20_000, 120_000),
    retry: {
      maxAttempts: random.int(1, 4),
      backoff: random.pick(["linear", "exponential"]),
      initialDelayMs: random.int(1, 10_000),
      maxDelayMs: random.int(10_000, 30_000),
    },
    onFailure: random.chance(0.2) ? random.weighted(POLICIES) : usual,
    ...(random.chance(0.4) ? { lane: random.pick(["db-01", "web-01", "web-02"]) } : {}),
    ...(used.length > 0 ? { slots: used } : {}),
    ...(random.chance(0.15)
      ? { waitCondition: { expression: randomCondition(random, now), timeoutMs: random.int(1_000, 90_000) } }
      : {}),
  };
}

function randomCondition(random: RandomSource, now: Instant): string {
  const kind = random.weighted({ after: 8, never: 1, broken: 1 });
  return kind === "after" ? `after ${now + random.int(0, 120_000)}` : kind;
}

/** A cloud with places, one with a rate, one with both. */
export function randomSlots(random: RandomSource): readonly SlotNeed[] {
  return [
    { name: "provider/places", capacity: random.int(1, 3) },
    { name: "provider/rate", perSecond: random.int(1, 2) },
    { name: "provider/both", capacity: random.int(1, 3), perSecond: random.int(1, 3) },
  ];
}

function idOf(index: number): OperationId {
  return `op-${index}` as OperationId;
}
