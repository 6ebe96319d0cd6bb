/**
 * Makes a plan from the three views of an infra: desired, recorded and observed. Pure.
 *
 * Observation is trusted over records: what is not there is created, whatever was written down; what is there and fits is left
 * alone. A difference that the user did not ask for (the desired spec is still the recorded one) is drift.
 */

import type {
  Address,
  Change,
  ChangeKind,
  DesiredResource,
  FieldChange,
  InfraName,
  Plan,
  ResourceKind,
  ResourceRecord,
  SecretDigests,
  StepPreview,
  UnknownValue,
} from "@provisioning/model";
import { canonicalJson, invariant, parseAddress, serverAddress } from "@provisioning/model";
import { fieldDifferences } from "./differences.js";
import { topologicalOrder } from "./graph.js";
import { withSecrets } from "./secret-changes.js";

/** What was found when looking. `unknown`: it could not be looked at, for the reason given. */
export type ResourceView =
  | { readonly status: "absent" }
  | { readonly status: "foreign"; readonly detail: string }
  | { readonly status: "unknown"; readonly reason: string }
  /** `fields`: how it differs from the desired spec (network, server). `steps`: what would change on the server (taskserv). */
  | {
      readonly status: "present";
      readonly fields: readonly FieldChange[];
      readonly steps: readonly StepPreview[];
      /** Sentences about what is wrong with it though nothing differs: stopped, unhealthy. */
      readonly faults: readonly string[];
      /** What it is made from besides its own spec is another than when it was applied: peers, addresses, secrets, its definition. */
      readonly inputsChanged?: boolean;
    };

export interface PlanInput {
  readonly infra: InfraName;
  readonly desired: readonly DesiredResource[];
  readonly recorded: readonly ResourceRecord[];
  readonly observed: ReadonlyMap<Address, ResourceView>;
  /** Digests of the secrets that desired resources refer to. What was applied is recorded with its own. */
  readonly secrets?: ReadonlyMap<Address, SecretDigests>;
  /** What taskservs are made from that is not known yet. */
  readonly unknown?: ReadonlyMap<Address, readonly UnknownValue[]>;
}

/** Linear in the number of resources and their dependencies. Changes come in an order that respects `dependsOn`; deletions first. */
export function makePlan(input: PlanInput): Plan {
  const records = new Map(input.recorded.map((record) => [record.address, record]));
  const wanted = new Set(input.desired.map((resource) => resource.address));
  const replaced = new Set<Address>();

  const deletions = planDeletions(input.recorded, wanted);
  const changes = new Map<Address, Change>();
  for (const resource of inOrder(input.desired)) {
    const { address } = resource;
    const wishes: Wishes = { resource, secrets: input.secrets?.get(address) ?? {} };
    const change = planResource(wishes, records.get(address), input.observed.get(address), replaced);
    if (change.resource === "server" && (change.kind === "create" || change.kind === "replace")) replaced.add(change.address);
    changes.set(address, withUnknown(change, input.unknown?.get(address) ?? []));
  }
  return { infra: input.infra, changes: [...deletions, ...changes.values()] };
}

function inOrder(desired: readonly DesiredResource[]): readonly DesiredResource[] {
  const byAddress = new Map(desired.map((resource) => [resource.address, resource]));
  const ordering = topologicalOrder({
    nodes: desired.map((resource) => resource.address),
    dependenciesOf: (address) => byAddress.get(address)?.dependsOn ?? [],
  });
  invariant(ordering.ok, "desired resources depend on each other in a circle");
  return ordering.order.map((address) => byAddress.get(address) as DesiredResource);
}

/** What is asked for, and digests of the secrets that it refers to. */
interface Wishes {
  readonly resource: DesiredResource;
  readonly secrets: SecretDigests;
}

function planResource(
  wishes: Wishes,
  record: ResourceRecord | undefined,
  view: ResourceView | undefined,
  replaced: ReadonlySet<Address>,
): Change {
  const { resource } = wishes;
  const decided = decide(wishes, record, view ?? { status: "absent" }, replaced);
  return {
    address: resource.address,
    resource: resource.kind,
    provider: resource.provider,
    dependsOn: resource.dependsOn,
    fields: decided.kind === "create" ? sizeOf(resource) : [],
    steps: [],
    drift: false,
    ...(resource.position === undefined ? {} : { position: resource.position }),
    ...decided,
  };
}

/** What a provider tells of a thing that it made. */
const TOLD_BY_PROVIDERS: Readonly<Record<ResourceKind, readonly string[]>> = {
  network: ["id"],
  server: ["address", "id"],
  taskserv: [],
};

function withUnknown(change: Change, madeFrom: readonly UnknownValue[]): Change {
  const isMade = change.kind === "create" || change.kind === "replace";
  const told = isMade ? TOLD_BY_PROVIDERS[change.resource] : [];
  const unknown = [...told.map((attribute) => ({ attribute, knownAfter: change.address })), ...madeFrom];
  return unknown.length === 0 || change.kind === "none" ? change : { ...change, unknown };
}

/** Of a server that is new everything is new; what people want to know of it is how large it will be. */
function sizeOf({ kind, spec, fieldPositions }: DesiredResource): readonly FieldChange[] {
  if (kind !== "server" || typeof spec.plan !== "string") return [];
  const position = fieldPositions?.plan;
  return [{ path: "plan", after: spec.plan, ...(position === undefined ? {} : { position }) }];
}

