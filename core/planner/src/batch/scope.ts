/** What the compiler of batch workflows is told of an infra, and what it gives. */

import type {
  Address,
  Diagnostic,
  InfraName,
  OperationDefinition,
  OperationId,
  Plan,
  ProviderName,
  ResourceRecord,
  ServerName,
  TaskservName,
} from "@provisioning/model";

export interface BatchScope {
  readonly infra: InfraName;
  /** Of the whole infra. */
  readonly plan: Plan;
  /** In the order of the definition. */
  readonly servers: readonly BatchServer[];
  readonly recorded: readonly Pick<ResourceRecord, "address" | "provider" | "dependsOn">[];
  /** All that exist, wherever they are. */
  readonly knownTaskservs: readonly string[];
  readonly knownProviders: readonly string[];
  /** Of the workspace; each can be worked on as a whole, as a cluster. */
  readonly knownInfras: readonly string[];
  /** It must not be deleted or replaced. */
  readonly isProtected: (server: Address) => boolean;
  /** Its members form one cluster across servers. */
  readonly isClustered: (taskserv: TaskservName) => boolean;
  /** Taskservs that must answer before this placement can be healthy. */
  readonly usesOf: (placement: Address) => readonly TaskservName[];
  /** What is wrong with a wait condition, in a sentence; absent for a good one. */
  readonly checkCondition: (expression: string) => string | undefined;
}

export interface BatchServer {
  readonly name: ServerName;
  readonly address: Address;
  readonly provider: ProviderName;
  readonly taskservs: readonly TaskservName[];
}

/** One operation of the workflow, and what it became. */
export interface BatchGroup {
  readonly id: string;
  readonly items: readonly string[];
  /** Of a cluster. */
  readonly region?: string;
  /** Ids of operations of the workflow that come before, by its order and its dependencies. */
  readonly after: readonly string[];
  readonly operations: readonly OperationId[];
}

export interface CompiledBatch {
  /** With errors among the problems it must not be run. */
  readonly operations: readonly OperationDefinition[];
  readonly groups: readonly BatchGroup[];
  /** What the workflow is about, and nothing else; what it leaves alone has the kind `none`. */
  readonly plan: Plan;
  readonly problems: readonly Diagnostic[];
  /** What is done though nobody listed it, and what is not though somebody did, in sentences. */
  readonly notes: readonly string[];
}
