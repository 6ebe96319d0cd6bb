/**
 * What the processes work on that are killed: runs of every kind, drawn from a seed, so that each process of a round knows all of them.
 * Operations chain and branch, fail and are tried again, wait for conditions, are paused, cancelled, passed over, retried and rolled back.
 */

import {
  DEFAULT_RETRY,
  infraName,
  type Instant,
  type OperationDefinition,
  type OperationId,
  type RunDefinition,
  type RunId,
  serverAddress,
  serverName,
} from "@provisioning/model";
import { seededRandom } from "@provisioning/storage/testing";
import type { Conditions } from "../../condition.js";

const WORK_KINDS = ["plain", "flaky", "rolledBack", "waiting", "paused", "healed", "cancelled", "passedOver"] as const;
export type WorkKind = (typeof WORK_KINDS)[number];

/** How a run of each kind may end. */
export const OUTCOMES: Readonly<Record<WorkKind, readonly string[]>> = {
  plain: ["completed"],
  flaky: ["completed"],
  rolledBack: ["rolledBack"],
  waiting: ["completed"],
  paused: ["completed"],
  healed: ["completed"],
  cancelled: ["cancelled", "completed"],
  passedOver: ["completed"],
};

/** The operation that somebody passes over: what it waits for never happens. */
export const GATE = "gate" as OperationId;
/** Fails until somebody has mended what was wrong. */
export const BROKEN = "broken" as OperationId;

export function definitionsOf(seed: number, count: number, createdAt: Instant): readonly RunDefinition[] {
  const random = seededRandom(seed);
  return Array.from({ length: count }, (_, index) => definitionOf(runIdOf(seed, index), random, createdAt));
}

export function kindOf(definition: RunDefinition): WorkKind {
  return definition.labels["kind"] as WorkKind;
}

function runIdOf(seed: number, index: number): RunId {
  return `00000000-${index.toString(16).padStart(4, "0")}-7000-8000-${seed.toString(16).padStart(12, "0")}` as RunId;
}

function definitionOf(id: RunId, random: () => number, createdAt: Instant): RunDefinition {
  const kind = WORK_KINDS[Number.parseInt(id.slice(9, 13), 16) % WORK_KINDS.length] as WorkKind;
  return {
    id,
    name: `work ${kind}`,
    infra: infraName("shop"),
    operations: [...chain(random), ...special(kind)],
    parallelLimit: 2,
    labels: { kind },
    createdAt,
    priority: Math.floor(random() * 5),
  };
}

/** `a` to `d`: each needs the one before it or, by chance, only the first one. */
function chain(random: () => number): readonly OperationDefinition[] {
  return ["a", "b", "c", "d"].map((id, index, ids) => {
    const needed = index === 0 ? [] : [random() < 0.7 ? (ids[index - 1] as string) : "a"];
    return operation(id, needed, random() < 0.3 ? { lane: "shared" } : {});
  });
}

function special(kind: WorkKind): readonly OperationDefinition[] {
  const after = (id: string, needed: string, changes: Partial<OperationDefinition> = {}) => [operation(id, [needed], changes)];
  switch (kind) {
    case "plain":
    case "paused":
    case "cancelled":
      return [];
    case "flaky":
      return after("flaky", "a");
    case "rolledBack":
      return after("hopeless", "c", { onFailure: "rollback" });
    case "waiting":
      return after("waits", "a", { waitCondition: { expression: "d", timeoutMs: 600_000 } });
    case "healed":
      return after(BROKEN, "b");
    case "passedOver":
      return after(GATE, "a", { waitCondition: { expression: "never", timeoutMs: 600_000 } });
  }
}

function operation(id: string, needed: readonly string[], changes: Partial<OperationDefinition>): OperationDefinition {
  return {
    id: id as OperationId,
    title: id,
    action: "sample",
    address: serverAddress(serverName("web-01")),
    input: {},
    dependsOn: needed.map((on) => ({ on: on as OperationId, type: "hard" as const })),
    timeoutMs: 60_000,
    retry: { ...DEFAULT_RETRY, initialDelayMs: 2 },
    onFailure: "fail",
    ...changes,
  };
}

/** An expression is the name of an operation that must have completed. */
export const CONDITIONS: Conditions = {
  check: () => undefined,
  holds: async (expression, { outputs }) => expression in outputs,
};
