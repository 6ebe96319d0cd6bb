/**
 * The interface of a provider: networks and servers, each with the same four verbs.
 *
 * A provider trusts what it observes over what anyone recorded, has one body for create and update (`reconcile`), and expects to be
 * called again after any crash: it finds what it made by ownership labels that hold workspace, infra, kind and name.
 */

import type { Clock, FieldChange, InfraName, ProviderName, RunId, WorkspaceName } from "@provisioning/model";
import type { ProviderCapabilities } from "./capabilities.js";
import type { NetworkAttributes, NetworkSpec, ServerAttributes, ServerSpec } from "./specs.js";

export interface ResourceRef {
  /** Unique for its kind within the infra. */
  readonly name: string;
  /** What was recorded of it, as a hint for a faster look. Never trusted on its own. */
  readonly recorded?: Readonly<Record<string, unknown>>;
}

export type ResourceObservation<Attributes> =
  | { readonly status: "absent" }
  | { readonly status: "present"; readonly attributes: Attributes }
  /** Something of this name exists that we did not make. It must not be touched. */
  | { readonly status: "foreign"; readonly detail: string };

/** Which fields of a present resource differ; empty when nothing is to be done. */
export interface Difference {
  readonly fields: readonly FieldChange[];
  /** At least one field cannot be changed in place. */
  readonly replace: boolean;
}

export interface ResourceHandler<Spec, Attributes> {
  /** What exists and is ours. "absent" and "foreign" are answers, not errors. Changes nothing. */
  read(ref: ResourceRef, context: ProviderContext): Promise<ResourceObservation<Attributes>>;
  /** Pure. */
  diff(desired: Spec, observed: Attributes): Difference;
  /**
   * Observes, ensures that it exists, brings each aspect in line and returns fresh attributes. Safe to call again after any crash and
   * at the same time as another call: the thing is made at most once. Where a difference forces a replacement, it replaces.
   * @throws ForeignResourceError when something of that name exists that is not ours
   */
  reconcile(desired: Spec, context: ProviderContext): Promise<Attributes>;
  /** Deleting what is gone succeeds. @throws ForeignResourceError */
  delete(ref: ResourceRef, context: ProviderContext): Promise<void>;
}

export interface Provider {
  readonly name: ProviderName;
  readonly capabilities: ProviderCapabilities;
  readonly network: ResourceHandler<NetworkSpec, NetworkAttributes>;
  readonly server: ResourceHandler<ServerSpec, ServerAttributes>;
  /** Releases connections. Resources stay. */
  close(): Promise<void>;
}

/** What surrounds one call. */
export interface ProviderContext {
  readonly workspace: WorkspaceName;
  readonly infra: InfraName;
  readonly runId: RunId;
  /** The same for every try of one operation. */
  readonly idempotencyKey: string;
  readonly clock: Clock;
  /** Long waits end with its reason as soon as it aborts. */
  readonly signal: AbortSignal;
  /** Detail for operators; passes redaction. */
  log(text: string): void;
  /** Progress for people: what is being waited for. */
  report(progress: ProviderProgress): void;
}

export interface ProviderProgress {
  /** For example "booting" or "installing the base system". */
  readonly stage: string;
  /** 0 to 1, when it is known. */
  readonly fraction?: number;
}
