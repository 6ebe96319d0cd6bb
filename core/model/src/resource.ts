/** Resources in their three views: desired (asked for), observed (there), recorded (written down). */

import type { Address, ResourceKind } from "./address.js";
import type { Instant } from "./clock.js";
import type { SourcePosition } from "./diagnostic.js";
import type { RunId } from "./ids.js";
import type { JsonObject } from "./json.js";
import type { InfraName, ProviderName } from "./names.js";

/** What the user asked for, with defaults filled in. Holds no secret values. */
export interface DesiredResource {
  readonly address: Address;
  readonly kind: ResourceKind;
  readonly provider: ProviderName;
  readonly spec: JsonObject;
  /** Must exist before this one and be removed after it. */
  readonly dependsOn: readonly Address[];
  /** Where the user wrote it. */
  readonly position?: SourcePosition;
  /** Places of single fields, by dotted path within `spec`. */
  readonly fieldPositions?: Readonly<Record<string, SourcePosition>>;
}

/** What is there now, as a provider or a server answered. `foreign`: it exists, but we did not make it and must not touch it. */
export type Observation =
  | { readonly status: "absent" }
  | { readonly status: "present"; readonly attributes: JsonObject }
  | { readonly status: "foreign"; readonly detail: string };

/** What we wrote down after the last change. */
export interface ResourceRecord {
  readonly infra: InfraName;
  readonly address: Address;
  readonly kind: ResourceKind;
  readonly provider: ProviderName;
  /** `changing`: an operation began and its result is not recorded yet. `failed`: it ended badly; the thing may be half there. */
  readonly status: "changing" | "ready" | "failed";
  /** The spec that was last made so (or is being made so). Holds no secret values. */
  readonly spec: JsonObject;
  /** What the provider or the server reported: ids, addresses, ports, host keys, facts, outputs. */
  readonly attributes: JsonObject;
  readonly dependsOn: readonly Address[];
  readonly runId: RunId;
  readonly updatedAt: Instant;
}
