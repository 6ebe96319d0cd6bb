/**
 * Questions about the graph of resources: a few in words ("what depends on etcd"), and any condition on a single resource as a KCL
 * expression (`kind == "server" and status == "failed"`).
 */

import { evaluateExpression } from "@provisioning/kcl-lang";
import {
  type Address,
  type InfraName,
  type Json,
  type JsonObject,
  ProvisioningError,
  type ResourceRecord,
} from "@provisioning/model";
import {
  buildResourceGraph,
  dependenciesOf,
  dependentsOf,
  nameOf,
  type ResourceGraph,
  resourcesNamed,
} from "@provisioning/planner";
import * as z from "zod/mini";
import { defineAction } from "../action.js";
import type { ActionContext } from "../context.js";
import { lineOf, recordedResources, resourceLineShape } from "../state/recorded.js";
import { unknownResource } from "../state/show.js";
import type { FoundResource, GraphAnswer } from "./answer.js";

export interface GraphQueryInput {
  readonly infra?: string;
  readonly question: string;
}

/** How far away what a relation leads to is; 0 for what an expression chose. */
type Distances = ReadonlyMap<Address, number>;

type Question = (
  graph: ResourceGraph,
  named: readonly Address[],
) => readonly { readonly address: Address; readonly distance: number }[];

const WORDS: readonly { readonly form: RegExp; readonly ask: Question }[] = [
  { form: /^what (?:depends on|needs|breaks without) (\S+?)\??$/i, ask: dependentsOf },
  { form: /^(?:dependents|users) of (\S+?)\??$/i, ask: dependentsOf },
  { form: /^what does (\S+) (?:depend on|need)\??$/i, ask: dependenciesOf },
  { form: /^dependencies of (\S+?)\??$/i, ask: dependenciesOf },
  { form: /^what runs on (\S+?)\??$/i, ask: (graph, named) => runningOn(graph, named) },
  { form: /^where (?:does|is) (\S+?) run(?:ning)?\??$/i, ask: (graph, named) => serversOf(graph, named) },
];

export const queryGraph = defineAction<GraphQueryInput, GraphAnswer>({
  name: "graph.query",
  cedar: { action: "queryGraph", resource: "Workspace" },
  effect: "read",
  summary: "Answers a question about the recorded resources and how they belong together.",
  input: z.strictObject({ infra: z.exactOptional(z.string()), question: z.string().check(z.maxLength(10_000)) }),
  output: z.strictObject({
    question: z.string(),
    resources: z.array(z.strictObject({ ...resourceLineShape, distance: z.int() })),
  }),
  run: query,
});

async function query(context: ActionContext, input: GraphQueryInput): Promise<GraphAnswer> {
  const records = await recordedResources(context, input);
  const question = input.question.trim();
  const asked = WORDS.find(({ form }) => form.test(question));
  const resources = asked === undefined ? chosenBy(question, records) : answerInWords(asked, question, records);
  return { question, resources };
}

function answerInWords(
  { form, ask }: (typeof WORDS)[number],
  question: string,
  records: readonly ResourceRecord[],
): readonly FoundResource[] {
  const name = form.exec(question)?.[1] ?? "";
  let isKnown = false;
  const found = byInfra(records).flatMap((own) => {
    const graph = buildResourceGraph(own);
    const named = resourcesNamed(graph, name);
    isKnown ||= named.length > 0;
    return withDistances(own, new Map(ask(graph, named).map(({ address, distance }) => [address, distance])));
  });
  if (!isKnown) throw unknownResource(name, records);
  return found;
}

export function byInfra(records: readonly ResourceRecord[]): readonly (readonly ResourceRecord[])[] {
  const lists = new Map<InfraName, ResourceRecord[]>();
  for (const record of records) {
    const list = lists.get(record.infra) ?? [];
    lists.set(record.infra, list);
    list.push(record);
  }
  return [...lists.values()];
}

export function withDistances(records: readonly ResourceRecord[], distances: Distances): readonly FoundResource[] {
  return records
    .filter(({ address }) => distances.has(address))
    .map((record) => ({ ...lineOf(record), distance: distances.get(record.address) ?? 0 }))
    .sort((left, right) => left.distance - right.distance || left.address.localeCompare(right.address));
}

function runningOn(graph: ResourceGraph, servers: readonly Address[]) {
  return servers.flatMap((server) =>
    (graph.incoming.get(server) ?? [])
      .filter(({ relation }) => relation === "runs_on")
      .map(({ from }) => ({ address: from, distance: 1 })),
  );
}

function serversOf(graph: ResourceGraph, taskservs: readonly Address[]) {
  return taskservs.flatMap((taskserv) =>
    (graph.outgoing.get(taskserv) ?? [])
      .filter(({ relation }) => relation === "runs_on")
      .map(({ to }) => ({ address: to, distance: 1 })),
  );
}

/** @throws ProvisioningError QUERY_INVALID */
function chosenBy(expression: string, records: readonly ResourceRecord[]): readonly FoundResource[] {
  const chosen = records.filter((record) => {
    const result = evaluateExpression(expression, scopeOf(record));
    if (result.ok && typeof result.value === "boolean") return result.value;
    throw new ProvisioningError({
      code: "QUERY_INVALID",
      message: result.ok
        ? `${JSON.stringify(expression)} gives ${JSON.stringify(result.value)} for ${record.address}, not True or False.`
        : `${JSON.stringify(expression)} is neither a question we know nor a KCL expression: ${result.diagnostics[0]?.message ?? ""}.`,
      hint: "Ask: what depends on NAME, what does NAME depend on, what runs on NAME, where does NAME run; or write a condition over kind, name, address, infra, provider, status, spec and attributes.",
    });
  });
  return chosen.map((record) => ({ ...lineOf(record), distance: 0 }));
}

function scopeOf(record: ResourceRecord): Readonly<Record<string, Json>> {
  const { infra, address, kind, provider, status, dependsOn } = record;
  const data: JsonObject = { spec: record.spec, attributes: record.attributes };
  return { infra, address, name: nameOf(address), kind, provider, status, depends_on: [...dependsOn], ...data };
}
