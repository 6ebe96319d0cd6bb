/** How one resource comes to need another: a shortest chain of relations. */

import { addressSchema, infraNameSchema } from "@provisioning/model/wire";
import type { Address, InfraName } from "@provisioning/model";
import { buildResourceGraph, pathBetween, type Relation, resourcesNamed } from "@provisioning/planner";
import * as z from "zod/mini";
import { defineAction } from "../action.js";
import type { ActionContext } from "../context.js";
import { recordedResources } from "../state/recorded.js";
import { unknownResource } from "../state/show.js";
import { byInfra } from "./query.js";

export interface PathInput {
  readonly infra?: string;
  /** Addresses or names. */
  readonly from: string;
  readonly to: string;
}

interface PathStep {
  readonly from: Address;
  readonly relation: Relation;
  readonly to: Address;
}

export interface GraphPath {
  readonly infra: InfraName | null;
  /** Empty when the first resource does not need the second. */
  readonly steps: readonly PathStep[];
}

export const findPath = defineAction<PathInput, GraphPath>({
  name: "graph.path",
  cedar: { action: "findPath", resource: "Workspace" },
  effect: "read",
  summary: "Tells how one resource comes to need another.",
  input: z.strictObject({ infra: z.exactOptional(z.string()), from: z.string(), to: z.string() }),
  output: z.strictObject({
    infra: z.nullable(infraNameSchema),
    steps: z.array(
      z.strictObject({ from: addressSchema, relation: z.enum(["depends_on", "runs_on", "attached_to"]), to: addressSchema }),
    ),
  }),
  run: find,
});

async function find(context: ActionContext, { from, to, ...input }: PathInput): Promise<GraphPath> {
  const records = await recordedResources(context, input);
  const all = buildResourceGraph(records);
  for (const name of [from, to]) if (resourcesNamed(all, name).length === 0) throw unknownResource(name, records);
  for (const own of byInfra(records)) {
    const graph = buildResourceGraph(own);
    const steps = pathBetween(graph, resourcesNamed(graph, from), resourcesNamed(graph, to));
    if (steps !== undefined) return { infra: own[0]?.infra ?? null, steps };
  }
  return { infra: null, steps: [] };
}