type Decision = Pick<Change, "kind" | "reasons"> & Partial<Pick<Change, "fields" | "steps" | "drift">>;

function decide(
  wishes: Wishes,
  record: ResourceRecord | undefined,
  view: ResourceView,
  replaced: ReadonlySet<Address>,
): Decision {
  if (isOnReplacedServer(wishes.resource, replaced)) return { kind: "create", reasons: ["its server is new"] };
  switch (view.status) {
    case "absent":
      return record?.status === "ready"
        ? { kind: "create", reasons: ["it was there and is gone"], drift: true }
        : { kind: "create", reasons: [record ? "it was not finished" : "it does not exist"] };
    case "foreign":
      return { kind: "create", reasons: [view.detail] };
    case "unknown":
      return { kind: "read", reasons: [view.reason], fields: askedFields(wishes, record) };
    case "present":
      return decidePresent(wishes, record, view);
  }
}

function isOnReplacedServer(resource: DesiredResource, replaced: ReadonlySet<Address>): boolean {
  const address = parseAddress(resource.address);
  return address.kind === "taskserv" && replaced.has(serverAddress(address.server));
}

function decidePresent(
  wishes: Wishes,
  record: ResourceRecord | undefined,
  view: Extract<ResourceView, { status: "present" }>,
): Decision {
  const { resource } = wishes;
  const asked = askedFields(wishes, record);
  const isSpecAsked = record === undefined || canonicalJson(record.spec) !== canonicalJson(resource.spec);
  const isAsked = isSpecAsked || view.inputsChanged === true;
  const fields = view.fields.length > 0 ? withPositions(view.fields, resource) : asked;
  const reasons = presentReasons(record, view, isSpecAsked, asked);
  if (reasons.length === 0) return { kind: "none", reasons: [] };
  return {
    kind: presentKind(resource, record, view),
    reasons,
    fields,
    steps: view.steps,
    drift: !isAsked && record?.status === "ready",
  };
}

/** How it differs from what was applied: what was edited, and which secrets have another value. */
function askedFields({ resource, secrets }: Wishes, record: ResourceRecord | undefined): FieldChange[] {
  if (record === undefined) return [];
  const asked = fieldDifferences(record.spec, resource.spec, resource.fieldPositions);
  return withSecrets(asked, { before: record, after: resource, secrets });
}

/** A taskserv that was never finished is still being made: its peers may wait for it as it waits for them. */
function presentKind(
  resource: DesiredResource,
  record: ResourceRecord | undefined,
  view: Extract<ResourceView, { status: "present" }>,
): ChangeKind {
  if (view.fields.some((field) => field.forcesReplacement)) return "replace";
  const isUnfinished = resource.kind === "taskserv" && record?.status !== "ready";
  return record === undefined || isUnfinished ? "create" : "update";
}

function presentReasons(
  record: ResourceRecord | undefined,
  view: Extract<ResourceView, { status: "present" }>,
  isSpecAsked: boolean,
  asked: readonly FieldChange[],
): string[] {
  const reasons: string[] = [];
  if (record === undefined) reasons.push("it is not recorded yet");
  else if (record.status === "failed") reasons.push("the last attempt failed");
  else if (record.status === "changing") reasons.push("the last run was interrupted");
  else if (isSpecAsked) reasons.push("its definition changed");
  else if (view.inputsChanged) reasons.push(inputsReason(asked));
  const forcing = view.fields.filter((field) => field.forcesReplacement).map((field) => field.path);
  if (forcing.length > 0) reasons.push(`${forcing.join(", ")} cannot be changed in place`);
  if (!isSpecAsked && !view.inputsChanged && (view.fields.length > 0 || view.steps.length > 0))
    reasons.push("it was changed by hand or by another program");
  return [...reasons, ...view.faults];
}

function inputsReason(asked: readonly FieldChange[]): string {
  const secrets = asked.filter(({ secret }) => secret !== undefined).map(({ path }) => path);
  return secrets.length > 0
    ? `another secret: ${secrets.join(", ")}`
    : "something it is made from changed: peers, addresses, a secret or its taskserv";
}

function withPositions(fields: readonly FieldChange[], resource: DesiredResource): FieldChange[] {
  return fields.map((field) => {
    const position = resource.fieldPositions?.[field.path];
    return position === undefined || field.position !== undefined ? field : { ...field, position };
  });
}

/** What is recorded and no longer wanted, dependents first. */
function planDeletions(recorded: readonly ResourceRecord[], wanted: ReadonlySet<Address>): Change[] {
  const gone = recorded.filter((record) => !wanted.has(record.address));
  const byAddress = new Map(gone.map((record) => [record.address, record]));
  const dependents = new Map<Address, Address[]>();
  for (const record of gone) {
    for (const dependency of record.dependsOn) {
      const list = dependents.get(dependency);
      if (list) list.push(record.address);
      else dependents.set(dependency, [record.address]);
    }
  }
  const ordering = topologicalOrder({
    nodes: gone.map((record) => record.address),
    dependenciesOf: (address) => dependents.get(address) ?? [],
  });
  invariant(ordering.ok, "recorded resources depend on each other in a circle");
  return ordering.order.map((address) => {
    const record = byAddress.get(address) as ResourceRecord;
    return {
      address,
      kind: "delete",
      resource: record.kind,
      provider: record.provider,
      reasons: ["it is no longer in the definition"],
      fields: [],
      steps: [],
      drift: false,
      dependsOn: (dependents.get(address) ?? []).filter((dependent) => byAddress.has(dependent)),
    };
  });
}
