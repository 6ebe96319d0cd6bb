/** Recorded resources and their relations, for people. */

import type { GraphAnswer, GraphPath, ResourceDetail, ResourceLine } from "@provisioning/actions";
import { isJsonObject, type Json } from "@provisioning/model";
import { formatInstant } from "./duration.js";
import { renderTable } from "./table.js";

export function renderResources(resources: readonly ResourceLine[], width?: number): string {
  return renderTable(
    resources,
    [
      { title: "INFRA", cell: (item) => item.infra },
      { title: "RESOURCE", cell: (item) => item.address },
      { title: "PROVIDER", cell: (item) => item.provider },
      { title: "STATUS", cell: (item) => item.status },
      { title: "UPDATED", cell: (item) => formatInstant(item.updatedAt) },
    ],
    width,
  );
}

export function renderFound(resources: GraphAnswer["resources"], width?: number): string {
  return renderTable(
    resources,
    [
      { title: "RESOURCE", cell: (item) => item.address },
      { title: "INFRA", cell: (item) => item.infra },
      { title: "STATUS", cell: (item) => item.status },
      { title: "STEPS AWAY", cell: (item) => (item.distance === 0 ? "-" : String(item.distance)) },
    ],
    width,
  );
}

const WORDS = { depends_on: "depends on", runs_on: "runs on", attached_to: "is attached to" } as const;

export function renderPath({ steps }: GraphPath): string {
  if (steps.length === 0) return "They are the same.";
  return steps.map(({ from, relation, to }) => `${from} ${WORDS[relation]} ${to}`).join("\n");
}

export function renderResource(detail: ResourceDetail): string {
  const { address, infra, provider, status, updatedAt, runId } = detail;
  const head = [
    `${address}  (infra ${infra}, provider ${provider})`,
    `${status} since ${new Date(updatedAt).toISOString()}, run ${runId}`,
  ];
  const related = [
    ...detail.needs.map(({ relation, address: to }) => `  ${WORDS[relation]} ${to}`),
    ...detail.neededBy.map(({ relation, address: from }) => `  ${from} ${WORDS[relation]} it`),
  ];
  return [
    ...head,
    "",
    ...section("Relations", related),
    ...section("Spec", lines(detail.spec)),
    ...section("Attributes", lines(detail.attributes)),
  ]
    .join("\n")
    .trimEnd();
}

function section(title: string, content: readonly string[]): readonly string[] {
  return content.length === 0 ? [] : [`${title}:`, ...content, ""];
}

/** One line for each value, by its dotted path. */
function lines(value: Json, path = ""): readonly string[] {
  if (isJsonObject(value))
    return entriesOf(
      path,
      "{}",
      Object.entries(value).map(([key, item]) => [path === "" ? key : `${path}.${key}`, item]),
    );
  if (Array.isArray(value))
    return entriesOf(
      path,
      "[]",
      value.map((item: Json, index) => [`${path}[${index}]`, item]),
    );
  return [`  ${path} = ${JSON.stringify(value)}`];
}

function entriesOf(path: string, empty: string, entries: readonly (readonly [string, Json])[]): readonly string[] {
  return entries.length === 0 ? [`  ${path} = ${empty}`] : entries.flatMap(([key, item]) => lines(item, key));
}
