/** All that is recorded of one resource, with what it needs and what needs it. */

import { type Address, type JsonObject, nearest, ProvisioningError, type ResourceRecord } from "@provisioning/model";
import { addressSchema, jsonObjectSchema } from "@provisioning/model/wire";
import { buildResourceGraph, type Relation, resourcesNamed } from "@provisioning/planner";
import * as z from "zod/mini";
import { defineAction } from "../action.js";
import type { ActionContext } from "../context.js";
import { lineOf, recordedResources, type ResourceLine, resourceLineShape } from "./recorded.js";

export interface ShowStateInput {
  readonly infra?: string;
  /** An address such as `taskserv.db-01.etcd`, or a name that only one resource has. */
  readonly resource: string;
}

interface Neighbour {
  readonly relation: Relation;
  readonly address: Address;
}

/** A resource with its record. Secrets are references, never values. */
export interface ResourceDetail extends ResourceLine {
  readonly spec: JsonObject;
  readonly attributes: JsonObject;
  readonly needs: readonly Neighbour[];
  readonly neededBy: readonly Neighbour[];
}

const neighboursSchema = z.array(
  z.strictObject({ relation: z.enum(["depends_on", "runs_on", "attached_to"]), address: addressSchema }),
);

export const showState = defineAction<ShowStateInput, ResourceDetail>({
  name: "state.show",
  cedar: { action: "showState", resource: "Workspace" },
  effect: "read",
  summary: "Shows all that is recorded of one resource, with what it needs and what needs it.",
  input: z.strictObject({ infra: z.exactOptional(z.string()), resource: z.string() }),
  output: z.strictObject({
    ...resourceLineShape,
    spec: jsonObjectSchema,
    attributes: jsonObjectSchema,
    needs: neighboursSchema,
    neededBy: neighboursSchema,
  }),
  run: show,
});

async function show(context: ActionContext, input: ShowStateInput): Promise<ResourceDetail> {
  const records = await recordedResources(context, input);
  const record = theOne(records, input.resource);
  const graph = buildResourceGraph(records.filter(({ infra }) => infra === record.infra));
  return {
    ...lineOf(record),
    spec: record.spec,
    attributes: record.attributes,
    needs: (graph.outgoing.get(record.address) ?? []).map(({ relation, to }) => ({ relation, address: to })),
    neededBy: (graph.incoming.get(record.address) ?? []).map(({ relation, from }) => ({ relation, address: from })),
  };
}

/** @throws ProvisioningError TARGET_UNKNOWN, TARGET_AMBIGUOUS */
function theOne(records: readonly ResourceRecord[], name: string): ResourceRecord {
  const named = new Set(resourcesNamed(buildResourceGraph(records), name));
  const [record, ...others] = records.filter(({ address }) => named.has(address));
  if (record === undefined) throw unknownResource(name, records);
  if (others.length === 0) return record;
  throw new ProvisioningError({
    code: "TARGET_AMBIGUOUS",
    message: `${others.length + 1} resources are called ${name}.`,
    hint: `Say which: ${[record, ...others].map(({ infra, address }) => `${address} (infra ${infra})`).join(", ")}.`,
  });
}

export function unknownResource(name: string, records: readonly Pick<ResourceRecord, "address">[]): ProvisioningError {
  const suggestion = nearest(
    name,
    records.map(({ address }) => address),
  );
  return new ProvisioningError({
    code: "TARGET_UNKNOWN",
    message: `No recorded resource is called ${JSON.stringify(name)}.`,
    hint: suggestion === undefined ? "See them with: provisioning state list" : `Did you mean ${suggestion}?`,
  });
}
