/** What a dry run tells of a workflow: what goes on at the same time, in which order, and what decides how long it takes. Pure. */

import type { OperationDefinition, OperationId } from "@provisioning/model";
import { topologicalOrder } from "../graph.js";
import type { CompiledBatch } from "./scope.js";

export interface BatchOutlook {
  /** Operations of the workflow; those of one wave wait for nothing but the waves before. */
  readonly waves: readonly (readonly WaveMember[])[];
  /** All that is done, what comes first first. */
  readonly order: readonly OutlookStep[];
  /** The longest chain of steps that wait for each other: with any number of workers it takes at least these. */
  readonly longestPath: readonly string[];
}

export interface WaveMember {
  readonly id: string;
  readonly items: readonly string[];
  /** Of a cluster. */
  readonly region?: string;
  readonly steps: readonly string[];
}

export interface OutlookStep {
  readonly id: OperationId;
  readonly title: string;
  /** From 1: steps of one wave can go on at the same time. */
  readonly wave: number;
  readonly after: readonly OperationId[];
}

/** The graph must have no cycle. */
export function outlookOf({ operations, groups }: Pick<CompiledBatch, "operations" | "groups">): BatchOutlook {
  const byId = new Map(operations.map((operation) => [operation.id, operation]));
  const before = (id: OperationId) => byId.get(id)?.dependsOn.flatMap(({ on }) => (byId.has(on) ? [on] : [])) ?? [];
  const ordering = topologicalOrder({ nodes: [...byId.keys()], dependenciesOf: before });
  const order = ordering.ok ? ordering.order : [];
  const depth = depths(order, byId, before);
  const steps = order.flatMap((id) => {
    const operation = byId.get(id) as OperationDefinition;
    const wave = depth.get(id)?.length ?? 0;
    return isStep(operation) ? [{ id, title: operation.title, wave, after: before(id) }] : [];
  });
  return {
    waves: wavesOf(groups, byId),
    order: steps.sort((a, b) => a.wave - b.wave),
    longestPath: longestPath(order, byId, depth),
  };
}

interface Depth {
  /** Steps up to and with it. */
  readonly length: number;
  readonly previous?: OperationId;
}

function depths(
  order: readonly OperationId[],
  byId: ReadonlyMap<OperationId, OperationDefinition>,
  before: (id: OperationId) => readonly OperationId[],
): ReadonlyMap<OperationId, Depth> {
  const depth = new Map<OperationId, Depth>();
  for (const id of order) {
    let longest: Depth = { length: 0 };
    for (const previous of before(id)) {
      const { length } = depth.get(previous) as Depth;
      if (length > longest.length || longest.previous === undefined)
        longest = { length: Math.max(length, longest.length), previous };
    }
    const own = isStep(byId.get(id) as OperationDefinition) ? 1 : 0;
    depth.set(id, { ...longest, length: longest.length + own });
  }
  return depth;
}

function longestPath(
  order: readonly OperationId[],
  byId: ReadonlyMap<OperationId, OperationDefinition>,
  depth: ReadonlyMap<OperationId, Depth>,
): string[] {
  let at: OperationId | undefined;
  for (const id of order) if (at === undefined || (depth.get(id)?.length ?? 0) > (depth.get(at)?.length ?? 0)) at = id;
  const path: string[] = [];
  for (; at !== undefined; at = depth.get(at)?.previous) {
    const operation = byId.get(at) as OperationDefinition;
    if (isStep(operation)) path.unshift(operation.title);
  }
  return path;
}

/** What only waits is no step. */
function isStep({ action }: OperationDefinition): boolean {
  return action !== "batch.gate" && action !== "batch.verdict" && action !== "servers.known";
}

function wavesOf(
  groups: CompiledBatch["groups"],
  byId: ReadonlyMap<OperationId, OperationDefinition>,
): readonly (readonly WaveMember[])[] {
  const waveOf = new Map<string, number>();
  const waves: WaveMember[][] = [];
  for (const { id, items, region, after, operations } of groups) {
    const wave = after.reduce((latest, other) => Math.max(latest, (waveOf.get(other) ?? -1) + 1), 0);
    waveOf.set(id, wave);
    const steps = operations.flatMap((one) => {
      const operation = byId.get(one);
      return operation !== undefined && isStep(operation) ? [operation.title] : [];
    });
    (waves[wave] ??= []).push({ id, items, ...(region === undefined ? {} : { region }), steps });
  }
  return waves;
}

/** It does something or looks at something; gates alone are no work. */
export function hasWork({ operations }: CompiledBatch): boolean {
  return operations.some(isStep);
}
