/** A plan: what would change, as a graph. Made by the planner, shown by every interface, turned into a run by the engine. */

import type { Address, ResourceKind } from "./address.js";
import type { SourcePosition } from "./diagnostic.js";
import type { Json } from "./json.js";
import type { InfraName, ProviderName } from "./names.js";

/** `read`: it could not be looked at; whether it must change is found out when it is applied. */
export type ChangeKind = "create" | "update" | "replace" | "delete" | "read" | "none";

export interface FieldChange {
  /** Dotted path within the spec. */
  readonly path: string;
  readonly before?: Json;
  readonly after?: Json;
  /** This field cannot be changed in place. */
  readonly forcesReplacement?: boolean;
  readonly position?: SourcePosition;
  /** Its value is a secret: `before` and `after` are references to it, these are digests of what they stand for. */
  readonly secret?: SecretChange;
}

/** Keyed digests such as `h:3fa1c09b22de`: equal ones in one workspace mean equal secrets, and nothing else can be told from them. */
export interface SecretChange {
  /** Absent: there was none, or it was made before digests were recorded. */
  readonly before?: string;
  readonly after?: string;
}

/** Of every secret in a spec, by dotted path. */
export type SecretDigests = Readonly<Record<string, string>>;

/** One step of a taskserv that would change something on the server. */
export interface StepPreview {
  readonly id: string;
  readonly title: string;
  /** Unified diff or a sentence; secrets redacted. */
  readonly diff?: string;
}

/** A value that nobody can know yet, and what must be made first. */
export interface UnknownValue {
  /** Of the resource that is made: `address`, `id`. */
  readonly attribute: string;
  readonly knownAfter: Address;
}

export interface Change {
  readonly address: Address;
  readonly kind: ChangeKind;
  readonly resource: ResourceKind;
  readonly provider: ProviderName;
  /** Sentences for people: why this change is planned. */
  readonly reasons: readonly string[];
  readonly fields: readonly FieldChange[];
  readonly steps: readonly StepPreview[];
  /** What it will have, or is made from, that is not known yet. Absent: all is known. */
  readonly unknown?: readonly UnknownValue[];
  /** The difference was made behind our back: observed differs from recorded. */
  readonly drift: boolean;
  /** Changes that must be done before this one. */
  readonly dependsOn: readonly Address[];
  readonly position?: SourcePosition;
}

/** What a plan was made from, each as a digest: equal digests mean equal things, and nothing else can be told from them. */
export interface PlanDigests {
  /** Every configuration value. */
  readonly config: string;
  /** What the definition asks for. */
  readonly definition: string;
  /** What is recorded. */
  readonly state: string;
  /** The platform and the taskservs that are used. */
  readonly packages: string;
  /** What was found on servers and at providers. */
  readonly hosts: string;
}

/** How long the changes will take, by how long the same took before. */
export interface PlanEstimate {
  readonly lowMs: number;
  readonly highMs: number;
}

export interface Plan {
  readonly infra: InfraName;
  /** In an order that respects `dependsOn`; includes `none`. */
  readonly changes: readonly Change[];
  /** Absent of what is not bound to a moment: removals, drift. */
  readonly digests?: PlanDigests;
  /** Absent while something of it was never done before. */
  readonly estimate?: PlanEstimate;
}

export type PlanCounts = Readonly<Record<ChangeKind, number>>;

export function countChanges(plan: Plan): PlanCounts {
  const counts: Record<ChangeKind, number> = { create: 0, update: 0, replace: 0, delete: 0, read: 0, none: 0 };
  for (const change of plan.changes) counts[change.kind] += 1;
  return counts;
}

export function isNoop(plan: Plan): boolean {
  return plan.changes.every((change) => change.kind === "none");
}
